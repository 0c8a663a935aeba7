import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { launch, Visitor } from "./browser";
import { Server } from "./server";
import { catalogue, connect } from "./world";

let server: Server;
let browser: Browser;
let tenant: string;
let connection: string;
let vendor: Visitor;

beforeAll(async () => {
  server = await Server.start();
  browser = await launch();
  vendor = await Visitor.arrive(browser);
  await vendor.enter(await server.staffLink("owner"));
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

/** Somebody of the tenant who has a role of the vendor's. */
async function customer(role: string): Promise<Visitor> {
  const visitor = await Visitor.arrive(browser);
  await visitor.enter(await server.portalLink(tenant, role));
  return visitor;
}

describe("the vendor", () => {
  it("creates a tenant", async () => {
    const { page } = vendor;
    await page.getByRole("button", { name: "New tenant" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name" }).fill("Initech");
    await dialog.getByRole("button", { name: "Create" }).click();
    await page.waitForURL(/\/console\/tenants\/ten\w+\/settings/);
    tenant = /tenants\/(ten\w+)\//.exec(page.url())?.[1] ?? "";
    await page.getByRole("heading", { name: /^Initech/ }).waitFor();
    await catalogue(server, tenant);
    connection = (await connect(server, tenant, "Initech - Okta", "okta")).id;
  });

  it.each([
    { may: ["provisioning:read"], create: false, remove: false },
    { may: ["provisioning:read", "provisioning:create"], create: true, remove: false },
    { may: ["provisioning:read", "provisioning:create", "provisioning:delete"], create: true, remove: true },
  ])("sets that editors may $may, and the portal's buttons and the API follow", async ({ may, create, remove }) => {
    const { page } = vendor;
    await vendor.visit(`${server.url}/console/roles/editor`);
    for (const permission of ["provisioning:create", "provisioning:read", "provisioning:delete"]) {
      const choice = may.includes(permission) ? "Allow" : "–";
      await page.getByRole("radiogroup", { name: permission }).getByText(choice, { exact: true }).click();
    }
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(/What Editor may do holds/).last().waitFor();
    const editor = await customer("editor");
    await editor.visit(`${server.url}/portal/connections`);
    const button = editor.page.getByRole("link", { name: "Connect an identity provider" });
    expect(await button.count() > 0).toBe(create);
    await editor.visit(`${server.url}/portal/connections/${connection}`);
    await editor.page.getByRole("heading", { level: 1, name: "Initech - Okta" }).waitFor();
    expect(await editor.page.getByRole("button", { name: "Delete" }).count() > 0).toBe(remove);
    const call = (method: string, path: string, body?: unknown) =>
      editor.page.evaluate(
        async ([m, a, b]) => (await fetch(a, { method: m, headers: b ? { "Content-Type": "application/json" } : {}, body: b })).status,
        [method, `/api/v1/tenants/${tenant}${path}`, body ? JSON.stringify(body) : undefined] as const,
      );
    expect(await call("POST", "/connections", { name: `Made ${may.length}`, provider: "generic" })).toBe(create ? 201 : 403);
    const { items } = await server.api<{ items: { id: string; name: string }[] }>("GET", `/api/v1/tenants/${tenant}/connections`);
    const [spare] = items.filter((c) => c.name.startsWith("Made"));
    if (spare) expect(await call("DELETE", `/connections/${spare.id}?people=keep&confirm=${encodeURIComponent(spare.name)}`)).toBe(remove ? 200 : 403);
    expect(editor.wrongs.filter((w) => !w.includes("status of 403"))).toEqual([]);
    await editor.context.close();
  });

  it("saw no error anywhere", () => vendor.fine());
});
