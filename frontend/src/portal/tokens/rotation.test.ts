import { describe, expect, it } from "vitest";

import { hasRoom, isOnlyLive, makerOf, narrowed, newestFirst, rotationOf, seenOf, type Token, toRotate } from "./rotation";

const token = (id: string, more: Partial<Token> = {}): Token => ({
  id,
  name: id,
  prefix: "rstrtokabcd",
  last_four: "wxyz",
  state: "active",
  scopes: ["users:read"],
  created_at: "2026-11-22T10:00:00Z",
  created_by: null,
  expires_at: null,
  revoked_at: null,
  last_used_at: null,
  replaces: null,
  replaced_by: null,
  ...more,
});
const pair = (oldUsed: string | null, newUsed: string | null, more: Partial<Token> = {}) => [
  token("old", { state: "replacing", replaced_by: "new", last_used_at: oldUsed, ...more }),
  token("new", { state: "replacing", replaces: "old", last_used_at: newUsed }),
];

describe("rotationOf", () => {
  it.each([
    ["2026-11-22T10:05:00Z", null, "waiting"],
    [null, null, "waiting"],
    ["2026-11-22T10:05:00Z", "2026-11-22T10:41:00Z", "over"],
    [null, "2026-11-22T10:41:00Z", "over"],
    ["2026-11-22T10:41:00.5Z", "2026-11-22T10:41:00.25Z", "both"],
  ] as const)("old used %s, new used %s: %s", (oldUsed, newUsed, progress) => {
    const rotation = rotationOf(pair(oldUsed, newUsed));
    expect([rotation?.old.id, rotation?.next.id, rotation?.progress]).toEqual(["old", "new", progress]);
  });

  it("is over when a token does not work any more", () => {
    expect(rotationOf(pair(null, null, { state: "expired" }))).toBeNull();
  });

  it("needs both tokens", () => {
    expect(rotationOf([token("a"), token("b")])).toBeNull();
    expect(rotationOf([token("old", { replaced_by: "elsewhere" })])).toBeNull();
  });
});

describe("isOnlyLive", () => {
  const dead = token("dead", { state: "revoked" });
  it.each([
    ["a", [token("a"), dead], true],
    ["a", [token("a"), token("b", { state: "expiring" })], false],
    ["dead", [token("a"), dead], false],
  ] as const)("%s", (id, tokens, only) => {
    const of = tokens.find((t) => t.id === id);
    expect(of && isOnlyLive(of, tokens)).toBe(only);
  });
});

it("has room for two tokens that work", () => {
  expect(hasRoom([token("a"), token("b", { state: "expired" })])).toBe(true);
  expect(hasRoom([token("a"), token("b", { state: "expiring" })])).toBe(false);
});

describe("toRotate", () => {
  const tokens = [token("a"), token("gone", { state: "revoked" }), token("b")];
  it.each([
    ["rotation", "b"],
    ["a", "a"],
    ["gone", undefined],
    ["token", undefined],
  ])("%s: %s", (asked, id) => {
    expect(toRotate(tokens, asked)?.id).toBe(id);
  });
  it("leaves those of a rotation alone", () => {
    expect(toRotate(pair(null, null), "rotation")).toBeNull();
    expect(toRotate(pair(null, null), "old")).toBeNull();
  });
});

it("shows tokens that work first, the newest before others", () => {
  const tokens = [
    token("oldest", { state: "revoked", created_at: "2026-01-01T00:00:00Z" }),
    token("older", { created_at: "2026-02-01T00:00:00Z" }),
    token("expired", { state: "expired", created_at: "2026-03-01T00:00:00Z" }),
    token("newest", { created_at: "2026-04-01T00:00:00Z" }),
  ];
  expect(newestFirst(tokens).map((t) => t.id)).toEqual(["newest", "older", "expired", "oldest"]);
  expect(tokens[0]?.id).toBe("oldest");
});

it("knows from where each token came last", () => {
  const request = (id: string | null, address: string) => ({ token: { id, name: null, hint: "" }, address, user_agent: `agent of ${address}` });
  const seen = seenOf([request("a", "192.0.2.1"), request(null, "192.0.2.9"), request("b", "192.0.2.2"), request("a", "192.0.2.3")]);
  expect(Object.fromEntries(seen)).toEqual({
    a: { address: "192.0.2.1", agent: "agent of 192.0.2.1" },
    b: { address: "192.0.2.2", agent: "agent of 192.0.2.2" },
  });
});

describe("narrowed", () => {
  it.each([
    [["users:read"], null],
    [["users:read", "groups:read", "users:create"], { may: 1, of: 3 }],
    [[], null],
  ] as const)("of %j", (scopes, want) => {
    expect(narrowed(token("a"), scopes)).toEqual(want);
  });
});

describe("makerOf", () => {
  it.each([
    [null, null],
    ["Jane Doe", { name: "Jane Doe" }],
    ["session of Jane", { name: "session of Jane" }],
    ["command", { kind: "command" }],
    ["system", { kind: "system" }],
    ["ses01m828kh3wfe8b22t29wtf53g1", { kind: "session" }],
    ["key01m828kh3wfe8b22t29wtf53g1", { kind: "key" }],
  ] as const)("%s", (by, want) => {
    expect(makerOf(by)).toEqual(want);
  });
});
