import type { Schemas } from "../../api/client";

export type Settings = Schemas["ConnectionSettings"];
export type Setting = keyof Settings;

/** What people ask for; the rest is for odd identity providers. */
export const usual = ["pending_members", "unique_group_names"] as const satisfies readonly Setting[];
export const advanced = [
  "refuse_unknown_attributes",
  "strict_types",
  "keep_empty_strings",
  "allow_empty_patch",
  "patch_user_returns_body",
  "patch_group_returns_body",
] as const satisfies readonly Setting[];

/** differing are the settings that are other than they were: what is sent, so that the rest keeps following its preset. */
export function differing(before: Settings, after: Settings): Partial<Settings> {
  const keys = Object.keys(after) as Setting[];
  return Object.fromEntries(keys.filter((key) => before[key] !== after[key]).map((key) => [key, after[key]]));
}

export const sameSettings = (a: Settings, b: Settings) => Object.keys(differing(a, b)).length === 0;
