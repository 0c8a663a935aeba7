import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";

import type { Page } from "playwright-core";

const assets = path.resolve(import.meta.dirname, "../dist/assets");

/** firstPaint is when the page first showed something, in milliseconds after it was asked for. */
export function firstPaint(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((done) => {
        const [entry] = performance.getEntriesByName("first-contentful-paint");
        if (entry) return done(entry.startTime);
        new PerformanceObserver((list, observer) => {
          const [paint] = list.getEntriesByName("first-contentful-paint");
          if (!paint) return;
          observer.disconnect();
          done(paint.startTime);
        }).observe({ type: "paint", buffered: true });
      }),
  );
}

/** transferred is how many bytes of scripts and styles a page has loaded, as they went over the wire. */
export function transferred(page: Page): Promise<number> {
  return page.evaluate(() =>
    (performance.getEntriesByType("resource") as PerformanceResourceTiming[])
      .filter((r) => r.name.includes("/assets/"))
      .reduce((sum, r) => sum + r.transferSize, 0),
  );
}

/** mainBundle is the size of the scripts that every page loads, in bytes of gzip. */
export async function mainBundle(): Promise<number> {
  const html = await readFile(path.resolve(assets, "../index.html"), "utf8");
  const scripts = [...html.matchAll(/(?:src|href)="\/assets\/([\w.-]+\.js)"/g)].map((m) => m[1] ?? "");
  if (scripts.length === 0) throw new Error("index.html loads no script");
  const sizes = await Promise.all(scripts.map(async (name) => gzipSync(await readFile(path.join(assets, name)), { level: 9 }).length));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** largest is the largest chunk besides, under its name. */
export async function largestChunk(): Promise<{ name: string; bytes: number }> {
  const chunks = (await readdir(assets)).filter((f) => f.endsWith(".js"));
  const sized = await Promise.all(chunks.map(async (name) => ({ name, bytes: gzipSync(await readFile(path.join(assets, name))).length })));
  return sized.sort((a, b) => b.bytes - a.bytes)[0] ?? { name: "", bytes: 0 };
}
