import type { Setup } from "./rows";

/** How the page hears of news: by the stream, by asking every few seconds, or not yet. */
export type Line = "connecting" | "live" | "polling";

const pollEvery = 3_000;
/** After these a stream that was refused is tried again, the last one for ever. */
const retries = [5_000, 15_000, 60_000];
/** A proxy may hold a stream back without refusing it. */
const patience = 4_000;

/** As much of EventSource as is needed; tests have their own. */
export interface Stream {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: Event) => void): void;
  close(): void;
}
const closed = 2;

interface Options {
  open: () => Stream;
  /** Asks for the checklist once. */
  poll: (signal: AbortSignal) => Promise<Setup>;
  onSetup: (setup: Setup) => void;
  onLine: (line: Line) => void;
  onError: (error: unknown) => void;
}

/**
 * watchSetup tells of each change of a checklist until the returned function is
 * called. Browsers connect again by themselves when a stream ends; they give up
 * when it is refused, as for too many open pages. Both times the checklist is
 * asked for every few seconds, until the stream is back.
 */
export function watchSetup(options: Options): () => void {
  const polling = pollWith(options);
  let stream: Stream | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let late: ReturnType<typeof setTimeout> | undefined;
  let refusals = 0;

  const lost = (gaveUp: boolean) => {
    clearTimeout(late);
    options.onLine("polling");
    polling.start();
    if (!gaveUp) return;
    stream?.close();
    clearTimeout(retry);
    retry = setTimeout(connect, retries[Math.min(refusals++, retries.length - 1)]);
  };
  const connect = () => {
    stream = options.open();
    late = setTimeout(() => lost(false), patience);
    stream.addEventListener("open", () => {
      clearTimeout(late);
      refusals = 0;
      polling.stop();
      options.onLine("live");
    });
    stream.addEventListener("setup", (event) => options.onSetup(JSON.parse((event as MessageEvent<string>).data) as Setup));
    stream.addEventListener("error", () => lost(stream?.readyState === closed));
  };
  connect();
  return () => {
    clearTimeout(late);
    clearTimeout(retry);
    polling.stop();
    stream?.close();
  };
}

/** pollWith asks at once and then every few seconds, one question at a time. */
function pollWith({ poll, onSetup, onError }: Options) {
  let current: AbortController | undefined;
  const ask = async (mine: AbortController) => {
    try {
      const setup = await poll(mine.signal);
      if (!mine.signal.aborted) onSetup(setup);
    } catch (error) {
      if (!mine.signal.aborted) onError(error);
    }
    if (!mine.signal.aborted) setTimeout(() => void (mine.signal.aborted || ask(mine)), pollEvery);
  };
  return {
    start() {
      if (current) return;
      current = new AbortController();
      void ask(current);
    },
    stop() {
      current?.abort();
      current = undefined;
    },
  };
}
