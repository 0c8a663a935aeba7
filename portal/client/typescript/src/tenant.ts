import type { Client } from "./client.js";
import type { Cursor } from "./cursor.js";
import { isExpired, SequenceError } from "./error.js";
import type { Batch, RosterEvent } from "./event.js";
import { isNext } from "./line.js";
import { type Options, Settings } from "./options.js";
import { Snapshot } from "./snapshot.js";

export interface TenantOptions extends Options {
  /** "ten01…" */
  tenant: string;
  cursor: Cursor;
  /**
   * Replaces everything that the app has of the tenant. Without it, the consumer begins with the first event that is
   * kept, and ends if its place has expired.
   */
  snapshot?: (snapshot: Snapshot) => Promise<void>;
  /** Applies events in order. */
  apply: (batch: Batch) => Promise<void>;
}

interface Page {
  items: RosterEvent[];
  last: number;
  next_after: number;
}

/**
 * Mirrors one tenant. Without a cursor it begins with a snapshot and goes on with the events after it; it does so again
 * if it was away for so long that the server no longer keeps the events it missed.
 */
export class TenantConsumer {
  readonly #settings: Settings;
  #loaded = false;
  /** The sequence of the last event that was applied, undefined if a snapshot is needed. */
  #place: number | undefined;
  #signal: AbortSignal | undefined;

  constructor(
    private readonly client: Client,
    private readonly options: TenantOptions,
  ) {
    this.#settings = new Settings(options);
  }

  /**
   * Consumes until the signal comes, and then resolves. It rejects earlier if going on would be wrong: a handler failed,
   * events are missing (SequenceError), or the server refused for good (RosterError). A consumer runs once at a time.
   */
  async run(signal?: AbortSignal): Promise<void> {
    this.#signal = signal;
    this.#loaded = false;
    await this.#settings.repeat(signal, () => this.#step());
  }

  async #step(): Promise<void> {
    if (!this.#loaded) {
      await this.#load();
      return;
    }
    if (this.#place === undefined) {
      await this.#begin(this.options.snapshot!);
      return;
    }
    try {
      await this.#follow(this.#place);
    } catch (error) {
      if (!isExpired(error) || !this.options.snapshot) {
        throw error;
      }
      this.#settings.onRetry(error, 0);
      this.#place = undefined;
    }
  }

  async #load(): Promise<void> {
    const cursor = await this.options.cursor.load();
    if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) {
      throw new TypeError(`roster: the cursor of tenant ${this.options.tenant} is "${cursor}", which is no sequence number`);
    }
    this.#place = cursor !== undefined ? Number(cursor) : this.options.snapshot ? undefined : 0;
    this.#loaded = true;
  }

  /** Takes a snapshot. Nothing is kept of one that was cut off. */
  async #begin(handler: (snapshot: Snapshot) => Promise<void>): Promise<void> {
    const snapshot = await Snapshot.open(this.client, this.options.tenant, this.#signal);
    snapshot.cursor = String(snapshot.sequence);
    await this.#doubting(() => snapshot.hand(handler));
    this.#place = snapshot.sequence;
    await this.options.cursor.save(snapshot.cursor);
  }

  async #follow(place: number): Promise<void> {
    const { tenant, apply, cursor } = this.options;
    const asked = Date.now();
    const query = { ...this.#settings.query, after: place };
    const call = { query, ...(this.#signal && { signal: this.#signal }) };
    const path = `/api/v1/tenants/${encodeURIComponent(tenant)}/events`;
    const page = await this.client.read<Page>("GET", path, call, this.#settings.within);
    if (page.last < place) {
      throw new SequenceError(tenant, place + 1, page.last + 1);
    }
    const events: RosterEvent[] = [];
    let next = place;
    for (const event of page.items) {
      if (isNext(next, event, this.#settings.filtered)) {
        events.push(event);
        next = event.sequence;
      }
    }
    if (this.#settings.filtered) {
      next = Math.max(next, page.next_after);
    }
    if (next === place) {
      await this.#settings.idle(asked, this.#signal);
      return;
    }
    await this.#doubting(() => apply({ events, cursor: String(next) }));
    this.#place = next;
    await cursor.save(String(next));
  }

  /** Loads the cursor again if a handler fails: its transaction may have been committed nevertheless. */
  async #doubting(handle: () => Promise<void>): Promise<void> {
    try {
      await handle();
    } catch (error) {
      this.#loaded = false;
      throw error;
    }
  }
}
