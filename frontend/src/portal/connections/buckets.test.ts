import { describe, expect, it } from "vitest";

import { anyRequest, peoplePoints, rangeOf, requestPoints, startsOf } from "./buckets";

const now = new Date(2026, 10, 22, 18, 25);
const hour = (at: Date, requests: number, refused = 0, failed = 0) => ({ hour: at.toISOString(), requests, changes: 0, refused, failed, mean_ms: 1 });

describe("startsOf", () => {
  it.each([
    ["24h", 24, new Date(2026, 10, 21, 19), new Date(2026, 10, 22, 18)],
    ["7d", 28, new Date(2026, 10, 16), new Date(2026, 10, 22, 18)],
    ["30d", 30, new Date(2026, 9, 24), new Date(2026, 10, 22)],
  ] as const)("%s", (range, length, first, last) => {
    const starts = startsOf(range, now);
    expect(starts).toHaveLength(length);
    expect(starts[0]).toEqual(first);
    expect(starts.at(-1)).toEqual(last);
  });

  it("has no column that is still to come", () => {
    expect(startsOf("7d", new Date(2026, 10, 22, 5)).at(-1)).toEqual(new Date(2026, 10, 22, 0));
  });
});

describe("requestPoints", () => {
  it("adds hours up, and has zeros where nothing came", () => {
    const starts = startsOf("7d", now);
    const points = requestPoints(
      [hour(new Date(2026, 10, 22, 12), 10, 1), hour(new Date(2026, 10, 22, 17), 5, 0, 2), hour(new Date(2026, 10, 22, 18), 3)],
      starts,
    );
    expect(points).toHaveLength(starts.length);
    expect(points.at(-1)).toMatchObject({ done: 3, refused: 0, failed: 0 });
    expect(points.at(-2)).toMatchObject({ done: 12, refused: 1, failed: 2 });
    expect(points.at(-3)).toMatchObject({ done: 0, refused: 0, failed: 0 });
    expect(anyRequest(points)).toBe(true);
  });

  it("leaves out what is older than the chart", () => {
    expect(anyRequest(requestPoints([hour(new Date(2026, 9, 1), 10)], startsOf("30d", now)))).toBe(false);
  });
});

describe("peoplePoints", () => {
  const old = new Date(2025, 0, 1);
  const point = (at: Date, people: number, active: number) => ({ at: at.toISOString(), people, active, groups: 0 });

  it("holds numbers from one point to the next", () => {
    const points = peoplePoints([point(new Date(2026, 10, 21, 3), 4, 4), point(new Date(2026, 10, 22, 16, 30), 10, 8), point(now, 11, 7)], startsOf("24h", now), old);
    expect(points).toHaveLength(24);
    expect(points[0]).toMatchObject({ active: 4, inactive: 0 });
    expect(points.at(-4)).toMatchObject({ active: 4, inactive: 0 });
    expect(points.at(-3)).toMatchObject({ active: 8, inactive: 2 });
    expect(points.at(-2)).toMatchObject({ active: 8, inactive: 2 });
    expect(points.at(-1)).toMatchObject({ active: 7, inactive: 4 });
  });

  it("had nobody before it began", () => {
    const points = peoplePoints([point(new Date(2026, 10, 22, 16, 30), 3, 2)], startsOf("24h", now), new Date(2026, 10, 22, 15));
    expect(points).toHaveLength(24);
    expect(points.at(-4)).toMatchObject({ active: 0, inactive: 0 });
    expect(points.at(-3)).toMatchObject({ active: 2, inactive: 1 });
  });

  it("begins with what is known", () => {
    const points = peoplePoints([point(new Date(2026, 10, 22, 16, 30), 1, 1)], startsOf("24h", now), old);
    expect(points.map((p) => new Date(p.at).getHours())).toEqual([16, 17, 18]);
    expect(peoplePoints([], startsOf("24h", now), now)).toEqual([]);
  });
});

it("takes only ranges that there are from an address", () => {
  expect(["24h", "30d", "1y", ""].map(rangeOf)).toEqual(["24h", "30d", "7d", "7d"]);
});
