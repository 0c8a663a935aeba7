import { describe, expect, it } from "vitest";

import { errorType, notesOf, readingOf } from "./dialect";

const patch = (...ops: object[]) => JSON.stringify({ schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: ops });
const codes = (method: string, body: string) => notesOf(method, body).map((n) => n.code);

describe("notesOf", () => {
  it.each([
    ["Entra's older way", patch({ op: "Replace", path: "active", value: "False" }), ["op_case", "text_boolean"]],
    ["Okta's way", patch({ op: "replace", value: { active: false } }), ["no_path"]],
    ["dotted names", patch({ op: "replace", value: { "name.givenName": "Jane" } }), ["no_path", "dotted_key"]],
    [
      "names that are URNs",
      patch({ op: "replace", value: { "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber": "7" } }),
      ["no_path", "urn_key"],
    ],
    ["a remove with values", patch({ op: "remove", path: "members", value: [{ value: "u1" }] }), ["remove_value"]],
    ["a path with a filter", patch({ op: "replace", path: 'emails[type eq "work"].value', value: "j@a.b" }), ["value_path"]],
    ["a bare manager", patch({ op: "add", path: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", value: "u9" }), ["bare_manager"]],
    ["empty text", patch({ op: "replace", path: "title", value: "" }), ["empty_text"]],
    ["JSON in a text", patch({ op: "add", path: "roles", value: [{ value: '{"id":"1"}' }] }), ["json_text"]],
    ["what the standard says", patch({ op: "add", path: "members", value: [{ value: "u1" }] }), []],
  ])("sees %s", (_, body, want) => {
    expect(codes("PATCH", body)).toEqual(want);
  });

  it("sees what a whole resource departs in", () => {
    const whole = {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
      userName: "j@a.b",
      emails: [{ value: "j@a.b", primary: "True" }],
      "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { department: "Sales" },
    };
    expect(notesOf("PUT", JSON.stringify(whole))).toMatchObject([{ code: "put_whole" }, { code: "text_boolean", path: "emails.primary", value: "True", plain: "true" }]);
    expect(codes("POST", '{"userName":"j"}')).toEqual(["no_schemas"]);
  });

  it("tells each thing once, and not more than can be read", () => {
    expect(codes("PATCH", patch(...Array.from({ length: 50 }, () => ({ op: "Add", path: "title", value: "x" }))))).toEqual(["op_case"]);
    expect(codes("PATCH", patch(...Array.from({ length: 50 }, (_, i) => ({ op: "add", path: `a${i}`, value: "" }))))).toHaveLength(12);
  });

  it.each([null, "", "{", "[1]", '"text"'])("says nothing of %j", (body) => {
    expect(notesOf("POST", body)).toEqual([]);
  });
});

describe("readingOf", () => {
  it.each([
    ["user.create", "POST", "create"],
    ["user.deactivate", "PATCH", "patch"],
    ["user.update", "PUT", "replace"],
    ["group.members", "PATCH", "members"],
    ["user.lookup", "GET", "lookup"],
    ["credentials.check", "GET", "credentials"],
    ["bulk", "POST", "bulk"],
    ["other", "GET", "other"],
  ])("%s by %s", (kind, method, word) => {
    expect(readingOf(kind, method).word).toBe(word);
  });
});

describe("errorType", () => {
  const error = { schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], status: "409" };
  it.each([
    [JSON.stringify({ ...error, scimType: "uniqueness" }), "uniqueness"],
    [JSON.stringify(error), ""],
    ['{"schemas":[]}', null],
    [null, null],
  ])("%s", (body, type) => {
    expect(errorType(body)).toBe(type);
  });
});
