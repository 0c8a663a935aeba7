import { SequenceError } from "./error.js";
import type { RosterEvent } from "./event.js";

/** Where one tenant's events are: the last sequence that was seen, undefined if any may come first. */
export type Place = number | undefined;

/**
 * Reports whether an event has not been seen after that place, and fails if others are missing before it. With some
 * types left out, gaps tell nothing.
 */
export function isNext(place: Place, event: RosterEvent, filtered: boolean): boolean {
  if (place === undefined) {
    return true;
  }
  if (event.sequence <= place) {
    return false;
  }
  if (!filtered && event.sequence !== place + 1) {
    throw new SequenceError(event.tenant_id, place + 1, event.sequence);
  }
  return true;
}
