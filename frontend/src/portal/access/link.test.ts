import { describe, expect, it } from "vitest";

import { linkOf } from "./link";

describe("linkOf", () => {
  const form = { email: " jane@acme.com ", connection: "con1", roles: ["admin"], expires: "3d", inviter: "Sam", note: " " };
  it("leaves out what is empty", () => {
    expect(linkOf(form)).toEqual({ roles: ["admin"], expires_in: "3d", connection: "con1", email: "jane@acme.com", inviter: "Sam" });
  });
  it("opens the whole tenant without a connection", () => {
    expect(linkOf({ ...form, connection: "all", email: "", inviter: "" })).toEqual({ roles: ["admin"], expires_in: "3d" });
  });
});
