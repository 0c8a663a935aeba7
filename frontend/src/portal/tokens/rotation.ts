import type { Schemas } from "../../api/client";

export type Token = Schemas["Token"];
type Request = Schemas["LoggedRequest"];

/** Whether a token works. */
export const isLive = (token: Token) => token.state !== "revoked" && token.state !== "expired";

/** How far the identity provider has changed over: not, partly, or wholly as far as can be seen. */
export type Progress = "waiting" | "both" | "over";

export interface Rotation {
  old: Token;
  next: Token;
  progress: Progress;
}

/** rotationOf is the rotation that is under way, as the tokens tell it. */
export function rotationOf(tokens: readonly Token[]): Rotation | null {
  for (const old of tokens) {
    const next = tokens.find((t) => t.id === old.replaced_by);
    if (next && isLive(old) && isLive(next)) return { old, next, progress: progressOf(old, next) };
  }
  return null;
}

function progressOf(old: Token, next: Token): Progress {
  if (!next.last_used_at) return "waiting";
  if (!old.last_used_at) return "over";
  return new Date(old.last_used_at) > new Date(next.last_used_at) ? "both" : "over";
}

/** Whether a connection would stop without the token. */
export function isOnlyLive(token: Token, tokens: readonly Token[]): boolean {
  return isLive(token) && tokens.every((t) => t.id === token.id || !isLive(t));
}

/** A connection has at most two tokens that work. */
export const hasRoom = (tokens: readonly Token[]) => tokens.filter(isLive).length < 2;

/** toRotate is the token that an address asks to be rotated: one by its id, or the newest that works. */
export function toRotate(tokens: readonly Token[], asked: string): Token | null {
  const able = tokens.filter((t) => isLive(t) && !t.replaces && !t.replaced_by);
  if (asked === "rotation") return able.at(-1) ?? null;
  return able.find((t) => t.id === asked) ?? null;
}

/** newestFirst are the tokens as people look for them: those that work, then the others, each by their age. */
export function newestFirst(tokens: readonly Token[]): Token[] {
  const byAge = [...tokens].sort((a, b) => b.created_at.localeCompare(a.created_at));
  return [...byAge.filter(isLive), ...byAge.filter((t) => !isLive(t))];
}

/** From where a token came last, and what sent it. */
export interface Seen {
  address: string;
  agent: string;
}

/** seenOf tells of each token what its newest request came from. Requests are the newest first. */
export function seenOf(requests: readonly Pick<Request, "token" | "address" | "user_agent">[]): Map<string, Seen> {
  const seen = new Map<string, Seen>();
  for (const { token, address, user_agent: agent } of requests) {
    if (token.id && !seen.has(token.id)) seen.set(token.id, { address, agent });
  }
  return seen;
}

/** How many things a token may do, of those that its connection may; null: all of them. */
export function narrowed(token: Token, scopes: readonly Schemas["Scope"][]): { may: number; of: number } | null {
  const may = scopes.filter((s) => token.scopes.includes(s)).length;
  return may < scopes.length ? { may, of: scopes.length } : null;
}

/** Who made a token: somebody by name, or what kind of caller it was. */
export type Maker = { kind: "session" | "key" | "command" | "system"; name?: never } | { kind?: never; name: string };

/** makerOf reads who made a token; ids say nothing to people but what kind of caller they are of. */
export function makerOf(by: string | null): Maker | null {
  if (!by) return null;
  if (by === "command" || by === "system") return { kind: by };
  if (/^ses[0-9a-z]{26}$/.test(by)) return { kind: "session" };
  if (/^key[0-9a-z]{26}$/.test(by)) return { kind: "key" };
  return { name: by };
}
