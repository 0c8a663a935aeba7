import type { operations } from "../../api/schema";

/** What the request log can be narrowed by, as the address has it. */
export const noFilters = {
  q: "",
  outcome: "",
  kind: "",
  status: "",
  person: "",
  group: "",
  request_id: "",
  connection: "",
  since: "",
  until: "",
};
export type RequestFilters = typeof noFilters;

/** What the API is asked for. */
export type RequestQuery = NonNullable<operations["listTenantRequests"]["parameters"]["query"]>;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** isId tells a request's number, or a person's or group's id, from a name. */
export const isId = (text: string): boolean => uuid.test(text.trim());

/** isLogId tells the id that a request has in the log. */
export const isLogId = (text: string): boolean => /^req[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(text.trim());

const span = /^(\d{1,4})([hd])$/;

/** momentOf reads an end of a time range: a time, or how long ago: "24h", "7d". */
export function momentOf(value: string, now: Date): string | undefined {
  const ago = span.exec(value);
  if (ago) {
    const hours = Number(ago[1]) * (ago[2] === "d" ? 24 : 1);
    // Whole minutes, so that the same page asks for the same list.
    const minute = Math.floor(now.getTime() / 60_000) * 60_000;
    return new Date(minute - hours * 3_600_000).toISOString();
  }
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : value;
}

/** queryOf is what the API is asked for. A number that was typed into the search is a request's. */
export function queryOf(filters: RequestFilters, now: Date): RequestQuery {
  const { q, since, until, ...rest } = filters;
  const text = q.trim();
  const query: Record<string, string | undefined> = {
    ...rest,
    ...(isId(text) ? { request_id: text.toLowerCase() } : { q: text }),
    since: momentOf(since, now),
    until: momentOf(until, now),
  };
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value)) as RequestQuery;
}

/** resourceQueryOf is the same with a typed number as that of a person or group. */
export function resourceQueryOf(query: RequestQuery): RequestQuery {
  const { request_id, ...rest } = query;
  return { ...rest, resource: request_id };
}

/** searchOf is how an address tells filters: what is not set is not in it. */
export function searchOf(filters: Partial<RequestFilters>): Record<string, string> {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value));
}

/** exportOf is the address of an export: everything that the list has but what pages it. */
export function exportOf(path: string, query: object): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value && !["connection", "cursor", "limit"].includes(key)) search.set(key, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

const two = (n: number) => String(n).padStart(2, "0");

/** localOf is a time as fields for times have it, in the viewer's zone. */
export function localOf(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** isoOf reads such a field. */
export function isoOf(local: string): string {
  const at = new Date(local);
  return local && !Number.isNaN(at.getTime()) ? at.toISOString() : "";
}
