import type { Schemas } from "../../api/client";

/** A role at an entry point. */
export type Holding = Schemas["RoleAt"];

/** A line of the editor; "" where nothing is chosen yet. */
export interface Row extends Holding {
  id: number;
}

const key = (h: Holding) => `${h.entry_point}\n${h.role}`;
const plain = ({ entry_point, role }: Holding): Holding => ({ entry_point, role });

/** sorted puts holdings into an order, each once. */
export function sorted(holdings: Holding[]): Holding[] {
  const all = new Map(holdings.map((h) => [key(h), plain(h)]));
  return [...all.keys()].sort().flatMap((k) => all.get(k) ?? []);
}

/** same says whether two sets of mappings are the same, in whatever order. */
export function same(a: Holding[], b: Holding[]): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

export interface Difference {
  added: Holding[];
  removed: Holding[];
}

/** difference is what has to be added to and removed from the first to have the second. */
export function difference(before: Holding[], after: Holding[]): Difference {
  const [had, has] = [new Set(before.map(key)), new Set(after.map(key))];
  return { added: sorted(after).filter((h) => !had.has(key(h))), removed: sorted(before).filter((h) => !has.has(key(h))) };
}

/** rowsOf are lines of the editor. */
export const rowsOf = (holdings: Holding[]): Row[] => sorted(holdings).map((h, id) => ({ ...h, id }));

/** withRow adds an empty line. */
export const withRow = (rows: Row[], entryPoint: string): Row[] => [...rows, { id: Math.max(-1, ...rows.map((r) => r.id)) + 1, entry_point: entryPoint, role: "" }];

/** targetsOf are the mappings that the lines come to. */
export const targetsOf = (rows: Row[]): Holding[] => sorted(rows.filter((r) => r.role !== "" && r.entry_point !== ""));

/** repeated are lines that say what one above them says. */
export function repeated(rows: Row[]): Set<number> {
  const seen = new Set<string>();
  const again = new Set<number>();
  for (const row of rows) {
    if (row.role === "") continue;
    if (seen.has(key(row))) again.add(row.id);
    seen.add(key(row));
  }
  return again;
}

/** For how long a change can be undone. */
export const undoDays = 7;

/** canUndo says whether a change can be undone: it is young, and undoing it would change something. */
export function canUndo(change: Pick<Schemas["RoleMappingChange"], "at" | "before">, now: Holding[], today: Date): boolean {
  return today.getTime() - Date.parse(change.at) < undoDays * 86_400_000 && !same(change.before, now);
}

export interface Count extends Holding {
  count: number;
}

/** The numbers of a change, the most people first. */
export function inOrder(counts: Count[]): Count[] {
  return [...counts].sort((a, b) => b.count - a.count || key(a).localeCompare(key(b)));
}

/** percent is how far a job is; one that has nothing to do is done. */
export function percent({ done, total, state }: Pick<Schemas["Job"], "done" | "total" | "state">): number {
  if (state === "done" || total <= 0) return 100;
  return Math.min(99, Math.floor((100 * done) / total));
}

/** jobToShow is the job that a page shows: the one that was asked for, or else the newest that is not done. */
export function jobToShow(asked: string, jobs: Pick<Schemas["Job"], "id" | "state" | "subject">[], group: string): string {
  return asked || (jobs.find((j) => j.subject === group && j.state !== "done")?.id ?? "");
}
