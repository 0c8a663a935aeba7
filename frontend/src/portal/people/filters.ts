import type { operations } from "../../api/schema";

/** What people can be looked for by, as the address has it. */
export const noFilters = { q: "", status: "", source: "", role: "", at: "", group: "" };
export type PeopleFilters = typeof noFilters;

/** Values of filters that are no ids or keys. */
export const managed = "managed";
export const manual = "manual";
export const noRole = "-"; // no key of a role begins so

type Query = NonNullable<operations["listUsers"]["parameters"]["query"]>;

/** queryOf is what the API is asked for. */
export function queryOf(filters: PeopleFilters): Query {
  const query: Query = { with_roles: true };
  const q = filters.q.trim();
  if (q) query.q = q;
  if (filters.status === "active" || filters.status === "inactive") query.active = filters.status === "active";
  if (filters.source === managed || filters.source === manual) query.managed = filters.source === managed;
  else if (filters.source) query.connection = filters.source;
  if (filters.role === noRole) query.unassigned = true;
  else if (filters.role) query.role = filters.role;
  // Who holds nothing holds nothing anywhere.
  if (filters.at && filters.role !== noRole) query.entry_point = filters.at;
  if (filters.group) query.group = filters.group;
  return query;
}

/** looksForSomebody tells a search that is for one person from one that narrows a list. */
export function looksForSomebody(filters: PeopleFilters): boolean {
  const { q, ...rest } = filters;
  return q.trim() !== "" && Object.values(rest).every((value) => value === "");
}
