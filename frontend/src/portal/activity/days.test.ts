import { describe, expect, it } from "vitest";

import { byDay, dayName } from "./days";

const local = (day: number, hour: number) => new Date(2026, 10, day, hour).toISOString();

describe("byDay", () => {
  it("keeps the order, and days apart", () => {
    const days = byDay([local(22, 18), local(22, 0), local(21, 23), local(19, 1)], (at) => at);
    expect(days.map((d) => [d.start.getDate(), d.items.length])).toEqual([
      [22, 2],
      [21, 1],
      [19, 1],
    ]);
    expect(days[0]?.start.getHours()).toBe(0);
  });
  it("has no day without anything", () => {
    expect(byDay([], String)).toEqual([]);
  });
});

describe("dayName", () => {
  const now = new Date(2026, 10, 22, 18, 30);
  it.each([
    [new Date(2026, 10, 22), "en", "Today"],
    [new Date(2026, 10, 21), "en", "Yesterday"],
    [new Date(2026, 10, 21), "de", "Gestern"],
    [new Date(2026, 10, 20), "en", "Friday, November 20"],
    [new Date(2025, 10, 20), "de", "Donnerstag, 20. November 2025"],
  ])("%s in %s", (day, language, name) => {
    expect(dayName(day, now, language)).toBe(name);
  });
});
