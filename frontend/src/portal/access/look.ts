/** What an entry about a look tells: as what somebody looked, and whether personal data were masked. */
export function lookOf(entry: { changes: Record<string, unknown> }): { roles: string[]; masked: boolean } {
  const to = (name: string) => (entry.changes[name] as { to?: unknown } | undefined)?.to;
  const roles = to("roles");
  return { roles: Array.isArray(roles) ? roles.filter((r) => typeof r === "string") : [], masked: to("masked") === true };
}
