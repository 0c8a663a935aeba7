import { describe, expect, it } from "vitest";

import { enterprise, groupAttributes, humanised, textOf } from "./attributes";

const jane = {
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:User", enterprise],
  id: "01a2",
  meta: { version: 'W/"1"' },
  userName: "jane@acme.com",
  active: false,
  name: { familyName: "Doe", givenName: "Jane", middleName: "" },
  emails: [
    { value: "jane@acme.com", type: "work", primary: true },
    { value: "jane@home.example", type: "home", primary: false },
  ],
  addresses: [{ streetAddress: "Strandgade 7", postalCode: "1401", locality: "København", country: "DK", type: "work" }],
  title: "QA Engineer",
  nickName: "",
  roles: [{ value: "auditor", display: "Auditor" }],
  [enterprise]: { manager: { value: "E000010", displayName: "Omar Novak" }, department: "Engineering", badge: 7 },
  "urn:acme:User": { shoeSize: 42 },
};

describe("groupAttributes", () => {
  const groups = groupAttributes(jane);

  it("puts everything somewhere, once, and nothing that is empty or the server's own", () => {
    expect(groups.map((g) => [g.part, g.schema, g.attributes.map((a) => a.name)])).toEqual([
      ["identity", undefined, ["userName", "name.givenName", "name.familyName", "active"]],
      ["contact", undefined, ["emails", "addresses"]],
      ["work", undefined, ["title"]],
      ["enterprise", undefined, ["department", "manager", "badge"]],
      ["other", undefined, ["roles"]],
      ["schema", "urn:acme:User", ["shoeSize"]],
    ]);
  });

  it("tells values apart by type, and says which is the first", () => {
    expect(groups[1]?.attributes[0]?.values).toEqual([
      { text: "jane@acme.com", type: "work", primary: true },
      { text: "jane@home.example", type: "home" },
    ]);
  });

  it("keeps false and numbers", () => {
    expect(groups[0]?.attributes[3]?.values).toEqual([{ text: "false" }]);
    expect(groups[3]?.attributes[2]?.values).toEqual([{ text: "7" }]);
  });

  it("has nothing of an empty document", () => {
    expect(groupAttributes({})).toEqual([]);
  });
});

describe("textOf", () => {
  it.each([
    [null, ""],
    [0, "0"],
    [["a", "", "b"], "a, b"],
    [{ value: "E000010", displayName: "Omar Novak" }, "Omar Novak (E000010)"],
    [{ value: "x", display: "x" }, "x"],
    [{ value: "E000010", $ref: "../Users/1" }, "E000010"],
    [{ streetAddress: "Strandgade 7\n2. tv", locality: "København", country: "DK" }, "Strandgade 7, 2. tv, København, DK"],
    [{ a: 1, b: { c: 2 } }, "a: 1, b: c: 2"],
  ])("%j", (value, text) => {
    expect(textOf(value)).toBe(text);
  });
});

describe("humanised", () => {
  it.each([
    ["costCenter", "Cost center"],
    ["shoe_size", "Shoe size"],
    ["profileURL", "Profile URL"],
    ["x509Certificates", "X509 certificates"],
  ])("%s", (name, words) => {
    expect(humanised(name)).toBe(words);
  });
});
