import type { Schemas } from "../../api/client";

type Health = Schemas["ConnectionHealth"];

/** Units of a length of time, largest first, with their length in seconds and how many must be there. */
const units = [
  ["day", 86_400, 2],
  ["hour", 3600, 2],
  ["minute", 60, 1],
] as const;

/** duration is a length of time in its largest fitting unit: "40 minutes", "3 hours", "2 days". */
export function duration(seconds: number, language: string): string {
  for (const [unit, length, least] of units) {
    const count = seconds / length;
    if (count >= least) {
      return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 }).format(Math.round(count));
    }
  }
  return new Intl.NumberFormat(language, { style: "unit", unit: "second", unitDisplay: "long", maximumFractionDigits: 0 }).format(seconds);
}

/** leadsTo is the page of a connection that somebody needs next: its set-up until something has arrived. */
export function leadsTo(health: Pick<Health, "status">, mayChange: boolean): string[] {
  if (health.status === "draft") return mayChange ? ["setup", "token"] : [];
  if (health.status === "waiting") return ["setup", "guide"];
  return [];
}

/** setupOf is where the set-up of a connection is, or goes on. */
export function setupOf(health: Pick<Health, "status">): string[] {
  return health.status === "draft" ? ["setup", "token"] : ["setup", "guide"];
}

/** Whether a connection has still to be set up. */
export const settingUp = (health: Pick<Health, "status">) => ["draft", "waiting", "testing"].includes(health.status);

/** What there is to say about the token of a connection. */
export type TokenWord = "none" | "revoked" | "expired" | "expires_soon" | "replacing" | "expires" | "never";

/** tokenWord says what matters about the token that works longest. */
export function tokenWord(token: Health["token"]): TokenWord {
  if (!token) return "none";
  if (token.state === "revoked" || token.state === "expired" || token.state === "replacing") return token.state;
  if (!token.expires_at) return "never";
  return token.state === "expiring" ? "expires_soon" : "expires";
}

/** Whether the words about a token call for somebody to act. */
export const tokenTone = (word: TokenWord): "bad" | "warn" | undefined =>
  word === "revoked" || word === "expired" ? "bad" : word === "expires_soon" ? "warn" : undefined;
