import type { Page } from "playwright-core";

/** Notes when each row of the live checklist is ticked, by the clock that the server has, too. */
export async function watchTicks(page: Page) {
  await page.evaluate(() => {
    const seen: Record<string, number> = {};
    (window as unknown as { ticks: Record<string, number> }).ticks = seen;
    const look = () => {
      for (const row of document.querySelectorAll<HTMLElement>("[data-step][data-state=done]")) {
        const step = row.dataset.step ?? "";
        seen[step] ??= Date.now();
      }
    };
    look();
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
}

export const ticksOf = (page: Page) => page.evaluate(() => (window as unknown as { ticks: Record<string, number> }).ticks);
