import { describe, expect, it } from "vitest";

import type { Schemas } from "../../api/client";
import { duration, leadsTo, settingUp, tokenTone, tokenWord } from "./wording";

describe("duration", () => {
  it.each([
    [45, "en", "45 seconds"],
    [60, "en", "1 minute"],
    [2400, "en", "40 minutes"],
    [7200, "en", "2 hours"],
    [5400, "en", "90 minutes"],
    [86_400, "en", "24 hours"],
    [3 * 86_400, "en", "3 days"],
    [2400, "de", "40 Minuten"],
  ])("%d s in %s: %s", (seconds, language, text) => {
    expect(duration(seconds, language)).toBe(text);
  });
});

describe("leadsTo", () => {
  it.each([
    ["draft", true, ["setup", "token"]],
    ["draft", false, []],
    ["waiting", false, ["setup", "guide"]],
    ["testing", true, []],
    ["failing", true, []],
    ["deleting", true, []],
  ] as const)("%s, may change: %s", (status, may, to) => {
    expect(leadsTo({ status }, may)).toEqual(to);
  });
});

it("is set up until the first cycle is over", () => {
  expect((["draft", "waiting", "testing", "healthy", "paused"] as const).map((status) => settingUp({ status }))).toEqual([true, true, true, false, false]);
});

describe("tokenWord", () => {
  type State = NonNullable<Schemas["ConnectionHealth"]["token"]>["state"];
  const token = (state: State, expires_at: string | null) => ({ id: "tok", name: "First", state, expires_at });
  it.each([
    [null, "none", undefined],
    [token("active", null), "never", undefined],
    [token("active", "2027-01-01T00:00:00Z"), "expires", undefined],
    [token("expiring", "2026-12-01T00:00:00Z"), "expires_soon", "warn"],
    [token("replacing", null), "replacing", undefined],
    [token("expired", "2026-11-01T00:00:00Z"), "expired", "bad"],
    [token("revoked", null), "revoked", "bad"],
  ] as const)("%j: %s", (given, word, tone) => {
    expect(tokenWord(given)).toBe(word);
    expect(tokenTone(tokenWord(given))).toBe(tone);
  });
});
