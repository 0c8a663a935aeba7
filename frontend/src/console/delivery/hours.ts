import type { Schemas } from "../../api/client";

/** For how many days the charts can look back. */
export const periods = [1, 7, 30] as const;

const hour = 3_600_000;

/** since is the full hour at which a period of some days begins. */
export function since(days: number, now: Date): string {
  return new Date(Math.floor(now.getTime() / hour) * hour - days * 24 * hour).toISOString();
}

/** inSeconds is a lag in milliseconds, to a tenth of a second. */
export const inSeconds = (ms: number | null) => (ms === null ? 0 : Math.round(ms / 100) / 10);

/** hoursOf is what a webhook did as a chart has it. */
export function hoursOf(items: Schemas["WebhookHour"][]) {
  return items.map((h) => ({ at: h.hour, delivered: h.delivered, failed: h.failed, average: inSeconds(h.lag_avg), longest: inSeconds(h.lag_max) }));
}
