import { describe, expect, it } from "vitest";

import { nextAfter } from "./neighbours";

/** A log with one request at each of the seconds, of which a page has at most `size`. */
function log(seconds: number[], size: number) {
  const start = Date.parse("2026-11-22T00:00:00Z");
  const items = seconds.map((s, i) => ({ id: `req${String(i).padStart(6, "0")}`, at: new Date(start + s * 1000).toISOString() }));
  let asked = 0;
  const between = async (since: string, until: string) => {
    asked++;
    const all = items.filter((item) => item.at >= new Date(since).toISOString() && item.at < until).reverse();
    return { items: all.slice(0, size), more: all.length > size };
  };
  return { items, between, asked: () => asked };
}
const now = new Date("2026-11-25T00:00:00Z");

describe("nextAfter", () => {
  it.each([
    ["soon", [0, 3, 9]],
    ["after hours", [0, 7200, 7201]],
    ["after days", [0, 2 * 86400]],
    ["with many at once behind it", [0, ...Array.from({ length: 500 }, (_, i) => 1 + i / 10)]],
    ["with many of them days later", [0, ...Array.from({ length: 500 }, (_, i) => 86400 * 2 + i)]],
  ])("finds what comes %s", async (_, seconds) => {
    const { items, between, asked } = log(seconds, 20);
    const [first, second] = items;
    expect((await nextAfter(first?.at ?? "", first?.id ?? "", between, now))?.id).toBe(second?.id);
    expect(asked()).toBeLessThan(40);
  });

  it("finds nothing behind the newest", async () => {
    const { items, between, asked } = log([0, 5], 20);
    expect(await nextAfter(items[1]?.at ?? "", items[1]?.id ?? "", between, now)).toBeNull();
    expect(asked()).toBeLessThan(6);
  });
});
