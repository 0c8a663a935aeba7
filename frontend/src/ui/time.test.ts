import { describe, expect, it } from "vitest";

import { inUTC, relative } from "./time";

const now = new Date("2026-11-22T12:00:00Z");

describe("relative", () => {
  it.each([
    ["2026-11-22T11:59:30Z", null],
    ["2026-11-22T11:57:00Z", "3 minutes ago"],
    ["2026-11-22T09:00:01Z", "2 hours ago"],
    ["2026-11-21T12:00:00Z", "yesterday"],
    ["2026-12-04T12:00:00Z", "in 12 days"],
    ["2025-10-22T12:00:00Z", "last year"],
  ])("%s", (at, text) => {
    expect(relative(new Date(at), now, "en")).toBe(text);
  });

  it("speaks German", () => {
    expect(relative(new Date("2026-11-22T11:57:00Z"), now, "de")).toBe("vor 3 Minuten");
  });
});

it("says UTC as logs do", () => {
  expect(inUTC(new Date("2026-11-22T14:05:06.789+02:00"))).toBe("2026-11-22 12:05:06");
});
