/** A SCIM document, as the API has it. */
export type Document = Record<string, unknown>;

export type Part = "identity" | "contact" | "work" | "settings" | "enterprise" | "other";

/** An attribute with its values as people read them. */
export interface Attribute {
  /** Its name in SCIM, without the schema. */
  name: string;
  values: Value[];
}

/** One value: what it is, and what it is told apart by. */
export interface Value {
  text: string;
  /** "work", "home", …; of a multi-valued attribute. */
  type?: string;
  primary?: boolean;
}

export interface AttributeGroup {
  part: Part | "schema";
  /** The schema of an extension that is not the enterprise one. */
  schema?: string;
  attributes: Attribute[];
}

export const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** Which part of the page has which attribute, in the order of the page. */
const places: Record<Exclude<Part, "other">, string[]> = {
  identity: ["userName", "displayName", "name", "nickName", "externalId", "active"],
  contact: ["emails", "phoneNumbers", "addresses", "ims", "photos", "profileUrl"],
  work: ["title", "userType"],
  settings: ["preferredLanguage", "locale", "timezone"],
  enterprise: ["employeeNumber", "organization", "division", "department", "costCenter", "manager"],
};

/** Parts of a name in the order in which they are told; the rest by name. */
const nameParts = ["formatted", "honorificPrefix", "givenName", "middleName", "familyName", "honorificSuffix"];
const addressParts = ["streetAddress", "postalCode", "locality", "region", "country"];

/** What is no attribute of a person. */
const hidden = new Set(["schemas", "meta", "id", "groups", "password"]);

/** Parts of a value that are told beside it, or to programs. */
const apart = new Set(["type", "primary", "$ref"]);

const isObject = (v: unknown): v is Document => typeof v === "object" && v !== null && !Array.isArray(v);
const isEmpty = (v: unknown) => v === undefined || v === null || v === "" || (Array.isArray(v) && v.length === 0);

/** placeOf is where an attribute stands among those that everybody knows; the rest come behind. */
export function placeOf(name: string): number {
  const known: string[] = Object.values(places).flat();
  const [first = "", part] = name.replace(/\[.*$/, "").split(".");
  const at = known.indexOf(first);
  return (at < 0 ? known.length : at) + (part ? Math.max(0, nameParts.indexOf(part)) / 100 : 0);
}

/** groupAttributes puts a document into the parts that people look for. What it does not know is under "other", or under its schema. */
export function groupAttributes(document: Document): AttributeGroup[] {
  const rest = new Map(Object.entries(document).filter(([name, value]) => !hidden.has(name) && !isEmpty(value)));
  const groups: AttributeGroup[] = [];
  const add = (group: AttributeGroup) => {
    if (group.attributes.length > 0) groups.push(group);
  };
  for (const part of ["identity", "contact", "work", "settings"] as const) {
    add({ part, attributes: take(rest, places[part]) });
  }
  const extension = rest.get(enterprise);
  rest.delete(enterprise);
  if (isObject(extension)) add({ part: "enterprise", attributes: ofExtension(extension, places.enterprise) });
  const schemas = [...rest.keys()].filter((name) => name.startsWith("urn:")).sort();
  add({ part: "other", attributes: take(rest, [...rest.keys()].filter((name) => !name.startsWith("urn:")).sort()) });
  for (const schema of schemas) {
    const value = rest.get(schema);
    if (isObject(value)) add({ part: "schema", schema, attributes: ofExtension(value, []) });
  }
  return groups;
}

function take(rest: Map<string, unknown>, names: string[]): Attribute[] {
  return names.flatMap((name) => {
    const value = rest.get(name);
    rest.delete(name);
    return value === undefined ? [] : attributesOf(name, value);
  });
}

function ofExtension(extension: Document, first: string[]): Attribute[] {
  const rest = new Map(Object.entries(extension).filter(([, value]) => !isEmpty(value)));
  return [...take(rest, first), ...take(rest, [...rest.keys()].sort())];
}

/** attributesOf is one attribute, or one for each part of a name. */
function attributesOf(name: string, value: unknown): Attribute[] {
  if (name === "name" && isObject(value)) {
    const known = nameParts.filter((part) => !isEmpty(value[part]));
    return known.map((part) => ({ name: `name.${part}`, values: [{ text: textOf(value[part]) }] }));
  }
  const values = (Array.isArray(value) ? value : [value]).map(valueOf).filter((v) => v.text !== "");
  return values.length > 0 ? [{ name, values }] : [];
}

function valueOf(value: unknown): Value {
  if (!isObject(value)) return { text: textOf(value) };
  const { type, primary, ...rest } = value;
  return {
    text: textOf(rest),
    ...(typeof type === "string" && type ? { type } : {}),
    ...(primary === true ? { primary } : {}),
  };
}

/** textOf is a value of any type in one line. Booleans are left to whoever knows the language. */
export function textOf(value: unknown): string {
  if (isEmpty(value)) return "";
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join(", ");
  if (!isObject(value)) return String(value);
  if (addressParts.some((part) => part in value)) return addressOf(value);
  const { display, displayName, value: plain, ...rest } = value;
  const name = [display, displayName].find((v) => typeof v === "string" && v !== "");
  const main = name ? (isEmpty(plain) || plain === name ? String(name) : `${name} (${textOf(plain)})`) : textOf(plain);
  const more = Object.entries(rest)
    .filter(([key, v]) => !apart.has(key) && !isEmpty(v))
    .map(([key, v]) => `${key}: ${textOf(v)}`);
  return [main, ...more].filter(Boolean).join(", ");
}

function addressOf(value: Document): string {
  const parts = addressParts.map((part) => textOf(value[part])).filter(Boolean);
  return parts.length > 0 ? parts.join(", ").replaceAll("\n", ", ") : textOf(value.formatted);
}

/** humanised is the name of an attribute as words: "costCenter" is "Cost center". */
export function humanised(name: string): string {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/[._-]+/g, " ")
    .trim()
    .split(/\s+/)
    .map((word) => (/^[A-Z\d]{2,}$/.test(word) ? word : word.toLowerCase()))
    .join(" ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
