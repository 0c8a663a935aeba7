import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { launch, Visitor } from "./browser";
import { Server } from "./server";
import { ticksOf, watchTicks } from "./ticks";
import { catalogue, newTenant } from "./world";

let server: Server;
let browser: Browser;
let tenant: string;
let visitor: Visitor;

/** What one step of the story leaves to the next ones. */
const story = { connection: "", baseURL: "", token: "", group: "", person: "" };

beforeAll(async () => {
  server = await Server.start();
  tenant = await newTenant(server, "Acme");
  await catalogue(server, tenant);
  browser = await launch();
  visitor = await Visitor.arrive(browser, { permissions: ["clipboard-read", "clipboard-write"] });
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

const provisioned = () => ({ base_url: story.baseURL, token: story.token });
const api = <T>(path: string) => server.api<T>("GET", `/api/v1/tenants/${tenant}${path}`);
const clipboard = () => visitor.page.evaluate(() => navigator.clipboard.readText());
const address = (...segments: string[]) => [server.url, "portal", ...segments].join("/");

// The tests tell one story: each goes on where the one before it stopped.
describe("an IT admin", () => {
  it("opens the link that came with the invitation", async () => {
    await visitor.enter(await server.portalLink(tenant));
    expect(visitor.page.url()).toBe(address("connections"));
  });

  it("creates an Okta connection, and copies its address and token", async () => {
    const { page } = visitor;
    await page.getByRole("link", { name: "Connect an identity provider" }).first().click();
    await page.getByRole("radio", { name: "Okta" }).check();
    await page.getByRole("textbox", { name: "Name of the connection" }).fill("Acme - Okta (EU)");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.waitForURL(/\/setup\/permissions/);
    story.connection = /connections\/(con\w+)\//.exec(page.url())?.[1] ?? "";
    await page.getByRole("button", { name: "Continue" }).click();
    await page.waitForURL(/\/setup\/token/);
    await page.getByRole("button", { name: "Make the token" }).click();
    await page.getByRole("button", { name: "Copy Token" }).click();
    story.token = await clipboard();
    expect(story.token).toMatch(/^rstrtok/);
    await page.getByRole("button", { name: "Copy SCIM base URL" }).click();
    story.baseURL = await clipboard();
    expect(story.baseURL).toBe(`${server.url}/scim/v2/${story.connection}`);
  });

  it("sees the checklist tick while Okta provisions, without a reload", async () => {
    const { page } = visitor;
    await page.getByRole("link", { name: "Continue" }).click();
    await page.waitForURL(/\/setup\/guide/);
    await page.getByText("Live", { exact: true }).waitFor();
    await page.evaluate(() => ((window as unknown as { stayed: boolean }).stayed = true));
    await watchTicks(page);
    await server.simulate("okta", provisioned(), "--users", "30", "--groups", "4");
    await page.waitForSelector('[data-step="member_added"][data-state="done"]');
    expect(await page.evaluate(() => (window as unknown as { stayed?: boolean }).stayed)).toBe(true);
    const { steps } = await api<{ steps: { step: string; done_at: string | null }[] }>(`/connections/${story.connection}/setup`);
    const ticks = await ticksOf(page);
    const waits = steps.filter((s) => s.done_at).map((s) => ({ step: s.step, wait: (ticks[s.step] ?? NaN) - Date.parse(s.done_at ?? "") }));
    expect(waits.length).toBeGreaterThanOrEqual(5);
    for (const { step, wait } of waits) expect(wait, step).toBeGreaterThan(0);
    console.log(`figures: from a request to its tick: ${waits.map(({ step, wait }) => `${step} ${wait.toFixed(0)} ms`).join(", ")}`);
  });

  it("maps a group to a role, and sees before who gains it", async () => {
    const { page } = visitor;
    const groups = await api<{ items: { id: string; display_name: string; members: number }[] }>("/groups");
    const group = groups.items.find((g) => g.members > 0) ?? groups.items[0];
    story.group = group?.display_name ?? "";
    await page.getByRole("link", { name: "Continue" }).or(page.getByRole("link", { name: "Review" })).first().click();
    await page.waitForURL(/\/setup\/review/);
    await page.getByRole("link", { name: "Groups & roles", exact: true }).first().click();
    await page.getByRole("link", { name: story.group, exact: true }).click();
    await page.getByRole("button", { name: "Add a role" }).click();
    await page.getByRole("combobox", { name: "Role" }).or(page.getByRole("textbox", { name: "Role" })).last().click();
    await page.getByRole("option", { name: /^Editor/ }).click();
    await page.getByRole("button", { name: "Review and save" }).click();
    const dialog = page.getByRole("dialog");
    const gain = dialog.getByText(/\d+ (person gains|people gain) Editor/).first();
    await gain.waitFor();
    const count = Number(/\d+/.exec((await gain.textContent()) ?? "")?.[0]);
    expect(count).toBe((await api<{ items: unknown[] }>(`/groups/${group?.id ?? ""}/members?limit=100`)).items.length);
    await dialog.getByRole("button", { name: new RegExp(`^Save and change the access of ${count} `) }).click();
    await page.getByText(/has been told about everybody/).waitFor();
    const held = await api<{ items: { user: { id: string } }[] }>("/access?role=editor&limit=100");
    expect(held.items.length).toBe(count);
    story.person = held.items[0]?.user.id ?? "";
  });

  it("reads in a person's Why that the group gives the role", async () => {
    const { page } = visitor;
    await visitor.visit(address("people", story.person, "why"));
    const main = page.getByRole("main");
    await main.getByText(story.group).first().waitFor();
    expect(await main.innerText()).toMatch(new RegExp(`Editor, because .*${story.group}`));
  });

  it("finds out why somebody is not here", async () => {
    const { page } = visitor;
    await visitor.visit(address("people"));
    await page.getByRole("textbox", { name: "E-mail address, user name or name" }).fill("nobody@acme.example");
    await page.getByRole("button", { name: "Find out" }).click();
    await page.locator("[data-verdict=never_received]").waitFor();
  });

  it("rotates the token under traffic", async () => {
    const { page } = visitor;
    let refused = 0;
    let asked = 0;
    const ask = async (token: string) => {
      const answer = await fetch(`${story.baseURL}/Users?count=1`, { headers: { Authorization: `Bearer ${token}` } });
      await answer.arrayBuffer();
      asked++;
      if (!answer.ok) refused++;
    };
    let going = true;
    const traffic = (async () => {
      while (going) {
        await ask(story.token);
        await new Promise((done) => setTimeout(done, 50)); // as fast as a connection may go
      }
    })();
    await visitor.visit(address("connections", story.connection, "tokens"));
    const old = story.token;
    await page.getByRole("button", { name: /^Rotate/ }).last().click();
    await page.getByRole("dialog").getByRole("button", { name: /Start the rotation/ }).click();
    await page.getByText("Waiting for a request with the new token").waitFor();
    await page.getByRole("button", { name: "Copy New token" }).click();
    story.token = await clipboard();
    expect(story.token).toMatch(/^rstrtok/);
    expect(story.token).not.toBe(old);
    await page.getByText("The new token is in use").waitFor(); // from now on all the traffic has it
    await page.getByRole("button", { name: "Finish: revoke the old token" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Finish: revoke the old token" }).click({ timeout: 2000 }).catch(() => undefined);
    await page.getByText(/does not work any more/).first().waitFor();
    going = false;
    await traffic;
    expect({ refused, some: asked > 10 }).toEqual({ refused: 0, some: true });
    await ask(old);
    expect(refused).toBe(1);
  });

  it("deletes the connection, and has it back", async () => {
    const { page } = visitor;
    await visitor.visit(address("connections", story.connection));
    await page.getByRole("button", { name: "Delete" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: /to confirm/ }).fill("Acme - Okta (EU)");
    await dialog.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: /Undo the deletion/ }).first().waitFor();
    const users = () => fetch(`${story.baseURL}/Users?count=1`, { headers: { Authorization: `Bearer ${story.token}` } });
    expect((await users()).status).toBe(401);
    await page.getByRole("button", { name: /Undo the deletion/ }).first().click();
    await page.getByText(/is back as it was/).waitFor();
    expect((await users()).status).toBe(200);
  });

  it("saw no error anywhere", () => visitor.fine());
});
