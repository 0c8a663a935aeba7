import { describe, expect, it } from "vitest";

import { duration, logTime, shortId } from "./format";

describe("duration", () => {
  it.each([
    [0.007, "< 1 ms"],
    [7.3, "7 ms"],
    [1234, "1.2 sec"],
    [42_000, "42 sec"],
    [266_000, "4 min"],
    [3_600_000, "1 hr"],
    [5_400_000, "1 hr 30 min"],
  ])("%d ms", (ms, text) => {
    expect(duration(ms, "en")).toBe(text);
  });
});

describe("shortId", () => {
  it("keeps what tells ids apart", () => {
    expect(shortId("01a202c3-681e-7478-af59-72808a9ae47f")).toBe("01a2…9ae47f");
    expect(shortId("admin")).toBe("admin");
  });
});

describe("logTime", () => {
  const now = new Date(2026, 10, 22, 18, 30);
  it.each([
    [new Date(2026, 10, 22, 9, 5, 7), "09:05:07"],
    [new Date(2026, 10, 21, 9, 5, 7), "21. Nov., 09:05:07"],
    [new Date(2025, 10, 22, 9, 5, 7), "22. Nov. 2025, 09:05:07"],
  ])("%s", (at, text) => {
    expect(logTime(at, now, "de")).toBe(text);
  });
});
