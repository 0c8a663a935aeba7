/** Things of one day, in the viewer's zone. */
export interface Day<T> {
  /** Midnight at its beginning. */
  start: Date;
  items: T[];
}

/** byDay groups a list that is in order of time by day, and keeps the order. */
export function byDay<T>(items: T[], at: (item: T) => string): Day<T>[] {
  const days: Day<T>[] = [];
  for (const item of items) {
    const start = new Date(at(item));
    start.setHours(0, 0, 0, 0);
    const last = days.at(-1);
    if (last && last.start.getTime() === start.getTime()) last.items.push(item);
    else days.push({ start, items: [item] });
  }
  return days;
}

/** dayName is how people call a day: today, yesterday, or its date. */
export function dayName(start: Date, now: Date, language: string): string {
  const today = new Date(now);
  today.setHours(0, 0, 0, 0);
  // Days are not all of 24 hours.
  const ago = Math.round((today.getTime() - start.getTime()) / 86_400_000);
  const name =
    ago === 0 || ago === 1
      ? new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-ago, "day")
      : new Intl.DateTimeFormat(language, {
          weekday: "long",
          day: "numeric",
          month: "long",
          ...(start.getFullYear() === now.getFullYear() ? {} : { year: "numeric" }),
        }).format(start);
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}
