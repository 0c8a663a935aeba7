import type { Schemas } from "../../api/client";
import type { RequestFilters } from "./filters";

type Cycle = Schemas["Cycle"];
type Fact = Schemas["CycleFact"];

/** One thing that happened in a cycle. */
export interface Meaning {
  key: string;
  /** "people_created"; of a group's members several. */
  facts: { code: string; count: number }[];
  refused: number;
  group: { id: string; name: string } | null;
  /** What finds its requests among those of the cycle; null: they have no mark of their own. */
  find: Partial<RequestFilters> | null;
}

const noun: Record<string, string> = { people: "user", groups: "group", resources: "resource" };
const verb: Record<string, string> = {
  created: "create",
  adopted: "create",
  updated: "update",
  deactivated: "deactivate",
  reactivated: "reactivate",
  deleted: "delete",
};

/** meaningsOf is a cycle line by line, one for each meaning, in the server's order: the weightiest first. */
export function meaningsOf(cycle: Pick<Cycle, "facts" | "refused" | "failed">): Meaning[] {
  const lines: Meaning[] = [];
  let explained = 0;
  for (const fact of cycle.facts) {
    if (fact.code === "requests_refused") continue;
    explained += fact.refused;
    const members = fact.code.startsWith("members_");
    const same = members && lines.find((l) => l.key === memberKey(fact));
    if (same) {
      same.refused += fact.refused;
      if (fact.count > 0) same.facts.push({ code: fact.code, count: fact.count });
    } else {
      lines.push(members ? membersOf(fact) : lineOf(fact));
    }
  }
  const rest = cycle.refused + cycle.failed - explained;
  if (rest > 0) lines.push(others(cycle, rest));
  return lines;
}

const memberKey = (fact: Fact) => `members ${fact.group?.id ?? ""}`;

function membersOf(fact: Fact): Meaning {
  return {
    key: memberKey(fact),
    facts: fact.count > 0 ? [{ code: fact.code, count: fact.count }] : [],
    refused: fact.refused,
    group: fact.group ? { id: fact.group.id, name: fact.group.name } : null,
    find: fact.group ? { kind: "group", group: fact.group.id } : { kind: "group.members" },
  };
}

function lineOf(fact: Fact): Meaning {
  return { key: fact.code, facts: fact.count > 0 ? [{ code: fact.code, count: fact.count }] : [], refused: fact.refused, group: null, find: findOf(fact.code) };
}

/** Refused or failed, and about nothing that has a line. */
function others(cycle: Pick<Cycle, "refused" | "failed">, count: number): Meaning {
  const outcome = cycle.failed === 0 ? "refused" : cycle.refused === 0 ? "failed" : "";
  return { key: "others", facts: [{ code: "requests_refused", count }], refused: 0, group: null, find: outcome ? { outcome } : null };
}

function findOf(code: string): Partial<RequestFilters> | null {
  if (code === "connection_tested") return { kind: "credentials.check" };
  const cut = code.lastIndexOf("_");
  const what = noun[code.slice(0, cut)];
  const did = code.slice(cut + 1);
  if (!what) return null;
  if (did === "refused") return { kind: what, outcome: "refused" };
  return verb[did] ? { kind: `${what}.${verb[did]}`, outcome: "done" } : { kind: what };
}

/** within is the time of a cycle as filters: from its first request to its last. */
export function within(cycle: Pick<Cycle, "started_at" | "ended_at">): { since: string; until: string } {
  // "until" is before the time that it names; times of the log are finer than a millisecond.
  return { since: cycle.started_at, until: new Date(Date.parse(cycle.ended_at) + 1).toISOString() };
}
