/** labelled cuts a sentence of the server at *labels* of somebody's pages. */
export function labelled(text: string): { text: string; label: boolean }[] {
  return text
    .split(/\*([^*\s](?:[^*]*[^*\s])?)\*/)
    .map((part, i) => ({ text: part, label: i % 2 === 1 }))
    .filter((part) => part.text !== "");
}

/** A sentence of the server, with what is to be clicked in italics. */
export function Sentence({ text }: { text: string }) {
  return labelled(text).map((part, i) => (part.label ? <em key={i}>{part.text}</em> : part.text));
}
