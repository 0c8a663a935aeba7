import type { Client, Query } from "./client.js";
import type { Cursor } from "./cursor.js";
import { isExpired, RosterError } from "./error.js";
import type { Batch, RosterEvent } from "./event.js";
import { isNext, type Place } from "./line.js";
import { type Options, Settings } from "./options.js";
import { Snapshot } from "./snapshot.js";

export interface FeedOptions extends Options {
  cursor: Cursor;
  /**
   * Replaces everything that the app has of one tenant. Without it, the consumer begins with the first event that is
   * kept, and ends if its place has expired.
   */
  snapshot?: (snapshot: Snapshot) => Promise<void>;
  /**
   * Is called when all snapshots are taken: these are the tenants that there are, so that the app can drop what it has
   * of others, and from the cursor the consumer goes on.
   */
  begun?: (tenants: string[], cursor: string) => Promise<void>;
  /** Applies events in order; they are of several tenants. */
  apply: (batch: Batch) => Promise<void>;
  /**
   * Returns the sequence of the tenant's last event that is applied, 0 if there is none. With it, repetitions are left
   * out and gaps are seen also across restarts. Without it, a tenant's first event after a restart is taken as it comes.
   */
  applied?: (tenant: string) => Promise<number>;
}

interface Page {
  items: RosterEvent[];
  next_cursor: string;
}

/** Bounds how many tenants' places are remembered. */
const mostPlaces = 100_000;

/** How far the snapshots of all tenants are, so that a lost connection costs one of them and not all. */
interface Beginning {
  /** In the feed, before what happened after the first snapshot. */
  cursor: string;
  taken: Map<string, number>;
}

/**
 * Mirrors all tenants. Without a cursor it begins with a snapshot of each tenant and goes on with the events after them;
 * it does so again if it was away for so long that the server no longer keeps the events it missed. Its API key must be
 * for the whole installation and may tenants:read besides.
 */
export class FeedConsumer {
  readonly #settings: Settings;
  #loaded = false;
  #placed = false;
  #cursor: string | undefined;
  #beginning: Beginning | undefined;
  #places = new Map<string, number>();
  #signal: AbortSignal | undefined;

  constructor(
    private readonly client: Client,
    private readonly options: FeedOptions,
  ) {
    this.#settings = new Settings(options);
  }

  /** Consumes until the signal comes, like TenantConsumer.run. */
  async run(signal?: AbortSignal): Promise<void> {
    this.#signal = signal;
    this.#loaded = false;
    this.#beginning = undefined;
    this.#places = new Map();
    await this.#settings.repeat(signal, () => this.#step());
  }

  async #step(): Promise<void> {
    if (!this.#loaded) {
      this.#cursor = await this.options.cursor.load();
      this.#placed = this.#cursor !== undefined || !this.options.snapshot;
      this.#loaded = true;
      return;
    }
    if (!this.#placed) {
      await this.#begin(this.options.snapshot!);
      return;
    }
    try {
      await this.#follow();
    } catch (error) {
      if (!isExpired(error) || !this.options.snapshot) {
        throw error;
      }
      this.#settings.onRetry(error, 0);
      this.#placed = false;
    }
  }

  /**
   * Takes a snapshot of every tenant, after it has asked for a place in the feed: what happened in between is in both,
   * and is left out of the feed.
   */
  async #begin(handler: (snapshot: Snapshot) => Promise<void>): Promise<void> {
    this.#beginning ??= { cursor: (await this.#page({ cursor: "now", limit: 1 })).next_cursor, taken: new Map() };
    const { cursor, taken } = this.#beginning;
    for await (const tenant of this.#tenants()) {
      if (!taken.has(tenant)) {
        await this.#take(tenant, taken, handler);
      }
    }
    await this.#doubting(async () => this.options.begun?.([...taken.keys()], cursor));
    this.#beginning = undefined;
    this.#cursor = cursor;
    this.#placed = true;
    this.#places = new Map();
    this.#remember(taken);
    await this.options.cursor.save(cursor);
  }

  async #take(tenant: string, taken: Map<string, number>, handler: (snapshot: Snapshot) => Promise<void>): Promise<void> {
    let snapshot: Snapshot;
    try {
      snapshot = await Snapshot.open(this.client, tenant, this.#signal);
    } catch (error) {
      if (error instanceof RosterError && error.status === 404) {
        return; // it has gone meanwhile
      }
      throw error;
    }
    await snapshot.hand(handler);
    taken.set(tenant, snapshot.sequence);
  }

  async *#tenants(): AsyncGenerator<string> {
    let cursor: string | undefined;
    do {
      const page: { items: { id: string }[]; next_cursor: string | null } = await this.client.call(
        "GET",
        "/api/v1/tenants",
        { query: { limit: 200, cursor }, ...(this.#signal && { signal: this.#signal }) },
      );
      for (const tenant of page.items) {
        yield tenant.id;
      }
      cursor = page.next_cursor ?? undefined;
    } while (cursor);
  }

  async #page(query: Query): Promise<Page> {
    const call = { query, ...(this.#signal && { signal: this.#signal }) };
    const page = await this.client.read<Page>("GET", "/api/v1/events", call, this.#settings.within);
    if (!page.next_cursor) {
      throw new Error("roster: the server has not said where its feed goes on");
    }
    return page;
  }

  async #follow(): Promise<void> {
    const asked = Date.now();
    const page = await this.#page({ ...this.#settings.query, cursor: this.#cursor });
    const moved = new Map<string, number>();
    const events: RosterEvent[] = [];
    for (const event of page.items) {
      if (isNext(await this.#place(event.tenant_id, moved), event, this.#settings.filtered)) {
        events.push(event);
        moved.set(event.tenant_id, event.sequence);
      }
    }
    if (page.next_cursor === this.#cursor) {
      await this.#settings.idle(asked, this.#signal);
      return;
    }
    await this.#doubting(() => this.options.apply({ events, cursor: page.next_cursor }));
    this.#cursor = page.next_cursor;
    this.#remember(moved);
    await this.options.cursor.save(page.next_cursor);
  }

  async #place(tenant: string, moved: Map<string, number>): Promise<Place> {
    return moved.get(tenant) ?? this.#places.get(tenant) ?? this.options.applied?.(tenant);
  }

  #remember(places: Map<string, number>): void {
    for (const [tenant, sequence] of places) {
      this.#places.delete(tenant); // to the end: those that are long silent go first
      this.#places.set(tenant, sequence);
    }
    for (const tenant of this.#places.keys()) {
      if (this.#places.size <= mostPlaces) {
        return;
      }
      this.#places.delete(tenant);
    }
  }

  /** Forgets what handlers have said if one fails: its transaction may have been committed nevertheless. */
  async #doubting(handle: () => Promise<void>): Promise<void> {
    try {
      await handle();
    } catch (error) {
      this.#loaded = false;
      if (this.options.applied) {
        this.#places = new Map();
      }
      throw error;
    }
  }
}
