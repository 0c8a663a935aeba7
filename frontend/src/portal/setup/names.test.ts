import { describe, expect, it } from "vitest";

import { faultOf, maxName, suggestName } from "./names";

describe("suggestName", () => {
  it("joins tenant and provider", () => {
    expect(suggestName("Acme", "Okta", [])).toBe("Acme – Okta");
  });
  it("takes a number when the name is taken, whatever its case", () => {
    expect(suggestName("Acme", "Okta", ["acme – okta", "Acme – Okta (2)"])).toBe("Acme – Okta (3)");
  });
  it("never is too long, and keeps characters whole", () => {
    const name = suggestName("𝔸".repeat(80), "Microsoft Entra ID", []);
    expect([...name]).toHaveLength(maxName);
    expect(name.endsWith("𝔸 – Microsoft Entra ID")).toBe(true);
    expect(faultOf(name, [])).toBeNull();
  });
});

describe("faultOf", () => {
  it.each([
    ["", "missing"],
    ["   ", "missing"],
    ["x".repeat(65), "long"],
    ["𝔸".repeat(64), null],
    [" ACME – okta ", "taken"],
    ["Acme – Okta (EU)", null],
  ])("%s", (name, want) => {
    expect(faultOf(name, ["Acme – Okta"])).toBe(want);
  });
});
