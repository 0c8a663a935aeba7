import type { components } from "./schema.js";

/** A fact about one tenant. A tenant's events are numbered from 1 in the order in which they happened, without gaps. */
export type RosterEvent = components["schemas"]["Event"];

/** A member of a group. */
export interface Member {
  /** The user's or group's id. */
  value: string;
  type?: "User" | "Group";
}

/**
 * Some events in the order in which they happened. There may be none: then only the place has moved on, past events of
 * types that were not asked for.
 */
export interface Batch {
  events: RosterEvent[];
  /** The place after the events. */
  cursor: string;
}
