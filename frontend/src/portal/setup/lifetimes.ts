import type { Provider } from "./providers";

/** How long a token may work, as the API writes it. */
export const lifetimes = ["90d", "1y", "2y", "never"] as const;
export type Lifetime = (typeof lifetimes)[number];

const days: Record<Exclude<Lifetime, "never">, number> = { "90d": 90, "1y": 365, "2y": 730 };

/** endsAt is when a token made now would end; null: never. */
export function endsAt(lifetime: Lifetime, now: Date): Date | null {
  return lifetime === "never" ? null : new Date(now.getTime() + days[lifetime] * 86_400_000);
}

/** usualLifetime is what is proposed: Entra stops everything at once when a token ends, and says that it should not. */
export function usualLifetime(provider: Provider): Lifetime {
  return provider === "entra" ? "2y" : "1y";
}

export type Warning = "entra" | "okta" | "other";

/** warningOf is what happens at the provider when a token ends. */
export function warningOf(provider: Provider): Warning {
  return provider === "entra" || provider === "okta" ? provider : "other";
}

interface Token {
  state: "active" | "replacing" | "expiring" | "expired" | "revoked";
}

/** liveOf are the tokens that work. */
export function liveOf<T extends Token>(tokens: readonly T[]): T[] {
  return tokens.filter(({ state }) => state !== "expired" && state !== "revoked");
}

/** So many tokens of a connection may work at a time. */
export const maxLive = 2;
