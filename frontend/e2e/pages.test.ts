import { mkdir } from "node:fs/promises";
import path from "node:path";

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { launch, Visitor } from "./browser";
import { consolePages, type Page, tenantPages } from "./pages";
import { Server } from "./server";
import { fill, type World } from "./world";

/** Where screenshots go, if they are asked for. */
const shots = process.env.SCREENS ? path.resolve(import.meta.dirname, "output/screens") : null;

/** Every page is looked at like this. */
const looks = [
  { name: "light-wide", colorScheme: "light", viewport: { width: 1440, height: 900 } },
  { name: "dark-wide", colorScheme: "dark", viewport: { width: 1440, height: 900 } },
  { name: "light-narrow", colorScheme: "light", viewport: { width: 360, height: 740 } },
  { name: "dark-narrow", colorScheme: "dark", viewport: { width: 360, height: 740 } },
] as const;

/** Who looks, at which pages. */
const visitors = [
  { name: "admin", link: (s: Server, w: World) => s.portalLink(w.acme), pages: (s: Server, w: World) => tenantPages(s, w, "/portal") },
  { name: "owner", link: (s: Server) => s.staffLink("owner"), pages: consolePages },
  { name: "support", link: (s: Server) => s.staffLink("support"), pages: supportPages },
] as const;

async function supportPages(s: Server, w: World): Promise<Page[]> {
  const seen = ["connections", "connection-overview", "people", "person-why", "group", "request", "access-audit"];
  return (await tenantPages(s, w, `/console/tenants/${w.acme}`)).filter((p) => seen.includes(p.name));
}

let server: Server;
let world: World;
let browser: Browser;

beforeAll(async () => {
  server = await Server.start();
  world = await fill(server);
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  world.receiver.close();
  await server.stop();
});

describe.each(visitors)("every page of $name", ({ name, link, pages }) => {
  it.each(looks)(
    "is usable by everybody: $name",
    async (look) => {
      const visitor = await Visitor.arrive(browser, { colorScheme: look.colorScheme, viewport: look.viewport });
      await visitor.enter(await link(server, world));
      const list = await pages(server, world);
      expect(list.length).toBeGreaterThan(5);
      const problems: string[] = [];
      for (const page of list) {
        await visitor.visit(server.url + page.path);
        await visitor.usable(`${page.name}: ${page.path}`).catch((e: unknown) => problems.push(JSON.stringify((e as { actual?: unknown }).actual ?? String(e))));
        if (shots) await shoot(visitor, `${name}-${page.name}-${look.name}`);
      }
      await visitor.context.close();
      expect([...problems, ...visitor.wrongs.filter((w) => !expected(w))]).toEqual([]);
    },
    600_000,
  );
});

/** The browser itself reports the 404s of the two pages about what is not there. */
function expected(wrong: string): boolean {
  return /01a202c3-681e-7478-af59-72808a9ae47f|con01m81c6t0yehvs7mmswhpp4dbc/.test(wrong) && wrong.includes("status of 404");
}

async function shoot(visitor: Visitor, name: string) {
  await mkdir(shots ?? "", { recursive: true });
  await visitor.page.screenshot({ path: path.join(shots ?? "", `${name}.png`), fullPage: true, animations: "disabled" });
}
