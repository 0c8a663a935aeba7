import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { launch, Visitor } from "./browser";
import { Server } from "./server";
import { fill, type World } from "./world";

let server: Server;
let world: World;
let browser: Browser;
let support: Visitor;

beforeAll(async () => {
  server = await Server.start();
  world = await fill(server);
  browser = await launch();
  support = await Visitor.arrive(browser);
  await support.enter(await server.staffLink("support"));
});
afterAll(async () => {
  await browser.close();
  world.receiver.close();
  await server.stop();
});

const inTenant = (path: string) => `${server.url}/console/tenants/${world.acme}${path}`;
interface Person {
  id: string;
  user_name: string;
  display_name: string;
}

describe("support", () => {
  it("finds out why somebody has no access", async () => {
    const { page } = support;
    const { items } = await server.api<{ items: Person[] }>("GET", `/api/v1/tenants/${world.acme}/users?unassigned=true&active=true&limit=1`);
    const [person] = items;
    if (!person) throw new Error("everybody has access");
    await support.visit(inTenant(`/people?q=${encodeURIComponent(person.user_name)}`));
    await page.getByText(/You are looking at Acme as support/).waitFor();
    await support.visit(inTenant(`/people/${person.id}/why`));
    const text = await page.getByRole("main").innerText();
    expect(text).toMatch(/no role|no access|gives? (no|a) role|none of/i);
    expect(text).not.toContain(person.user_name);
    expect(text).not.toContain(person.display_name);
  });

  it("sees no secret and nobody's data in full, on any page", async () => {
    const { page } = support;
    const { items } = await server.api<{ items: Person[] }>("GET", `/api/v1/tenants/${world.acme}/users?limit=100`);
    for (const path of ["/people", "/connections", `/connections/${world.okta.id}`, `/connections/${world.okta.id}/tokens`, `/groups/${world.group}`, "/activity", "/activity/requests", "/access/audit"]) {
      await support.visit(inTenant(path));
      const text = await page.evaluate(() => document.body.innerText);
      const seen = items.filter((p) => text.includes(p.user_name) || (p.display_name.includes(" ") && text.includes(p.display_name)));
      expect({ path, seen }).toEqual({ path, seen: [] });
      expect(text).not.toContain(world.okta.token);
    }
  });

  it("cannot change anything", async () => {
    const { page } = support;
    await support.visit(inTenant("/connections"));
    expect(await page.getByRole("link", { name: "Connect an identity provider" }).count()).toBe(0);
    await support.visit(inTenant(`/connections/${world.okta.id}`));
    for (const name of ["Pause", "Rotate token", "Delete"]) expect(await page.getByRole("button", { name, exact: true }).count(), name).toBe(0);
    await support.visit(inTenant(`/groups/${world.group}`));
    for (const name of ["Add a role", "Review and save"]) expect(await page.getByRole("button", { name }).count(), name).toBe(0);
    const status = await page.evaluate(async (address) => (await fetch(address, { method: "POST" })).status, `/api/v1/tenants/${world.acme}/connections/${world.okta.id}/pause`);
    expect(status).toBe(403);
    expect(support.wrongs.filter((w) => !w.includes("status of 403"))).toEqual([]);
  });

  it("left a record that the customer can see", async () => {
    const customer = await Visitor.arrive(browser);
    await customer.enter(await server.portalLink(world.acme));
    await customer.visit(`${server.url}/portal/access/support`);
    await customer.page.getByRole("main").getByText(/masked/i).first().waitFor();
    const { items } = await server.api<{ items: { action: string }[] }>("GET", `/api/v1/tenants/${world.acme}/audit?action=support.looked`);
    expect(items.length).toBeGreaterThan(0);
    customer.fine();
    await customer.context.close();
  });
});
