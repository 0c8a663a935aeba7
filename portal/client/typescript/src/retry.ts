import { isTemporary, RosterError } from "./error.js";

/** Times in milliseconds. */
export const firstPause = 500;
export const mostPause = 30_000;
/** Bounds what a server may ask for by Retry-After. */
export const mostWished = 5 * 60_000;
/** How often a server is asked that has nothing new and does not wait, though it was asked to. */
export const leastPoll = 1_000;

export type Pause = (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;

export interface Repeat {
  pause: Pause;
  onRetry: (error: unknown, milliseconds: number) => void;
  signal: AbortSignal | undefined;
}

/**
 * Takes one step after the other until the signal comes or a step fails for good. It pauses after failures that go by.
 */
export async function repeat(how: Repeat, step: () => Promise<void>): Promise<void> {
  for (let failures = 0; !how.signal?.aborted; ) {
    try {
      await step();
      failures = 0;
    } catch (error) {
      if (how.signal?.aborted) {
        return;
      }
      if (!isTemporary(error)) {
        throw error;
      }
      failures++;
      const pause = backoff(failures, error);
      how.onRetry(error, pause);
      await how.pause(pause, how.signal);
    }
  }
}

/**
 * How long to pause after that many failures in a row: twice as long each time, with jitter so that consumers do not
 * come back all at once.
 */
export function backoff(failures: number, error: unknown): number {
  const most = Math.min(firstPause * 2 ** (failures - 1), mostPause);
  const wish = error instanceof RosterError ? error.retryAfter : 0;
  const [least, jitter] = wish > 0 ? [Math.min(wish, mostWished), firstPause] : [most / 2, most / 2];
  return least + Math.random() * jitter;
}

/** Pauses until the time is over or the signal comes. */
export const sleep: Pause = (milliseconds, signal) =>
  new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end);
  });
