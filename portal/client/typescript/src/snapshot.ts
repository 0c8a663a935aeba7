import type { Client } from "./client.js";
import { temporary, type TemporaryError } from "./error.js";
import type { Member } from "./event.js";
import { lines } from "./ndjson.js";

/** A line of a snapshot. There may be others one day: ignore them. */
export type SnapshotLine =
  | { type: "user" | "group"; connection_id: string | null; data: { id: string } & Record<string, unknown> }
  /** Of a type of the tenant's own. */
  | { type: "resource"; resource_type: string; connection_id: string | null; data: { id: string } & Record<string, unknown> }
  /** Some of a group's members; a group with many has several such lines. */
  | { type: "members"; group_id: string; members: Member[] }
  /** What somebody has access to, as in user.access_changed. */
  | { type: "access"; data: Record<string, unknown> };

interface Begin {
  type: "begin";
  sequence: number;
}

interface End {
  type: "end";
  sequence: number;
  users: number;
  groups: number;
}

/** How long a snapshot may send nothing, in milliseconds. */
const silence = 60_000;

/**
 * Everything in a tenant's directory at one moment, read line by line as it arrives: it may be larger than memory. If it
 * is cut off, the iteration throws: undo what you have done with it and let the error pass, and the consumer takes
 * another one.
 */
export class Snapshot implements AsyncIterable<SnapshotLine> {
  /** The place to go on from. With a FeedConsumer it is "": there the place is known after the last snapshot. */
  cursor = "";
  #failed: unknown;
  #ended = false;
  #counts = { user: 0, group: 0 };

  private constructor(
    readonly tenant: string,
    /** Of the last event that it shows. */
    readonly sequence: number,
    private readonly rest: AsyncIterator<unknown>,
    private readonly close: () => void,
  ) {}

  /** Opens a snapshot and reads its beginning. hand must be called with it. */
  static async open(client: Client, tenant: string, signal: AbortSignal | undefined): Promise<Snapshot> {
    const stop = new AbortController();
    const ring = () => stop.abort(new Error(`nothing arrived for ${silence / 1000} s`));
    let alarm = setTimeout(ring, silence);
    const alive = () => {
      clearTimeout(alarm);
      alarm = setTimeout(ring, silence);
    };
    const close = () => {
      clearTimeout(alarm);
      stop.abort();
    };
    try {
      const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
      const path = `/api/v1/tenants/${encodeURIComponent(tenant)}/snapshot`;
      const response = await client.open("GET", path, { signal: either });
      const rest = lines(response, alive)[Symbol.asyncIterator]();
      const first = (await next(tenant, rest)) as Begin;
      if (first.type !== "begin") {
        throw cut(tenant, "it does not begin at its beginning");
      }
      return new Snapshot(tenant, first.sequence, rest, close);
    } catch (error) {
      close();
      throw error;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<SnapshotLine> {
    while (!this.#ended && !this.#failed) {
      let line: SnapshotLine | End;
      try {
        line = (await next(this.tenant, this.rest)) as SnapshotLine | End;
        this.#count(line);
      } catch (error) {
        this.#failed = error;
        throw error;
      }
      if (line.type !== "end") {
        yield line;
      }
    }
  }

  /** Checks the end: whatever was lost on the way shows there. */
  #count(line: SnapshotLine | End): void {
    if (line.type === "user" || line.type === "group") {
      this.#counts[line.type]++;
    }
    if (line.type === "end") {
      const { user, group } = this.#counts;
      if (line.users !== user || line.groups !== group || line.sequence !== this.sequence) {
        throw cut(this.tenant, `${user} users and ${group} groups arrived of ${line.users} and ${line.groups}`);
      }
      this.#ended = true;
    }
  }

  /** Gives the snapshot to its handler and makes sure that it was read whole. */
  async hand(to: (snapshot: Snapshot) => Promise<void>): Promise<void> {
    try {
      await to(this);
    } catch (error) {
      throw this.#failed ?? error;
    } finally {
      this.close();
    }
    if (this.#failed) {
      throw this.#failed; // whatever the handler made of it
    }
    if (!this.#ended) {
      throw new Error(`roster: the handler has not read the snapshot of tenant ${this.tenant} to its end`);
    }
  }
}

async function next(tenant: string, rest: AsyncIterator<unknown>): Promise<unknown> {
  try {
    const { value, done } = await rest.next();
    if (done) {
      throw new Error("its end is missing");
    }
    return value;
  } catch (error) {
    throw cut(tenant, error);
  }
}

function cut(tenant: string, why: unknown): TemporaryError {
  return temporary(`the snapshot of tenant ${tenant} was cut off`, why);
}
