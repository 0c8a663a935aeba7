/** Every action of the audit log, by what it is about; those of the installation alone are last. */
export const families = {
  connection: ["connection.created", "connection.updated", "connection.paused", "connection.resumed", "connection.deleted", "connection.restored", "connection.purged"],
  token: ["token.created", "token.rotation_started", "token.rotation_finished", "token.rotation_cancelled", "token.revoked", "token.expiring", "token.expired"],
  user: ["user.created", "user.updated", "user.deactivated", "user.reactivated", "user.deleted"],
  group: ["group.created", "group.updated", "group.members_changed", "group.deleted"],
  access: ["role_mapping.changed", "assignment.created", "assignment.deleted", "entry_point.created", "entry_point.updated", "entry_point.deleted"],
  link: ["portal_link.created", "portal_link.used", "portal_link.revoked", "session.started", "session.ended"],
  support: ["support.looked"],
  tenant: ["tenant.created", "tenant.updated", "tenant.suspended", "tenant.resumed", "tenant.deleted", "tenant.restored", "tenant.purged", "schemas.changed"],
  installation: [
    "role.created",
    "role.updated",
    "role.permissions_changed",
    "role.deleted",
    "api_key.created",
    "api_key.revoked",
    "issuer.created",
    "issuer.deleted",
    "webhook.created",
    "webhook.updated",
    "webhook.active",
    "webhook.paused",
    "webhook.resumed",
    "webhook.failing",
    "webhook.gone",
    "webhook.secret_rotated",
    "webhook.secret_removed",
    "webhook.replayed",
    "webhook.deleted",
    "settings.updated",
  ],
} as const;

export type Family = keyof typeof families;
export type Action = (typeof families)[Family][number];
type Word<A extends string> = A extends `${infer B}.${infer C}` ? `${B}_${C}` : A;
export type ActionWord = Word<Action>;

const known: ReadonlySet<string> = new Set(Object.values(families).flat());

/** wordOf is the key of an action's text; null: it is not known here, and shown as it is. */
export const wordOf = (action: string): ActionWord | null => (known.has(action) ? (action.replace(".", "_") as ActionWord) : null);

/** familiesOf are the actions to choose from: of a tenant's log, or of the installation's. */
export function familiesOf(installation: boolean): Family[] {
  return installation ? ["installation", "tenant", "link"] : (Object.keys(families) as Family[]).filter((f) => f !== "installation");
}

/** A value before and after, or how many came and went. */
export interface Change {
  name: string;
  before: string | null;
  after: string | null;
  added: number;
  removed: number;
}

interface Told {
  from?: unknown;
  to?: unknown;
  added?: { count?: number };
  removed?: { count?: number };
}

/** changesOf makes an entry's changes readable, in the order of their names. */
export function changesOf(changes: Record<string, unknown>): Change[] {
  return Object.entries(changes)
    .map(([name, value]) => {
      const told = (typeof value === "object" && value !== null ? value : { to: value }) as Told;
      return { name: shortName(name), before: textOf(told.from), after: textOf(told.to), added: told.added?.count ?? 0, removed: told.removed?.count ?? 0 };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** An attribute of an extension is called by its own name. */
const shortName = (name: string) => (name.startsWith("urn:") ? name.slice(name.lastIndexOf(":") + 1) : name);

/** textOf is a value as people read it; null: there is none. */
export function textOf(value: unknown): string | null {
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "string") return value;
  if (Array.isArray(value)) {
    if (value.length === 0) return null;
    return value.every((v) => typeof v !== "object") ? value.join(", ") : value.map((v) => textOf(v) ?? "–").join("\n");
  }
  if (typeof value === "object") {
    return Object.entries(value)
      .filter(([, v]) => v !== null && v !== "")
      .map(([k, v]) => `${k}: ${typeof v === "object" ? JSON.stringify(v) : String(v)}`)
      .join(", ");
  }
  return String(value);
}

interface Named {
  target: { type: string; id: string | null; name: string | null } | null;
  changes: Record<string, unknown>;
}

/** targetName is how people call what an entry is about: its name, or one that it got or had. */
export function targetName(entry: Named): string | null {
  if (entry.target?.name) return entry.target.name;
  for (const key of ["displayName", "userName", "name", "email"]) {
    const change = entry.changes[key] as Told | undefined;
    const name = textOf(change?.to ?? change?.from);
    if (name) return name;
  }
  return null;
}

/** pageOf is where a thing has a page of its own among a tenant's pages. */
export function pageOf(target: Named["target"]): [page: string, id: string] | null {
  if (!target?.id) return null;
  const page = { user: "people", group: "groups", connection: "connections" }[target.type.toLowerCase()];
  return page ? [page, target.id] : null;
}

/** isGone tells actions after which a thing has no page any more. */
export const isGone = (action: string): boolean => action.endsWith(".purged") || /^(user|group)\.deleted$/.test(action);
