/** duration is a time that an answer took, or that something went on for. */
export function duration(ms: number, language: string): string {
  const unit = (value: number, name: string, digits = 0) =>
    new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: digits }).format(value);
  if (ms < 1) return `< ${unit(1, "millisecond")}`;
  if (ms < 1000) return unit(ms, "millisecond");
  if (ms < 60_000) return unit(ms / 1000, "second", ms < 10_000 ? 1 : 0);
  if (ms < 3_600_000) return unit(Math.round(ms / 60_000), "minute");
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.round((ms - hours * 3_600_000) / 60_000);
  return minutes === 0 ? unit(hours, "hour") : `${unit(hours, "hour")} ${unit(minutes, "minute")}`;
}

/** clock is a time of a day, with seconds where a log needs them. */
export function clock(at: string, language: string, seconds = false): string {
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}) }).format(new Date(at));
}

/** logTime is a time to the second, with its date unless it is of the same day as another. */
export function logTime(at: Date, now: Date, language: string): string {
  const time = new Intl.DateTimeFormat(language, { timeStyle: "medium" }).format(at);
  if (at.toDateString() === now.toDateString()) return time;
  const year = at.getFullYear() === now.getFullYear() ? {} : ({ year: "numeric" } as const);
  return `${new Intl.DateTimeFormat(language, { day: "numeric", month: "short", ...year }).format(at)}, ${time}`;
}

/** shortId is enough of an id to tell it from its neighbours. */
export const shortId = (id: string): string => (id.length > 13 ? `${id.slice(0, 4)}…${id.slice(-6)}` : id);
