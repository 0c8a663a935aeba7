import { describe, expect, it } from "vitest";

import de from "../../i18n/de/access.json";
import en from "../../i18n/en/access.json";
import { browserOf } from "./agent";
import { changesOf, families, familiesOf, pageOf, targetName, textOf, wordOf } from "./audit";

describe("words", () => {
  it.each(Object.values(families).flat())("%s has a sentence and a name, in each language", (action) => {
    const word = wordOf(action);
    expect(word).not.toBeNull();
    if (!word) return;
    for (const texts of [en, de]) {
      expect(texts.action[word]).toBeTruthy();
      expect(texts.choice[word]).toBeTruthy();
    }
  });
  it("leaves what it does not know", () => {
    expect(wordOf("badge.created")).toBeNull();
  });
  it("offers a tenant nothing of the installation", () => {
    expect(familiesOf(false)).not.toContain("installation");
    expect(familiesOf(true)).toContain("installation");
    expect(familiesOf(true)).not.toContain("user");
  });
});

describe("changesOf", () => {
  it("tells values and memberships", () => {
    const rows = changesOf({
      "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": { from: null, to: "Sales" },
      active: { from: true, to: false },
      members: { added: { count: 2, ids: ["a"] }, removed: { count: 0, ids: [] } },
    });
    expect(rows).toEqual([
      { name: "active", before: "true", after: "false", added: 0, removed: 0 },
      { name: "department", before: null, after: "Sales", added: 0, removed: 0 },
      { name: "members", before: null, after: null, added: 2, removed: 0 },
    ]);
  });
  it.each([
    ["", null],
    [[], null],
    [["admin", "viewer"], "admin, viewer"],
    [7, "7"],
    [false, "false"],
    [{ type: "work", value: "j@a.b", display: null }, "type: work, value: j@a.b"],
    [[{ value: "a" }, { value: "b" }], "value: a\nvalue: b"],
  ])("textOf %j", (value, text) => {
    expect(textOf(value)).toBe(text);
  });
});

describe("targets", () => {
  const user = { type: "User", id: "u1", name: null };
  it("are called by a name that they have, got or had", () => {
    expect(targetName({ target: { ...user, name: "Jane" }, changes: {} })).toBe("Jane");
    expect(targetName({ target: user, changes: { displayName: { from: "Jane", to: null } } })).toBe("Jane");
    expect(targetName({ target: user, changes: { userName: { from: null, to: "j@a.b" } } })).toBe("j@a.b");
    expect(targetName({ target: user, changes: { title: { to: "CEO" } } })).toBeNull();
  });
  it("have a page if they are people, groups or connections", () => {
    expect(pageOf(user)).toEqual(["people", "u1"]);
    expect(pageOf({ type: "connection", id: "con1", name: "Okta" })).toEqual(["connections", "con1"]);
    expect(pageOf({ type: "token", id: "tok1", name: null })).toBeNull();
    expect(pageOf({ type: "User", id: null, name: null })).toBeNull();
  });
});

describe("browserOf", () => {
  it.each([
    ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", { browser: "Chrome", system: "Linux" }],
    ["Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", { browser: "Edge", system: "Windows" }],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604", { browser: "Safari", system: "iOS" }],
    ["curl/8", null],
  ])("%s", (userAgent, browser) => {
    expect(browserOf(userAgent)).toEqual(browser);
  });
});
