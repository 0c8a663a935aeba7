/** A body as it is shown. */
export interface Body {
  text: string;
  /** It is JSON and whole; else it is shown as it was kept. */
  json: boolean;
  /** Values in it were replaced by an ellipsis. */
  masked: boolean;
}

/** bodyOf makes a kept body readable. */
export function bodyOf(kept: string): Body {
  const masked = /"[^"\n]*…[^"\n]*"/.test(kept);
  try {
    return { text: JSON.stringify(JSON.parse(kept), null, 2), json: true, masked };
  } catch {
    return { text: kept, json: false, masked };
  }
}

/** cutOff tells a body of JSON whose end was not kept. */
export const cutOff = (body: Body): boolean => !body.json && /^\s*[{[]/.test(body.text);

export type TokenKind = "key" | "text" | "number" | "word" | "masked" | "plain";
export interface Token {
  kind: TokenKind;
  text: string;
}

/** Beyond this a body is shown without colours: they would cost more than they help. */
const longest = 200_000;
const pattern = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/** tokensOf takes a body of JSON apart, to colour it. Together the tokens are the body. */
export function tokensOf(body: Body): Token[] {
  if (!body.json || body.text.length > longest) return [{ kind: "plain", text: body.text }];
  const tokens: Token[] = [];
  let end = 0;
  for (const match of body.text.matchAll(pattern)) {
    if (match.index > end) tokens.push({ kind: "plain", text: body.text.slice(end, match.index) });
    const [whole, text, colon, number] = match;
    if (text !== undefined) {
      tokens.push({ kind: colon !== undefined ? "key" : text.includes("…") ? "masked" : "text", text });
      if (colon !== undefined) tokens.push({ kind: "plain", text: colon });
    } else {
      tokens.push({ kind: number !== undefined ? "number" : "word", text: whole });
    }
    end = match.index + whole.length;
  }
  if (end < body.text.length) tokens.push({ kind: "plain", text: body.text.slice(end) });
  return tokens;
}
