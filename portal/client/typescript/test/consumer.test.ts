import assert from "node:assert/strict";
import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { FileCursor } from "../src/file.js";
import { FeedConsumer, loadOnly, MemoryCursor, TenantConsumer } from "../src/index.js";
import { Fake } from "./fake.js";
import { Mirror } from "./mirror.js";

/** Makes pauses short, whatever they ask for. */
const brisk = { pause: () => new Promise<void>((resolve) => setTimeout(resolve, 1)), onRetry: () => {} };

const fakes: Fake[] = [];
after(() => Promise.all(fakes.map((fake) => fake.stop())));

async function start(): Promise<Fake> {
  const fake = await Fake.start();
  fakes.push(fake);
  return fake;
}

const all = ["ten1", "ten2", "ten3"];

type Run = (signal: AbortSignal) => Promise<void>;

const consumers: Record<string, { tenants: string[]; exact: boolean; make: (f: Fake, m: Mirror) => Promise<Run> }> = {
  "tenant, cursor in a file": {
    tenants: ["ten1"],
    exact: false,
    make: async (f, m) => {
      const cursor = new FileCursor(join(await mkdtemp(join(tmpdir(), "roster-")), "cursor"));
      const consumer = new TenantConsumer(f.client(), { tenant: "ten1", cursor, snapshot: m.snapshot, apply: m.apply, ...brisk });
      return (signal) => consumer.run(signal);
    },
  },
  "tenant, cursor with the data": {
    tenants: ["ten1"],
    exact: true,
    make: async (f, m) => {
      const cursor = loadOnly(async () => m.cursor);
      const consumer = new TenantConsumer(f.client(), { tenant: "ten1", cursor, snapshot: m.snapshot, apply: m.apply, ...brisk });
      return (signal) => consumer.run(signal);
    },
  },
  "feed, cursor in memory": {
    tenants: all,
    exact: false,
    make: async (f, m) => {
      const cursor = new MemoryCursor();
      const consumer = new FeedConsumer(f.client(), { cursor, snapshot: m.snapshot, apply: m.apply, ...brisk });
      return (signal) => consumer.run(signal);
    },
  },
  "feed, cursor with the data": {
    tenants: all,
    exact: true,
    make: async (f, m) => {
      const begun = async (tenants: string[], cursor: string) => {
        assert.deepEqual(tenants, all);
        m.cursor = cursor;
      };
      const { snapshot, apply, applied } = m;
      const cursor = loadOnly(async () => m.cursor);
      const consumer = new FeedConsumer(f.client(), { cursor, snapshot, begun, apply, applied, ...brisk });
      return (signal) => consumer.run(signal);
    },
  },
};

for (const [name, c] of Object.entries(consumers)) {
  test(`a consumer mirrors exactly: ${name}`, async () => {
    const fake = await start();
    const mirror = new Mirror(c.exact);
    fake.change(60, ...all);
    fake.faults = true;
    const run = await c.make(fake, mirror);
    for (let round = 0; round < 6; round++) {
      const stop = new AbortController();
      const ended = run(stop.signal);
      for (let i = 0; i < 10; i++) {
        fake.change(1 + fake.random(15), ...all);
        await new Promise((resolve) => setTimeout(resolve, fake.random(3)));
      }
      await Promise.race([mirror.agrees(fake, c.tenants), ended.then(() => assert.fail("it ended"))]);
      stop.abort();
      await ended;
      fake.change(20, ...all);
      if (round % 2 === 1) {
        fake.forget();
      }
    }
    // The first ones, and twice more after the place has expired.
    assert.ok(mirror.snapshots >= 3 * c.tenants.length, `${mirror.snapshots} snapshots`);
  });
}

test("a consumer that does not want all types follows without being told of gaps", async () => {
  const fake = await start();
  fake.change(100, "ten1");
  const stop = new AbortController();
  let last = "";
  const consumer = new TenantConsumer(fake.client(), {
    tenant: "ten1",
    types: ["user.deleted"],
    cursor: new MemoryCursor(),
    apply: async (batch) => {
      assert.ok(batch.events.every((event) => event.type === "user.deleted"));
      last = batch.cursor;
      if (last === "100") {
        stop.abort();
      }
    },
    ...brisk,
  });
  await consumer.run(stop.signal);
  assert.equal(last, "100");
  assert.match(fake.requests[0]!, /types=user.deleted/);
});

test("a file's place is replaced in one step and leaves nothing beside it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "roster-"));
  const cursor = new FileCursor(join(folder, "cursor"));
  assert.equal(await cursor.load(), undefined);
  for (const place of ["7", "a.longer-place", "8"]) {
    await cursor.save(place);
    assert.equal(await cursor.load(), place);
  }
  assert.deepEqual(await readdir(folder), ["cursor"]);
  await assert.rejects(new FileCursor(join(folder, "none", "cursor")).save("1"));
  await assert.rejects(new FileCursor(folder).load(), /EISDIR/);
});
