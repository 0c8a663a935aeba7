/**
 * Keeps a consumer's place across restarts. load returns undefined if there is none yet; save is called after a handler
 * has done its work.
 */
export interface Cursor {
  load(): Promise<string | undefined>;
  save(cursor: string): Promise<void>;
}

/** Keeps a place until the process ends. */
export class MemoryCursor implements Cursor {
  constructor(private place?: string) {}

  async load(): Promise<string | undefined> {
    return this.place;
  }

  async save(cursor: string): Promise<void> {
    this.place = cursor;
  }
}

/**
 * The cursor of handlers that keep it themselves, in the same transaction as what they apply: they are given it as
 * batch.cursor and snapshot.cursor. Events are then applied exactly once.
 */
export function loadOnly(load: () => Promise<string | undefined>): Cursor {
  return { load, save: async () => {} };
}
