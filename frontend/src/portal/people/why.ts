import type { Schemas } from "../../api/client";

type Access = Schemas["Access"];
type Reason = Schemas["AccessReason"];

/** What somebody is given at one entry point: what counts, and what is hidden by it. */
export interface Place {
  entryPoint: string;
  /** Roles that are held, the highest rank first. */
  held: Access[];
  /** Roles that are given, too, but that a role of a higher rank hides. */
  hidden: Access[];
}

/** placesOf groups access by entry point, the whole organisation first. */
export function placesOf(access: Access[]): Place[] {
  const places = new Map<string, Place>();
  for (const line of access) {
    const place = places.get(line.entry_point) ?? { entryPoint: line.entry_point, held: [], hidden: [] };
    (holds(line) ? place.held : place.hidden).push(line);
    places.set(line.entry_point, place);
  }
  for (const place of places.values()) {
    place.held.sort(byRank);
    place.hidden.sort(byRank);
  }
  return [...places.values()].sort((a, b) => order(a.entryPoint) - order(b.entryPoint) || a.entryPoint.localeCompare(b.entryPoint));
}

const order = (entryPoint: string) => (entryPoint === "*" ? 0 : 1);
const byRank = (a: Access, b: Access) => b.role.rank - a.role.rank || a.role.key.localeCompare(b.role.key);

/** holds says whether a role is held: its reasons win all or none. */
export const holds = (line: Access): boolean => line.reasons.some((r) => r.wins);

/** heldOf are the roles that somebody holds. */
export const heldOf = (access: Access[]): Access[] => placesOf(access).flatMap((p) => p.held);

/** What a sentence says: which one it is, and what is put into it. */
export type Said =
  | { key: "mapping"; role: string; rank: number; group: string }
  | { key: "nested"; role: string; rank: number; group: string }
  | { key: "assignment"; role: string; rank: number; by: string }
  | { key: "assignment_unknown"; role: string; rank: number }
  | { key: "also"; role: string; rank: number; source: string }
  | { key: "also_assignment"; role: string; rank: number };

/** sayWhy tells in sentences why somebody has the roles of one place, and what else gives them a role there. */
export function sayWhy(place: Place): Said[] {
  const told = place.held.flatMap((line) => line.reasons.slice(0, mostReasons).map((r) => because(line, r)));
  const hidden = place.hidden.flatMap((line) => line.reasons.slice(0, mostReasons).map((r) => also(line, r)));
  return [...told, ...hidden];
}

/** How many reasons of one role are told in words; the chain has them all. */
const mostReasons = 3;

function because({ role }: Access, reason: Reason): Said {
  const said = { role: role.name, rank: role.rank };
  if (reason.group) return { ...said, key: reason.group.direct ? "mapping" : "nested", group: reason.group.name };
  return reason.by ? { ...said, key: "assignment", by: reason.by } : { ...said, key: "assignment_unknown" };
}

function also({ role }: Access, reason: Reason): Said {
  const said = { role: role.name, rank: role.rank };
  return reason.group ? { ...said, key: "also", source: reason.group.name } : { ...said, key: "also_assignment" };
}

/** What can be done about a reason for holding nothing, by its code. */
export type Remedy = "history" | "groups" | "connection" | "assign" | null;

const remedies: Record<string, Remedy> = {
  inactive: "history",
  no_groups: "groups",
  groups_not_mapped: "groups",
  not_mappable: "groups",
  mapping_without_effect: "groups",
  connection_paused: "connection",
  connection_deleted: "connection",
  no_assignments: "assign",
  assignment_without_effect: "assign",
};

/** remedyOf is where somebody goes on from a reason for holding nothing. */
export const remedyOf = (code: string): Remedy => remedies[code] ?? null;
