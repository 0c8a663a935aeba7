/** Bounds a line, in characters: the largest document with room to spare. */
const mostLine = 16 * 1024 * 1024;

/** Reads an answer line by line, each a JSON value. alive is called whenever something arrives. */
export async function* lines(response: Response, alive: () => void): AsyncGenerator<unknown> {
  if (!response.body) {
    return;
  }
  const text = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    alive();
    rest += text.decode(chunk, { stream: true });
    const whole = rest.split("\n");
    rest = whole.pop() ?? "";
    if (rest.length > mostLine) {
      throw new Error(`a line has more than ${mostLine} characters`);
    }
    for (const line of whole) {
      if (line.trim() !== "") {
        yield JSON.parse(line);
      }
    }
  }
  if (rest.trim() !== "") {
    throw new Error("its last line is not whole");
  }
}
