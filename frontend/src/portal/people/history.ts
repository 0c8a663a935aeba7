import type { Schemas } from "../../api/client";
import { enterprise, placeOf, textOf } from "./attributes";

type Change = Schemas["AuditChange"];

/** One thing that is different: an attribute, before and after. "" stands for nothing. */
export interface Line {
  /** Name of the attribute in SCIM, with its parts: "name.familyName", "emails". */
  name: string;
  from: string;
  to: string;
}

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === "object" && v !== null && !Array.isArray(v);

/** linesOf tells the changes of an entry: parts of an attribute that stayed as they were are left out. */
export function linesOf(changes: Record<string, Change>): Line[] {
  return Object.entries(changes).flatMap(([name, change]) => changeOf(shortName(name), change ?? {}));
}

/** inOrder puts lines into the order that attributes have on the page. */
export function inOrder(lines: Line[]): Line[] {
  return [...lines].sort((a, b) => placeOf(a.name) - placeOf(b.name) || a.name.localeCompare(b.name));
}

/** shortName is an attribute without the schema that everybody knows. */
export function shortName(name: string): string {
  return name.startsWith(`${enterprise}:`) ? name.slice(enterprise.length + 1) : name;
}

function changeOf(name: string, change: Change): Line[] {
  if (change.added || change.removed) {
    return [
      ...(change.removed && change.removed.count > 0 ? [{ name, from: idsOf(change.removed), to: "" }] : []),
      ...(change.added && change.added.count > 0 ? [{ name, from: "", to: idsOf(change.added) }] : []),
    ];
  }
  return between(name, change.from, change.to);
}

function idsOf({ count, ids }: Schemas["AuditIDs"]): string {
  const more = count - ids.length;
  return ids.join(", ") + (more > 0 ? ` +${more}` : "");
}

/** between compares two values of one attribute. */
function between(name: string, from: unknown, to: unknown): Line[] {
  if (isObject(from) && isObject(to) && !("value" in from) && !("value" in to)) {
    return partsOf(from, to).flatMap((part) => between(`${name}.${part}`, from[part], to[part]));
  }
  if (from == null && isObject(to) && name === "name") return partsOf({}, to).flatMap((part) => between(`${name}.${part}`, undefined, to[part]));
  if (Array.isArray(from) || Array.isArray(to)) return items(name, Array.isArray(from) ? from : [], Array.isArray(to) ? to : []);
  const [before, after] = [textOf(from), textOf(to)];
  return before === after ? [] : [{ name, from: before, to: after }];
}

function partsOf(from: Record<string, unknown>, to: Record<string, unknown>): string[] {
  return [...new Set([...Object.keys(from), ...Object.keys(to)])];
}

/** items pairs the values of a multi-valued attribute by their type; what is the same in both is left out. */
function items(name: string, from: unknown[], to: unknown[]): Line[] {
  const same = new Set(from.map(key).filter((k) => to.some((v) => key(v) === k)));
  const before = from.filter((v) => !same.has(key(v)));
  const after = to.filter((v) => !same.has(key(v)));
  const lines: Line[] = before.map((v) => {
    const i = after.findIndex((w) => typeOf(w) === typeOf(v));
    const [next] = i >= 0 ? after.splice(i, 1) : [undefined];
    return line(name, typeOf(v), v, next);
  });
  return [...lines, ...after.map((v) => line(name, typeOf(v), undefined, v))].filter((l) => l.from !== l.to);
}

const typeOf = (v: unknown) => (isObject(v) && typeof v.type === "string" ? v.type : "");

/** key is the same for values that differ in the order of their members alone. */
const key = (v: unknown) => JSON.stringify(v, (_, x: unknown) => (isObject(x) ? Object.fromEntries(Object.entries(x).sort()) : x));

function line(name: string, type: string, from: unknown, to: unknown): Line {
  const told = (v: unknown) => (isObject(v) ? textOf({ ...v, type: undefined, primary: undefined }) : textOf(v));
  return { name: type ? `${name}[${type}]` : name, from: told(from), to: told(to) };
}

/** Who did something, as the page tells it. */
export type Who = { kind: "connection"; id: string } | { kind: "person"; name: string } | { kind: "system" } | { kind: "command" } | { kind: "key"; name: string };

/** whoDid tells the kinds of actors apart. */
export function whoDid(entry: Pick<Schemas["AuditEntry"], "actor" | "actor_name" | "connection_id">): Who {
  if (entry.actor.startsWith("tok") && entry.connection_id) return { kind: "connection", id: entry.connection_id };
  if (entry.actor === "system") return { kind: "system" };
  if (entry.actor === "command") return { kind: "command" };
  const name = entry.actor_name ?? entry.actor;
  return entry.actor.startsWith("key") ? { kind: "key", name } : { kind: "person", name };
}
