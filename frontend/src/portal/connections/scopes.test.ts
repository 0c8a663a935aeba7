import { describe, expect, it } from "vitest";

import { allScopes, lacking, sameScopes, scopeKey, withScope } from "./scopes";

it("knows every scope once", () => {
  expect(new Set(allScopes).size).toBe(9);
});

describe("withScope", () => {
  it("adds in the usual order, whatever the order was", () => {
    expect(withScope(["groups:read", "users:read"], "users:create", true)).toEqual(["users:create", "users:read", "groups:read"]);
  });
  it("takes away that one alone", () => {
    expect(withScope(allScopes, "users:delete", false)).toEqual(allScopes.filter((s) => s !== "users:delete"));
  });
  it("does not add twice", () => {
    expect(withScope(["users:read"], "users:read", true)).toEqual(["users:read"]);
  });
});

describe("sameScopes", () => {
  it.each([
    [["users:read", "groups:read"], ["groups:read", "users:read"], true],
    [["users:read"], ["users:read", "groups:read"], false],
    [[], [], true],
  ] as const)("%j and %j: %s", (a, b, same) => {
    expect(sameScopes(a, b)).toBe(same);
  });
});

describe("lacking", () => {
  it.each([
    [[], []],
    [["users:read"], []],
    [["users:create"], ["users:read"]],
    [["users:read", "groups:update"], ["groups:read"]],
    [["users:delete", "groups:create"], ["users:read", "groups:read"]],
  ] as const)("of %j: %j", (scopes, missing) => {
    expect(lacking(scopes)).toEqual(missing);
  });
});

it("makes keys of texts", () => {
  expect(scopeKey("users:deactivate")).toBe("users_deactivate");
});
