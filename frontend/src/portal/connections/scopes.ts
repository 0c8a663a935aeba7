import type { Schemas } from "../../api/client";

export type Scope = Schemas["Scope"];

/** The scopes by what they are about, in the order to show them in. */
export const scopesOf = {
  users: ["users:create", "users:read", "users:update", "users:deactivate", "users:delete"],
  groups: ["groups:create", "groups:read", "groups:update", "groups:delete"],
} as const satisfies Record<string, readonly Scope[]>;

export const allScopes: readonly Scope[] = [...scopesOf.users, ...scopesOf.groups];

/** scopeKey is a scope as a key of texts, where ":" means something else. */
export const scopeKey = <S extends Scope>(scope: S) => scope.replace(":", "_") as S extends `${infer A}:${infer B}` ? `${A}_${B}` : never;

/** withScope is a set of scopes with one more or less, in the usual order. */
export function withScope(scopes: readonly Scope[], scope: Scope, on: boolean): Scope[] {
  return allScopes.filter((s) => (s === scope ? on : scopes.includes(s)));
}

/** sameScopes tells whether two sets allow the same. */
export function sameScopes(a: readonly Scope[], b: readonly Scope[]): boolean {
  return allScopes.every((s) => a.includes(s) === b.includes(s));
}

/** lacking are scopes without which the others do little: identity providers look up before they write. */
export function lacking(scopes: readonly Scope[]): Scope[] {
  const missing: Scope[] = [];
  for (const kind of ["users", "groups"] as const) {
    const read = `${kind}:read` as const;
    if (!scopes.includes(read) && scopesOf[kind].some((s) => s !== read && scopes.includes(s))) missing.push(read);
  }
  return missing;
}
