import { describe, expect, it } from "vitest";

import { everywhere, exceptions, type Line, same, withEverywhere, withException, without, written } from "./lines";

const allow: Line = { permission: "provisioning:read", tenant_id: null, effect: "allow" };
const here: Line = { permission: "provisioning:read", tenant_id: "ten1", effect: "deny" };

describe("lines of a role", () => {
  it("says what holds everywhere, and that a refusal wins", () => {
    expect(everywhere([allow, here], "provisioning:read")).toBe("allow");
    expect(everywhere([allow, { ...allow, effect: "deny" }], "provisioning:read")).toBe("deny");
    expect(everywhere([here], "provisioning:read")).toBeNull();
    expect(exceptions([allow, here])).toEqual([here]);
    expect(exceptions([allow, here], "provisioning:create")).toEqual([]);
  });

  it("changes one permission and leaves the others and the exceptions", () => {
    const other: Line = { permission: "roles:map", tenant_id: null, effect: "allow" };
    expect(withEverywhere([allow, here, other], "provisioning:read", "deny")).toEqual([here, other, { ...allow, effect: "deny" }]);
    expect(withEverywhere([allow, here, other], "provisioning:read", null)).toEqual([here, other]);
  });

  it("has one line for a permission in a tenant", () => {
    const changed: Line = { ...here, effect: "allow" };
    expect(withException([allow, here], changed)).toEqual([allow, changed]);
    expect(without([allow, changed], here)).toEqual([allow]);
  });

  it("compares without order", () => {
    expect(same([allow, here], [here, allow])).toBe(true);
    expect(same([allow], [{ ...allow, effect: "deny" }])).toBe(false);
  });

  it("writes lines as the policy has them", () => {
    expect(written("editor", here)).toBe("p, editor, ten1, provisioning:read, deny");
    expect(written("editor", allow)).toBe("p, editor, *, provisioning:read, allow");
  });
});
