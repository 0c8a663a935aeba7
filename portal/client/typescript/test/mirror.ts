import assert from "node:assert/strict";

import { type Batch, type Snapshot, TemporaryError } from "../src/index.js";
import { Directory, type Fake } from "./fake.js";

/** An app that follows tenants. */
export class Mirror {
  tenants = new Map<string, Directory>();
  cursor: string | undefined;
  snapshots = 0;
  #calls = 0;

  /** exact: an event that comes twice is an error. */
  constructor(readonly exact: boolean) {}

  snapshot = async (snapshot: Snapshot): Promise<void> => {
    const directory = new Directory();
    for await (const line of snapshot) {
      assert.equal(line.type, "user");
      if (line.type === "user") {
        directory.users.set(line.data.id, String(line.data["userName"]));
      }
    }
    directory.last = snapshot.sequence;
    this.tenants.set(snapshot.tenant, directory);
    this.snapshots++;
    this.cursor = snapshot.cursor || this.cursor;
  };

  apply = async (batch: Batch): Promise<void> => {
    for (const event of batch.events) {
      const directory = this.tenants.get(event.tenant_id) ?? new Directory();
      this.tenants.set(event.tenant_id, directory);
      assert.ok(event.sequence <= directory.last + 1, `${event.sequence} after ${directory.last}`);
      assert.ok(!this.exact || event.sequence === directory.last + 1, `${event.sequence} after ${directory.last}`);
      directory.apply(event);
    }
    this.cursor = batch.cursor;
    if (++this.#calls % 5 === 0) {
      throw new TemporaryError("it was committed, but nobody knows");
    }
  };

  applied = async (tenant: string): Promise<number> => this.tenants.get(tenant)?.last ?? 0;

  /** Waits until the mirror has all that the server has, and compares them. */
  async agrees(fake: Fake, tenants: string[]): Promise<void> {
    const deadline = Date.now() + 60_000;
    const behind = () => tenants.some((t) => (this.tenants.get(t)?.last ?? -1) < fake.tenants.get(t)!.last);
    while (behind()) {
      assert.ok(Date.now() < deadline, "the mirror has not everything after a minute");
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    for (const tenant of tenants) {
      assert.equal(String(this.tenants.get(tenant)), String(fake.tenants.get(tenant)));
    }
  }
}
