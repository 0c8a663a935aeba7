import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Debian's Chromium, or the one that a variable names. */
export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });

/** Somebody with a browser. What goes wrong on their pages is kept. */
export class Visitor {
  /** Errors of the console, of scripts, and of the Content-Security-Policy. */
  readonly wrongs: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static async arrive(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({ locale: "en", timezoneId: "Europe/Berlin", viewport: { width: 1440, height: 900 }, ...options });
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
    });
    const visitor = new Visitor(context, await context.newPage());
    visitor.watch(visitor.page);
    return visitor;
  }

  private watch(page: Page) {
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.wrongs.push(`${page.url()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.wrongs.push(`${page.url()}: ${String(error)}`));
  }

  /** Opens a one-time link and goes on to where it leads. */
  async enter(link: string) {
    await this.page.goto(link);
    await this.page.getByRole("button", { name: "Continue" }).click();
    await this.settled();
  }

  /** Goes to a page and waits until everything on it is there. */
  async visit(address: string) {
    await this.page.goto(address);
    await this.settled();
  }

  async settled() {
    await this.page.waitForFunction(() => document.querySelector("h1, h2") !== null && document.querySelector('[aria-busy="true"]') === null);
  }

  /** Nothing went wrong so far. */
  fine() {
    expect(this.wrongs).toEqual([]);
  }

  /**
   * The page can be used by everybody: axe finds nothing, nothing has to be scrolled
   * sideways, and the *labels* in sentences of the server are not shown with their stars.
   */
  async usable(what: string) {
    await this.page.evaluate(axe);
    const found = await this.page.evaluate(async () => {
      const { violations } = await (window as unknown as { axe: Axe }).axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      });
      return violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html.slice(0, 200)).join(" | ")}`);
    });
    const sideways = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    const stars = (await this.page.innerText("body")).match(/(?<=^|\s)\*[^*\s][^*\n]*\*(?=[\s.,;:)]|$)/gm) ?? [];
    expect({ what, found, sideways: Math.max(sideways, 0), stars }).toEqual({ what, found: [], sideways: 0, stars: [] });
  }
}

interface Axe {
  run: (root: Document, options: object) => Promise<{ violations: { id: string; help: string; nodes: { html: string }[] }[] }>;
}
