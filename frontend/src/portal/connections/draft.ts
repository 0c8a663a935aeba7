import { useState } from "react";

/**
 * useDraft is a value that somebody edits: what the server has, until it is
 * changed here. What others change meanwhile shows as long as nothing was.
 */
export function useDraft<T>(saved: T, same: (a: T, b: T) => boolean): { value: T; set: (value: T) => void; changed: boolean; reset: () => void } {
  const [draft, setDraft] = useState<{ value: T } | null>(null);
  const value = draft ? draft.value : saved;
  return { value, set: (next) => setDraft({ value: next }), changed: draft !== null && !same(draft.value, saved), reset: () => setDraft(null) };
}
