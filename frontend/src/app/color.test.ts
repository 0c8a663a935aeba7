import { describe, expect, it } from "vitest";

import { contrast, shadesOf } from "./color";

describe("shadesOf", () => {
  it.each(["#4353d6", "#ffee00", "#00ffcc", "#000000", "#ffffff", "#e11d48"])("makes %s readable on light and dark ground", (accent) => {
    const shades = shadesOf(accent);
    expect(shades).toHaveLength(10);
    expect(contrast(shades[6], "#ffffff")).toBeGreaterThanOrEqual(4.5);
    expect(contrast(shades[4], "#242424")).toBeGreaterThanOrEqual(4.5);
  });

  it("keeps an accent that can be read", () => {
    expect(shadesOf("#4353d6")[6]).toBe("#4353d6");
  });
});
