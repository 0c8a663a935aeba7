/** Units of relative times, largest first, with their length in seconds. */
const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86400],
  ["month", 30 * 86400],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];

/** relative is a time as seen from another: "3 minutes ago"; null: about now. */
export function relative(at: Date, now: Date, language: string): string | null {
  const seconds = (at.getTime() - now.getTime()) / 1000;
  for (const [unit, length] of units) {
    if (Math.abs(seconds) >= length) {
      return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(Math.trunc(seconds / length), unit);
    }
  }
  return null;
}

/** absolute is a time in the viewer's zone. */
export function absolute(at: Date, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" }).format(at);
}

/** inUTC is a time in UTC, as logs have it. */
export function inUTC(at: Date): string {
  return at.toISOString().replace("T", " ").replace(/\.\d+Z$/, "");
}
