import type { Schemas } from "../../api/client";

/** The steps of the wizard, as they are in its addresses. */
export const steps = ["name", "permissions", "token", "guide", "review"] as const;
export type Step = (typeof steps)[number];

type Health = Pick<Schemas["ConnectionHealth"], "status" | "token" | "people">;

/** resumeAt is where to go on with a connection that was left half-way. */
export function resumeAt({ status, token, people }: Health): Step {
  switch (status) {
    case "draft":
      return "permissions";
    case "credentials_expired":
      // Either nothing works any more, or what is sent is not what works.
      return token && token.state !== "expired" && token.state !== "revoked" ? "guide" : "token";
    case "waiting":
      return "guide";
    case "testing":
      return people.total > 0 ? "review" : "guide";
    default:
      return "review";
  }
}

/** stepAt is the step that an address is about; null: none, as for the wizard itself. */
export function stepAt(path: string, wizard: string): Step | null {
  const name = path.startsWith(`${wizard}/`) ? path.slice(wizard.length + 1).replace(/\/$/, "") : "";
  return steps.find((step) => step === name) ?? null;
}

export type StepState = "current" | "done" | "open";

/**
 * stateOf tells how a step is shown. What comes before where one would go on is
 * done; so are the first two once one is past them, since they ask for nothing
 * that has no answer yet.
 */
export function stateOf(step: Step, current: Step, resume: Step): StepState {
  if (step === current) return "current";
  const i = steps.indexOf(step);
  const past = (step === "name" || step === "permissions") && i < steps.indexOf(current);
  return past || i < steps.indexOf(resume) ? "done" : "open";
}

/** A token that was made here and can still be shown. */
export interface MadeToken {
  id: string;
  name: string;
  secret: string;
}

interface Leaving {
  secret: boolean;
  /** Copied or downloaded. */
  saved: boolean;
  /** Was asked before. */
  asked: boolean;
  from: Step | null;
  /** null: somewhere outside of the wizard, where the token is not shown any more. */
  to: Step | null;
}

/** mustAsk tells whether to ask before a page is left: once, as long as a token is shown that nobody has kept. */
export function mustAsk({ secret, saved, asked, from, to }: Leaving): boolean {
  if (!secret || saved || asked) return false;
  return to === null || (from === "token" && to !== "token");
}
