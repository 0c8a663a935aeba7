/** Facts of a cycle that have a text, one for one and one for several. */
const plural = [
  "people_created",
  "people_adopted",
  "people_updated",
  "people_deactivated",
  "people_reactivated",
  "people_deleted",
  "groups_created",
  "groups_updated",
  "groups_deleted",
  "resources_created",
  "resources_updated",
  "resources_deleted",
  "members_added",
  "members_removed",
  "members_waiting",
  "requests_refused",
] as const;
const single = ["people_refused", "groups_refused", "resources_refused", "members_refused", "connection_tested", "nothing_changed"] as const;

export type FactWord = (typeof plural)[number] | (typeof single)[number];

/** factWord is the key of a fact's text, or null for one that is not known yet. */
export function factWord(code: string): FactWord | null {
  return ([...plural, ...single] as readonly string[]).includes(code) ? (code as FactWord) : null;
}
