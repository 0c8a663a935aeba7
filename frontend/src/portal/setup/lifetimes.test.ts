import { expect, it } from "vitest";

import { endsAt, liveOf, usualLifetime, warningOf } from "./lifetimes";

it.each([
  ["90d", "2027-02-20T10:00:00.000Z"],
  ["1y", "2027-11-22T10:00:00.000Z"],
  ["2y", "2028-11-21T10:00:00.000Z"],
  ["never", undefined],
] as const)("a token of %s ends at %s", (lifetime, want) => {
  expect(endsAt(lifetime, new Date("2026-11-22T10:00:00Z"))?.toISOString()).toBe(want);
});

it("proposes Entra a longer one, and warns of what Entra does", () => {
  expect([usualLifetime("entra"), usualLifetime("okta"), usualLifetime("generic")]).toEqual(["2y", "1y", "1y"]);
  expect([warningOf("entra"), warningOf("okta"), warningOf("pingone")]).toEqual(["entra", "okta", "other"]);
});

it("counts those that work", () => {
  const states = ["active", "replacing", "expiring", "expired", "revoked"] as const;
  expect(liveOf(states.map((state) => ({ state }))).map((t) => t.state)).toEqual(["active", "replacing", "expiring"]);
});
