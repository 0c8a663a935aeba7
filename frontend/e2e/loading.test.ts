import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";

import { launch, Visitor } from "./browser";
import { firstPaint, largestChunk, mainBundle, transferred } from "./figures";
import { Server } from "./server";
import { newTenant } from "./world";

let server: Server;
let browser: Browser;
let tenant: string;

beforeAll(async () => {
  server = await Server.start();
  tenant = await newTenant(server, "Acme");
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

it("loads a main bundle of less than 250 kB", async () => {
  const size = await mainBundle();
  const largest = await largestChunk();
  console.log(`figures: main bundle ${(size / 1000).toFixed(0)} kB gzip; the largest chunk is ${largest.name}, ${(largest.bytes / 1000).toFixed(0)} kB`);
  expect(size).toBeLessThan(250_000);
});

it("paints first on a cold cache (a figure, nothing is asserted about time)", async () => {
  const times: number[] = [];
  let bytes = 0;
  for (let i = 0; i < 5; i++) {
    const visitor = await Visitor.arrive(browser);
    await visitor.enter(await server.portalLink(tenant));
    const cold = await Visitor.arrive(browser, { storageState: await visitor.context.storageState() });
    await cold.visit(`${server.url}/portal/connections`);
    times.push(await firstPaint(cold.page));
    bytes = await transferred(cold.page);
    await cold.context.close();
    await visitor.context.close();
  }
  times.sort((a, b) => a - b);
  console.log(`figures: first contentful paint ${times[2]?.toFixed(0)} ms (median of 5: ${times.map((t) => t.toFixed(0)).join(", ")}); ${(bytes / 1000).toFixed(0)} kB of scripts and styles`);
  expect(times.every((t) => t > 0)).toBe(true);
});
