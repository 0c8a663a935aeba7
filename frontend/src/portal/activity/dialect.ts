/** One thing in a request that identity providers do in their own way. */
export interface Note {
  code:
    | "op_case"
    | "text_boolean"
    | "no_path"
    | "dotted_key"
    | "urn_key"
    | "remove_value"
    | "value_path"
    | "bare_manager"
    | "empty_text"
    | "json_text"
    | "no_schemas"
    | "put_whole";
  /** As it was sent. */
  value: string;
  /** What it was taken for. */
  plain: string;
  /** Which attribute it is about. */
  path: string;
  /** Where the standard says how it should be. */
  rfc: string;
}

type Json = Record<string, unknown>;
const most = 12;
const patchPlace = "RFC 7644, 3.5.2";
const booleans = /^(true|false)$/i;
const operations = new Set(["add", "remove", "replace"]);
const enterprise = /^urn:ietf:params:scim:schemas:extension:enterprise:2\.0:User$/i;

/** notesOf compares a body with the standard. Bodies that were not kept whole tell nothing. */
export function notesOf(method: string, kept: string | null): Note[] {
  let body: unknown;
  try {
    body = JSON.parse(kept ?? "");
  } catch {
    return [];
  }
  if (!isObject(body)) return [];
  const notes = new Notes();
  if (!member(body, "schemas")) notes.add("no_schemas", "RFC 7644, 3.1", {});
  if (method === "PUT") notes.add("put_whole", "RFC 7644, 3.5.1", {});
  const ops = member(body, "operations");
  if (Array.isArray(ops)) for (const op of ops) if (isObject(op)) operation(op, notes);
  if (!ops) values(body, "", notes);
  return notes.all;
}

/** At most one of each kind for each value: a cycle's message may have thousands. */
class Notes {
  readonly all: Note[] = [];
  private readonly seen = new Set<string>();
  add(code: Note["code"], rfc: string, told: { value?: string; plain?: string; path?: string }) {
    const { value = "", plain = "", path = "" } = told;
    const key = `${code} ${value} ${path}`;
    if (this.seen.has(key) || this.all.length >= most) return;
    this.seen.add(key);
    this.all.push({ code, value, plain, path, rfc });
  }
}

function operation(op: Json, notes: Notes) {
  const verb = member(op, "op");
  const path = member(op, "path");
  const value = member(op, "value");
  const name = typeof verb === "string" ? verb.toLowerCase() : "";
  if (typeof verb === "string" && verb !== name && operations.has(name)) notes.add("op_case", patchPlace, { value: verb, plain: name });
  if (name === "remove" && value !== undefined && value !== null) notes.add("remove_value", "RFC 7644, 3.5.2.2", {});
  if (typeof path !== "string") {
    if (!isObject(value)) return;
    notes.add("no_path", "RFC 7644, 3.5.2", {});
    values(value, "", notes);
    return;
  }
  if (name === "replace" && /\[.+\]/.test(path)) notes.add("value_path", "RFC 7644, 3.5.2.3", { value: path });
  if (/(^|:)manager$/i.test(path) && typeof value === "string" && value !== "") notes.add("bare_manager", "RFC 7643, 4.3", { value });
  one(path, value, notes);
  if (isObject(value)) values(value, path, notes);
}

function values(object: Json, under: string, notes: Notes) {
  for (const [key, value] of Object.entries(object)) {
    if (/^urn:.+:[A-Za-z][\w$-]*$/i.test(key) && !isObject(value) && !enterprise.test(key)) notes.add("urn_key", "RFC 7643, 3.3", { value: key });
    else if (!key.startsWith("urn:") && key.includes(".") && !key.startsWith("$")) notes.add("dotted_key", "RFC 7643, 2.1", { value: key });
    if (key === "manager" && typeof value === "string" && value !== "") notes.add("bare_manager", "RFC 7643, 4.3", { value });
    const path = under ? `${under}.${key}` : key;
    one(path, value, notes);
    if (isObject(value)) values(value, path, notes);
    if (Array.isArray(value)) for (const item of value) if (isObject(item)) values(item, path, notes);
  }
}

function one(path: string, value: unknown, notes: Notes) {
  if (typeof value !== "string") {
    if (Array.isArray(value)) for (const item of value) if (isObject(item)) values(item, path, notes);
    return;
  }
  if (booleans.test(value)) notes.add("text_boolean", "RFC 7643, 2.3.2", { path, value, plain: value.toLowerCase() });
  else if (value === "") notes.add("empty_text", "RFC 7643, 2.5", { path });
  else if (/^\{".*\}$/s.test(value)) notes.add("json_text", "RFC 7643, 2.3.8", { path });
}

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** member is a member of a message; their names are the same in any case. */
function member(object: Json, name: string): unknown {
  const key = Object.keys(object).find((k) => k.toLowerCase() === name);
  return key === undefined ? undefined : object[key];
}

/** How a request is read, and where the standard says so. */
export interface Reading {
  word: "lookup" | "read" | "list" | "create" | "replace" | "patch" | "members" | "delete" | "discovery" | "credentials" | "bulk" | "search" | "other";
  rfc: string | null;
}

/** readingOf tells what a request was taken for. */
export function readingOf(kind: string, method: string): Reading {
  const [, did = kind] = kind.split(".");
  if (kind === "credentials.check") return { word: "credentials", rfc: "RFC 7644, 2" };
  if (kind === "discovery") return { word: "discovery", rfc: "RFC 7644, 4" };
  if (kind === "bulk") return { word: "bulk", rfc: "RFC 7644, 3.7" };
  if (kind === "search") return { word: "search", rfc: "RFC 7644, 3.4.3" };
  if (did === "lookup") return { word: "lookup", rfc: "RFC 7644, 3.4.2.2" };
  if (did === "read") return { word: "read", rfc: "RFC 7644, 3.4.1" };
  if (did === "list") return { word: "list", rfc: "RFC 7644, 3.4.2" };
  if (method === "PUT") return { word: "replace", rfc: "RFC 7644, 3.5.1" };
  if (method === "PATCH") return { word: did === "members" ? "members" : "patch", rfc: patchPlace };
  if (did === "create") return { word: "create", rfc: "RFC 7644, 3.3" };
  if (did === "delete") return { word: "delete", rfc: "RFC 7644, 3.6" };
  return { word: "other", rfc: null };
}

/** errorType is the scimType of an answer that is an error; "" for none, null if it is no such answer. */
export function errorType(kept: string | null): string | null {
  try {
    const body: unknown = JSON.parse(kept ?? "");
    const schemas = isObject(body) ? member(body, "schemas") : null;
    if (!isObject(body) || !Array.isArray(schemas) || !schemas.includes("urn:ietf:params:scim:api:messages:2.0:Error")) return null;
    const type = member(body, "scimtype");
    return typeof type === "string" ? type : "";
  } catch {
    return null;
  }
}
