/** What requests mean, as the API names it. */
export const kinds = [
  "credentials.check",
  "discovery",
  "user",
  "user.lookup",
  "user.read",
  "user.list",
  "user.create",
  "user.update",
  "user.deactivate",
  "user.reactivate",
  "user.delete",
  "group",
  "group.lookup",
  "group.read",
  "group.list",
  "group.create",
  "group.update",
  "group.members",
  "group.delete",
  "resource",
  "resource.lookup",
  "resource.read",
  "resource.list",
  "resource.create",
  "resource.update",
  "resource.delete",
  "bulk",
  "search",
  "other",
] as const;
export type Kind = (typeof kinds)[number];

type Word<K extends string> = K extends `${infer A}.${infer B}` ? `${A}_${B}` : K;

/** kindWord is the key of a kind's text, or null for one that is not known yet. */
export function kindWord(kind: string): Word<Kind> | null {
  return (kinds as readonly string[]).includes(kind) ? (kind.replace(".", "_") as Word<Kind>) : null;
}

export const outcomes = ["done", "unchanged", "refused", "failed"] as const;
