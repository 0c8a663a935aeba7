import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Setup } from "./rows";
import { type Line, type Stream, watchSetup } from "./watch";

class FakeStream implements Stream {
  readyState = 0;
  listeners = new Map<string, (event: Event) => void>();
  addEventListener(type: string, listener: (event: Event) => void) {
    this.listeners.set(type, listener);
  }
  close() {
    this.readyState = 2;
  }
  say(type: string, setup?: Setup) {
    if (type === "open") this.readyState = 1;
    this.listeners.get(type)?.(setup ? new MessageEvent(type, { data: JSON.stringify(setup) }) : new Event(type));
  }
  /** The server ends it; the browser connects again. */
  drop() {
    this.readyState = 0;
    this.say("error");
  }
  /** The server refuses it; the browser gives up. */
  refuse() {
    this.readyState = 2;
    this.say("error");
  }
}

const setup = (done: number) => ({ done }) as Setup;

function watching(poll = () => Promise.resolve(setup(9))) {
  const streams: FakeStream[] = [];
  const seen: { done: number[]; lines: Line[]; errors: unknown[] } = { done: [], lines: [], errors: [] };
  const asked = vi.fn(poll);
  const stop = watchSetup({
    open: () => {
      const stream = new FakeStream();
      streams.push(stream);
      return stream;
    },
    poll: asked,
    onSetup: (s) => seen.done.push(s.done),
    onLine: (line) => seen.lines.push(line),
    onError: (error) => seen.errors.push(error),
  });
  const stream = () => streams[streams.length - 1] as FakeStream;
  return { stop, seen, asked, streams, stream };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("tells what the stream says, and does not ask", async () => {
  const { seen, stream, asked } = watching();
  stream().say("open");
  stream().say("setup", setup(1));
  stream().say("setup", setup(2));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(seen).toEqual({ done: [1, 2], lines: ["live"], errors: [] });
  expect(asked).not.toHaveBeenCalled();
});

it("asks every three seconds while the stream is away", async () => {
  const { seen, stream, asked, streams } = watching();
  stream().say("open");
  stream().drop();
  await vi.advanceTimersByTimeAsync(6_500);
  expect(asked).toHaveBeenCalledTimes(3);
  stream().say("open");
  await vi.advanceTimersByTimeAsync(30_000);
  expect(asked).toHaveBeenCalledTimes(3);
  expect(seen.lines).toEqual(["live", "polling", "live"]);
  expect(streams).toHaveLength(1);
});

it("asks when the stream is held back on its way", async () => {
  const { seen, stream, asked } = watching();
  await vi.advanceTimersByTimeAsync(3_999);
  expect(asked).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(seen.done).toEqual([9]);
  stream().say("open");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toHaveBeenCalledTimes(1);
});

it("opens a refused stream again, less and less often", async () => {
  const { stream, streams, asked } = watching();
  const opened: number[] = [];
  for (const wait of [5_000, 15_000, 60_000, 60_000]) {
    stream().refuse();
    await vi.advanceTimersByTimeAsync(wait - 1);
    opened.push(streams.length);
    await vi.advanceTimersByTimeAsync(1);
  }
  expect(opened).toEqual([1, 2, 3, 4]);
  expect(streams).toHaveLength(5);
  expect(asked.mock.calls.length).toBeGreaterThan(40);
});

it("does not tell what was asked for before the stream came back", async () => {
  let answer: (s: Setup) => void = () => undefined;
  const { seen, stream } = watching(() => new Promise((resolve) => (answer = resolve)));
  stream().drop();
  stream().say("open");
  stream().say("setup", setup(5));
  answer(setup(4));
  await vi.advanceTimersByTimeAsync(0);
  expect(seen.done).toEqual([5]);
});

it("tells of failures and goes on asking", async () => {
  let calls = 0;
  const { seen, stream } = watching(() => (++calls === 1 ? Promise.reject(new Error("no")) : Promise.resolve(setup(3))));
  stream().refuse();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(seen.errors).toHaveLength(1);
  expect(seen.done).toEqual([3]);
});

it("is silent after its end", async () => {
  const { seen, stream, streams, asked, stop } = watching();
  stream().refuse();
  await vi.advanceTimersByTimeAsync(0);
  const { length } = seen.done;
  stop();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(seen.done).toHaveLength(length);
  expect(streams).toHaveLength(1);
  expect(asked).toHaveBeenCalledTimes(1);
});
