import type { Schemas } from "../../api/client";

export type Line = Schemas["RolePermissionLine"];
export type Permission = Schemas["Permission"];
export type Effect = Line["effect"];

/** everywhere is what a role's lines say about a permission in all tenants; null: nothing. */
export function everywhere(lines: Line[], permission: Permission): Effect | null {
  const effects = lines.filter((l) => l.permission === permission && l.tenant_id === null).map((l) => l.effect);
  if (effects.includes("deny")) return "deny"; // wins over what allows
  return effects[0] ?? null;
}

/** exceptions are the lines for single tenants. */
export const exceptions = (lines: Line[], permission?: Permission) =>
  lines.filter((l) => l.tenant_id !== null && (permission === undefined || l.permission === permission));

/** withEverywhere replaces what is said about a permission in all tenants. */
export function withEverywhere(lines: Line[], permission: Permission, effect: Effect | null): Line[] {
  const others = lines.filter((l) => l.permission !== permission || l.tenant_id !== null);
  return effect ? [...others, { permission, tenant_id: null, effect }] : others;
}

/** withException adds a line for one tenant, in place of another one that it has for the permission. */
export function withException(lines: Line[], line: Line): Line[] {
  return [...without(lines, line), line];
}

/** without takes away what is said about a permission in one tenant. */
export function without(lines: Line[], line: Line): Line[] {
  return lines.filter((l) => l.permission !== line.permission || l.tenant_id !== line.tenant_id);
}

/** same compares lines whatever their order. */
export function same(a: Line[], b: Line[]): boolean {
  const text = (lines: Line[]) => lines.map((l) => `${l.permission} ${l.tenant_id ?? "*"} ${l.effect}`).sort().join("\n");
  return text(a) === text(b);
}

/** written is a line as the policy has it. */
export const written = (role: string, l: Line) => `p, ${role}, ${l.tenant_id ?? "*"}, ${l.permission}, ${l.effect}`;
