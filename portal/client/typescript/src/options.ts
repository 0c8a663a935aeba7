import { answerTime, type Query } from "./client.js";
import { leastPoll, type Pause, repeat, sleep } from "./retry.js";

/** What both consumers can do without being told. */
export interface Options {
  /** Asks for events of these types only. Gaps can then not be seen. */
  types?: string[];
  /** How many seconds the server waits for an event before it answers that there is none, at most 60; otherwise 30. */
  wait?: number;
  /** How many events are asked for at a time, at most 1000; otherwise 500. */
  limit?: number;
  /** Is told of failures that are tried again, and when; otherwise console.warn. */
  onRetry?: (error: unknown, milliseconds: number) => void;
  /** Takes the place of the clock in tests. */
  pause?: Pause;
}

/** Options with what holds where nothing is said. */
export class Settings {
  readonly wait: number;
  readonly filtered: boolean;
  readonly pause: Pause;
  readonly query: Query;
  readonly onRetry: (error: unknown, milliseconds: number) => void;

  constructor(options: Options) {
    this.wait = options.wait ?? 30;
    if (!(this.wait >= 0 && this.wait <= 60)) {
      throw new RangeError("roster: wait is 0 to 60 seconds");
    }
    this.filtered = (options.types?.length ?? 0) > 0;
    this.pause = options.pause ?? sleep;
    this.query = { wait: this.wait, types: options.types?.join(","), limit: options.limit ?? 500 };
    this.onRetry =
      options.onRetry ??
      ((error, milliseconds) => console.warn(`${String(error)}; trying again in ${Math.round(milliseconds)} ms`));
  }

  /** How long a page of events may take, in milliseconds. */
  get within(): number {
    return this.wait * 1000 + answerTime;
  }

  repeat(signal: AbortSignal | undefined, step: () => Promise<void>): Promise<void> {
    return repeat({ pause: this.pause, onRetry: this.onRetry, signal }, step);
  }

  /** Pauses if an answer with nothing new came too soon: then nobody has waited. */
  async idle(asked: number, signal: AbortSignal | undefined): Promise<void> {
    if (Date.now() - asked < leastPoll) {
      await this.pause(leastPoll, signal);
    }
  }
}
