import type { Schemas } from "../../api/client";

export type Verdict = Schemas["TraceVerdict"];
export type Tone = "good" | "warn" | "bad" | "plain";

const tones: Record<Verdict, Tone> = {
  has_access: "good",
  no_access: "warn",
  inactive: "warn",
  deleted: "bad",
  refused: "bad",
  other_user_name: "warn",
  looked_up_only: "warn",
  never_received: "plain",
};

/** toneOf is how bad a verdict is. */
export const toneOf = (verdict: Verdict): Tone => tones[verdict];

/** stepsOf is a path through somebody's pages, click by click. */
export function stepsOf(where: string): string[] {
  return where
    .split(">")
    .map((step) => step.trim().replace(/^\*|\*$/g, ""))
    .filter(Boolean);
}
