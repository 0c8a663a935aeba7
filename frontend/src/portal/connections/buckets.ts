import type { Schemas } from "../../api/client";

/** How far back charts look. */
export const ranges = ["24h", "7d", "30d"] as const;
export type Range = (typeof ranges)[number];

/** rangeOf is what an address says, or else the usual. */
export const rangeOf = (text: string): Range => ranges.find((r) => r === text) ?? "7d";

/**
 * startsOf are the beginnings of the columns of a chart, the oldest first, in the
 * viewer's zone: hours of a day, quarters of days of a week, days of a month.
 */
export function startsOf(range: Range, now: Date): Date[] {
  const [y, m, d, h] = [now.getFullYear(), now.getMonth(), now.getDate(), now.getHours()];
  if (range === "24h") return count(24).map((i) => new Date(y, m, d, h - 23 + i));
  if (range === "30d") return count(30).map((i) => new Date(y, m, d - 29 + i));
  return count(28)
    .map((i) => new Date(y, m, d - 6, i * 6))
    .filter((start) => start <= now);
}

const count = (n: number) => Array.from({ length: n }, (_, i) => i);

/** columnOf is the last column that begins at or before a time; -1: it is older. */
function columnOf(starts: Date[], at: Date): number {
  return starts.findLastIndex((start) => start <= at);
}

export type RequestPoint = { at: string; done: number; refused: number; failed: number };

/** requestPoints adds hours up in columns; where nothing came is zero. */
export function requestPoints(hours: Schemas["RequestHour"][], starts: Date[]): RequestPoint[] {
  const points = starts.map((start) => ({ at: start.toISOString(), done: 0, refused: 0, failed: 0 }));
  for (const hour of hours) {
    const point = points[columnOf(starts, new Date(hour.hour))];
    if (!point) continue;
    point.done += hour.requests - hour.refused - hour.failed;
    point.refused += hour.refused;
    point.failed += hour.failed;
  }
  return points;
}

export type PeoplePoint = { at: string; active: number; inactive: number };

/**
 * peoplePoints is how many there were at the end of each column. Numbers hold from
 * one point to the next. Before the first one a connection that began since the
 * chart does had nobody; of an older one that is not known, and left out.
 */
export function peoplePoints(history: Schemas["DirectoryPoint"][], starts: Date[], created: Date): PeoplePoint[] {
  const last = new Map<number, Schemas["DirectoryPoint"]>();
  for (const point of history) last.set(columnOf(starts, new Date(point.at)), point);
  const points: PeoplePoint[] = [];
  let known = last.get(-1);
  const began = starts[0] !== undefined && created >= starts[0] && history.length > 0;
  starts.forEach((start, i) => {
    known = last.get(i) ?? known;
    if (known) points.push({ at: start.toISOString(), active: known.active, inactive: known.people - known.active });
    else if (began) points.push({ at: start.toISOString(), active: 0, inactive: 0 });
  });
  return points;
}

/** Whether there is anything to draw. */
export const anyRequest = (points: RequestPoint[]) => points.some((p) => p.done + p.refused + p.failed > 0);
