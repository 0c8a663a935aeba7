import type { Schemas } from "../../../api/client";

export type Setup = Schemas["Setup"];
export type SetupStep = Schemas["SetupStep"];
export type StepName = SetupStep["step"];
export type Stranger = Schemas["Stranger"];

/** A line of the checklist: ticked by a request, refused the last time, or still to be seen. */
export type Row =
  | { step: StepName; state: "done"; at: string; request: NonNullable<SetupStep["request"]> | null }
  | { step: StepName; state: "refused"; refusal: NonNullable<SetupStep["refusal"]> }
  | { step: StepName; state: "open" };

/** rowsOf are the lines of the checklist in the server's order. */
export function rowsOf(setup: Setup): Row[] {
  return setup.steps.map(({ step, done_at, request, refusal }) => {
    if (done_at) return { step, state: "done", at: done_at, request };
    if (refusal) return { step, state: "refused", refusal };
    return { step, state: "open" };
  });
}

/** nothingYet tells whether not a single request has come, good or bad. */
export function nothingYet(setup: Setup): boolean {
  return setup.strangers.length === 0 && setup.steps.every(({ done_at, refusal }) => !done_at && !refusal);
}

/**
 * strangersOf are the tokens that do not work and still matter: those that came
 * after the right one had been accepted, or before any was.
 */
export function strangersOf({ strangers, steps }: Setup): Stranger[] {
  const accepted = steps.find(({ step }) => step === "credentials_accepted")?.done_at;
  return accepted ? strangers.filter(({ at }) => Date.parse(at) > Date.parse(accepted)) : strangers;
}

/** freshness is the time of the latest thing that a checklist tells of; 0: it tells of nothing. */
export function freshness(setup: Setup): number {
  const times = setup.steps.flatMap(({ done_at, refusal }) => [done_at, refusal?.at]);
  times.push(...setup.strangers.map(({ at }) => at));
  return Math.max(0, ...times.map((at) => (at ? Date.parse(at) : 0)));
}

/** tickedSince are the steps that one checklist has done and an earlier one had not. */
export function tickedSince(before: Setup, after: Setup): StepName[] {
  const done = new Set(before.steps.filter(({ done_at }) => done_at).map(({ step }) => step));
  return after.steps.filter(({ step, done_at }) => done_at && !done.has(step)).map(({ step }) => step);
}

/** What the page knows of a checklist. */
export interface Seen {
  setup: Setup | null;
  /** What was ticked while somebody watched. */
  ticked: StepName[];
}

export const unseen: Seen = { setup: null, ticked: [] };

/**
 * receive takes a checklist in. One that was asked for earlier and comes later,
 * as from a poll that a stream has overtaken, changes nothing.
 */
export function receive(seen: Seen, setup: Setup): Seen {
  if (!seen.setup) return { setup, ticked: [] };
  if (setup.done < seen.setup.done || freshness(setup) < freshness(seen.setup)) return seen;
  return { setup, ticked: [...seen.ticked, ...tickedSince(seen.setup, setup)] };
}
