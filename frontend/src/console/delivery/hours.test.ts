import { expect, it } from "vitest";

import { hoursOf, since } from "./hours";

it("begins at a full hour", () => {
  expect(since(1, new Date("2026-11-22T10:20:30Z"))).toBe("2026-11-21T10:00:00.000Z");
  expect(since(7, new Date("2026-11-22T10:00:00Z"))).toBe("2026-11-15T10:00:00.000Z");
});

it("tells lags in seconds", () => {
  expect(hoursOf([{ hour: "2026-11-22T10:00:00Z", delivered: 12, failed: 1, lag_avg: 240, lag_max: 61_000 }])).toEqual([
    { at: "2026-11-22T10:00:00Z", delivered: 12, failed: 1, average: 0.2, longest: 61 },
  ]);
  expect(hoursOf([{ hour: "2026-11-22T10:00:00Z", delivered: 0, failed: 3, lag_avg: null, lag_max: null }])[0]).toMatchObject({ average: 0, longest: 0 });
});
