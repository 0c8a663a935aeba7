import { describe, expect, it } from "vitest";

import { enterprise } from "./attributes";
import { inOrder, linesOf, whoDid } from "./history";

describe("linesOf", () => {
  it("tells plain values before and after", () => {
    expect(linesOf({ title: { from: "Recruiter", to: "QA Engineer" }, active: { from: true, to: false } })).toEqual([
      { name: "title", from: "Recruiter", to: "QA Engineer" },
      { name: "active", from: "true", to: "false" },
    ]);
  });

  it("tells the parts of a name that changed, and no other", () => {
    expect(linesOf({ name: { from: { familyName: "Müller", givenName: "José" }, to: { familyName: "García", givenName: "José" } } })).toEqual([
      { name: "name.familyName", from: "Müller", to: "García" },
    ]);
  });

  it("pairs values by their type and leaves out those that stayed", () => {
    const home = { value: "jane@home.example", type: "home" };
    const change = {
      from: [{ value: "jane@old.example", type: "work", primary: true }, home],
      to: [home, { value: "jane@new.example", type: "work", primary: true }, { value: "+1", type: "mobile" }],
    };
    expect(linesOf({ emails: change })).toEqual([
      { name: "emails[work]", from: "jane@old.example", to: "jane@new.example" },
      { name: "emails[mobile]", from: "", to: "+1" },
    ]);
  });

  it("does not take another order of members for a change", () => {
    expect(linesOf({ emails: { from: [{ value: "a", type: "work" }], to: [{ type: "work", value: "a" }] } })).toEqual([]);
  });

  it("sees what changed deep inside of a value", () => {
    const roles = (level: number) => [{ value: "auditor", more: { level } }];
    expect(linesOf({ roles: { from: roles(1), to: roles(2) } })).toEqual([{ name: "roles", from: "auditor, more: level: 1", to: "auditor, more: level: 2" }]);
  });

  it("tells what a new person came with", () => {
    expect(linesOf({ name: { from: null, to: { givenName: "Jane" } }, emails: { from: null, to: [{ value: "a@b", type: "work" }] } })).toEqual([
      { name: "name.givenName", from: "", to: "Jane" },
      { name: "emails[work]", from: "", to: "a@b" },
    ]);
  });

  it("shortens attributes of the enterprise extension, and compares references as a whole", () => {
    expect(linesOf({ [`${enterprise}:manager`]: { from: { value: "E1" }, to: { value: "E2", displayName: "Omar" } } })).toEqual([
      { name: "manager", from: "E1", to: "Omar (E2)" },
    ]);
  });

  it("tells memberships by what was added and removed, with how many more there are", () => {
    expect(linesOf({ members: { added: { count: 3, ids: ["a", "b"] }, removed: { count: 0, ids: [] } } })).toEqual([
      { name: "members", from: "", to: "a, b +1" },
    ]);
  });

  it("has nothing of nothing", () => {
    expect(linesOf({})).toEqual([]);
    expect(linesOf({ title: { from: null, to: null } })).toEqual([]);
  });
});

it("inOrder begins with who somebody is, and has what nobody knows at the end", () => {
  const names = ["zebra", "manager", "emails[home]", "name.familyName", "emails[work]", "active", "name.givenName", "userName"];
  expect(inOrder(names.map((name) => ({ name, from: "", to: "x" }))).map((l) => l.name)).toEqual([
    "userName",
    "name.givenName",
    "name.familyName",
    "active",
    "emails[home]",
    "emails[work]",
    "manager",
    "zebra",
  ]);
});

describe("whoDid", () => {
  const con = "con01m81c6t0yehvs7mmswhpp4dbc";
  it.each([
    [{ actor: "tok01x", actor_name: null, connection_id: con }, { kind: "connection", id: con }],
    [{ actor: "ses01x", actor_name: "Jane", connection_id: null }, { kind: "person", name: "Jane" }],
    [{ actor: "key01x", actor_name: null, connection_id: null }, { kind: "key", name: "key01x" }],
    [{ actor: "system", actor_name: null, connection_id: con }, { kind: "system" }],
    [{ actor: "command", actor_name: "roster command", connection_id: null }, { kind: "command" }],
  ])("%j", (entry, who) => {
    expect(whoDid(entry)).toEqual(who);
  });
});
