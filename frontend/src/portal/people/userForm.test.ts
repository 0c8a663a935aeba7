import { describe, expect, it } from "vitest";

import type { Schemas } from "../../api/client";
import { changeOf, fieldsOf, newUserOf, noFields, wrongOf } from "./userForm";

const jane: Schemas["User"] = {
  id: "01a202c3-681e-7478-af59-72808a9ae47f",
  user_name: "jane",
  display_name: "Jane Doe",
  given_name: null,
  family_name: "Doe",
  emails: [
    { value: "jane@home.example", type: null, primary: false },
    { value: "jane@acme.com", type: "work", primary: true },
  ],
  external_id: null,
  active: true,
  managed: false,
  connection: null,
  created_at: "2026-11-22T10:00:00Z",
  updated_at: "2026-11-22T10:00:00Z",
  roles: null,
};

it("newUserOf leaves out what is empty", () => {
  expect(newUserOf({ ...noFields, userName: " john ", email: " john@acme.com " })).toEqual({
    user_name: "john",
    active: true,
    emails: [{ value: "john@acme.com", type: "work", primary: true }],
  });
});

describe("changeOf", () => {
  const fields = fieldsOf(jane);
  it.each([
    [{}, null],
    [{ displayName: " Jane Doe " }, null],
    [{ displayName: "" }, { display_name: "" }],
    [{ givenName: "Jane", active: false }, { given_name: "Jane", active: false }],
    [{ userName: "jd", externalId: "7" }, { user_name: "jd", external_id: "7" }],
    [{ email: "j@acme.com" }, { emails: [{ value: "j@acme.com", type: "work", primary: true }, { value: "jane@home.example", primary: false }] }],
    [{ email: "" }, { emails: [{ value: "jane@home.example", primary: false }] }],
  ])("%j", (edit, change) => {
    expect(changeOf(jane, { ...fields, ...edit })).toEqual(change);
  });

  it("adds the first address", () => {
    expect(changeOf({ ...jane, emails: [] }, { ...fields, email: "j@acme.com" })).toEqual({ emails: [{ value: "j@acme.com", type: "work", primary: true }] });
  });
});

it.each([
  [{ userName: " " }, "userName"],
  [{ userName: "jane", email: "jane" }, "email"],
  [{ userName: "jane", email: "jane@acme.com" }, null],
  [{ userName: "jane" }, null],
])("wrongOf %j", (edit, field) => {
  expect(wrongOf({ ...noFields, ...edit })).toBe(field);
});
