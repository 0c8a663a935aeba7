import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, test } from "node:test";

import {
  type Batch,
  Client,
  FeedConsumer,
  MemoryCursor,
  RosterError,
  SequenceError,
  type Snapshot,
  TemporaryError,
  TenantConsumer,
} from "../src/index.js";
import { retryAfter } from "../src/error.js";
import { backoff, leastPoll, mostWished } from "../src/retry.js";
import { Fake, refuse } from "./fake.js";

const fakes: Fake[] = [];
after(() => Promise.all(fakes.map((fake) => fake.stop())));

async function start(events: number): Promise<Fake> {
  const fake = await Fake.start();
  fakes.push(fake);
  fake.change(events, "ten1");
  return fake;
}

const brisk = { pause: async () => {}, onRetry: () => {} };

/** Both kinds, following one tenant without snapshots. */
function both(fake: Fake, apply: (batch: Batch) => Promise<void>, options: object = brisk) {
  const client = fake.client();
  return [
    new TenantConsumer(client, { tenant: "ten1", cursor: new MemoryCursor(), apply, ...options }),
    new FeedConsumer(client, { cursor: new MemoryCursor(), apply, ...options }),
  ];
}

const nothing = async () => {};

test("a missing event ends a consumer, and nothing after it is applied", async () => {
  const fake = await start(5);
  fake.feed[3]!.sequence = 6;
  for (const consumer of both(fake, async () => assert.fail("applied"))) {
    await assert.rejects(consumer.run(), (error) => {
      assert.ok(error instanceof SequenceError);
      assert.deepEqual([error.tenant, error.want, error.got], ["ten1", 4, 6]);
      assert.match(error.message, /events 4 to 5 of tenant ten1 are missing/);
      return true;
    });
  }
});

test("so does a server that knows less than the consumer", async () => {
  const fake = await start(5);
  const consumer = new TenantConsumer(fake.client(), { tenant: "ten1", cursor: new MemoryCursor("9"), apply: nothing, ...brisk });
  await assert.rejects(consumer.run(), /after 9 its next one is 6/);
});

test("what will not go by ends a consumer and says why", async () => {
  const fake = await start(1);
  for (const [status, code] of Object.entries({ 400: "invalid", 401: "unauthenticated", 403: "forbidden", 404: "not_found", 410: "cursor_expired" })) {
    fake.intercept = (_, response) => (refuse(response, Number(status), code), true);
    for (const consumer of both(fake, nothing)) {
      await assert.rejects(consumer.run(), (error) => {
        assert.ok(error instanceof RosterError);
        assert.equal(error.message, `roster answered ${status} ${code}: Do something. (request r1)`);
        return error.code === code;
      });
    }
  }
});

const faults: Record<string, (response: ServerResponse) => void> = {
  "500": (response) => refuse(response, 500, "internal"),
  "429": (response) => refuse(response, 429, "rate_limited", { "Retry-After": "7" }),
  "a proxy": (response) => response.writeHead(502).end("<html>"),
  "no answer": (response) => response.destroy(),
  "half a refusal": (response) => response.writeHead(410, { "Content-Length": "100" }).write("{", () => response.destroy()),
  "no JSON": (response) => response.end("<html>"),
};

for (const [name, fault] of Object.entries(faults)) {
  test(`what goes by is tried again: ${name}`, async () => {
    const fake = await start(1);
    let asked = 0;
    fake.intercept = (_, response) => ++asked % 3 !== 0 && (fault(response), true);
    const pauses: number[] = [];
    const told: unknown[] = [];
    const options = {
      pause: async (milliseconds: number) => void pauses.push(milliseconds),
      onRetry: (error: unknown) => void told.push(error),
    };
    for (const consumer of both(fake, () => Promise.reject(new Error("done")), options)) {
      await assert.rejects(consumer.run(), /^Error: done$/);
    }
    assert.equal(pauses.length, 4);
    assert.equal(told.length, 4);
    for (const pause of pauses) {
      assert.equal(pause >= 7000 && pause < 8000, name === "429", `a pause of ${pause} ms`);
    }
  });
}

test("an error of a handler that is marked as going by has the same events come again", async () => {
  const fake = await start(3);
  for (const consumer of both(fake, async (batch) => {
    seen.push(batch.events.map((event) => event.sequence).join());
    throw seen.length < 3 ? new TemporaryError("later") : new Error("done");
  })) {
    seen = [];
    await assert.rejects(consumer.run(), /^Error: done$/);
    assert.deepEqual(seen, ["1,2,3", "1,2,3", "1,2,3"]);
  }
});
let seen: string[] = [];

test("a server that answers at once is not asked all the time", async () => {
  const fake = await start(1);
  const stop = new AbortController();
  let pauses = 0;
  const pause = async (milliseconds: number) => {
    assert.equal(milliseconds, leastPoll);
    if (++pauses === 5) {
      stop.abort();
    }
  };
  await both(fake, nothing, { pause })[0]!.run(stop.signal);
  assert.equal(fake.requests.length, 6);
});

test("stopping a consumer does not wait for the server", async () => {
  const fake = await start(1);
  for (const consumer of both(fake, nothing)) {
    const stop = new AbortController();
    fake.intercept = () => (stop.abort(), true); // and never answers
    await consumer.run(stop.signal);
    assert.match(fake.requests.at(-1)!, /wait=30/);
  }
});

const begin = '{"type":"begin","sequence":1}\n';
const user = '{"type":"user","data":{"id":"Zoë"}}\n';
const end = '{"type":"end","sequence":1,"users":1,"groups":0}\n';
const snapshots: Record<string, RegExp> = {
  "": /its end is missing/,
  "<html>\n": /not valid JSON/,
  [user + end]: /does not begin at its beginning/,
  [begin + user]: /its end is missing/,
  [begin + end]: /0 users and 0 groups arrived of 1 and 0/,
  [begin + user + user + end]: /2 users and 0 groups arrived of 1 and 0/,
  [begin + user + end.slice(0, 40)]: /its last line is not whole/,
};

for (const [text, want] of Object.entries(snapshots)) {
  test(`a snapshot that is not whole is not taken: ${JSON.stringify(text)}`, async () => {
    const fake = await start(1);
    fake.intercept = (_, response) => (response.end(text), true);
    const cursor = new MemoryCursor();
    const stop = new AbortController();
    const onRetry = (error: unknown) => {
      assert.match(String(error), want);
      assert.match(String(error), /the snapshot of tenant ten1 was cut off/);
      stop.abort();
    };
    const snapshot = async (s: Snapshot) => {
      try {
        for await (const _ of s);
      } catch {
        // A handler that takes it for whole.
      }
    };
    const consumer = new TenantConsumer(fake.client(), { tenant: "ten1", cursor, snapshot, apply: nothing, ...brisk, onRetry });
    await consumer.run(stop.signal);
    assert.ok(stop.signal.aborted);
    assert.equal(await cursor.load(), undefined);
  });
}

test("a handler that leaves a snapshot early has not mirrored it", async () => {
  const fake = await start(50);
  const cursor = new MemoryCursor();
  const snapshot = async (s: Snapshot) => {
    for await (const _ of s) {
      break;
    }
  };
  const consumer = new TenantConsumer(fake.client(), { tenant: "ten1", cursor, snapshot, apply: nothing, ...brisk });
  await assert.rejects(consumer.run(), /has not read the snapshot of tenant ten1 to its end/);
  assert.equal(await cursor.load(), undefined);
});

test("a snapshot is handed on as it arrives", async () => {
  const fake = await start(1);
  let finish = () => {};
  fake.intercept = (_, response) => {
    response.write(begin + user);
    finish = () => response.end(user.repeat(9999) + end.replace('"users":1', '"users":10000'));
    return true;
  };
  let users = 0;
  const snapshot = async (s: Snapshot) => {
    for await (const _ of s) {
      if (++users === 1) {
        finish();
      }
    }
    throw new Error("done");
  };
  const consumer = new TenantConsumer(fake.client(), { tenant: "ten1", cursor: new MemoryCursor(), snapshot, apply: nothing, ...brisk });
  await assert.rejects(consumer.run(), /^Error: done$/);
  assert.equal(users, 10000);
});

test("what cannot work is said before anything is sent", async () => {
  assert.throws(() => new Client({ url: "roster", key: "k" }), /"roster" is no address of a server/);
  assert.throws(() => new Client({ url: "https://roster.example.com", key: "" }), /there is no API key/);
  const client = new Client({ url: "https://roster.example.com", key: "k" });
  const options = { tenant: "ten1", cursor: new MemoryCursor("now"), apply: nothing };
  assert.throws(() => new TenantConsumer(client, { ...options, wait: 61 }), /0 to 60 seconds/);
  await assert.rejects(new TenantConsumer(client, options).run(), /"now", which is no sequence number/);
});

test("Retry-After is seconds or a date", () => {
  const now = Date.parse("2026-11-22T10:00:00Z");
  for (const [text, want] of Object.entries({
    "": 0, soon: 0, "-5": 0, "7": 7000, "99999999999": 86_400_000, "Sun, 22 Nov 2026 10:01:00 GMT": 60_000, "Sun, 22 Nov 2026 09:00:00 GMT": 0,
  })) {
    assert.equal(retryAfter(text, now), want, text);
  }
  for (const [failures, most] of [[1, 500], [2, 1000], [7, 30_000], [5000, 30_000]] as const) {
    const pause = backoff(failures, new Error());
    assert.ok(pause >= most / 2 && pause <= most, `${pause} ms after ${failures} failures`);
  }
  assert.ok(backoff(1, new RosterError(503, "", "", "", 3_600_000)) >= mostWished);
});

test("any operation of the API can be called", async () => {
  const fake = await start(1);
  const got: string[] = [];
  fake.intercept = (request, response) => {
    request.setEncoding("utf8").on("data", (text) => got.push(text));
    request.on("end", () => response.writeHead(request.method === "POST" ? 201 : 204).end(request.method === "POST" ? '{"id":"ten1"}' : undefined));
    got.push(`${request.method} ${request.url} ${request.headers.authorization} ${request.headers["content-type"]}`);
    return true;
  };
  const client = fake.client();
  const made = await client.call<{ id: string }>("POST", "/api/v1/tenants", { query: { a: "b", none: undefined }, body: { name: "Acme" } });
  assert.equal(made.id, "ten1");
  assert.equal(await client.call("DELETE", "/api/v1/tenants/ten1"), undefined);
  assert.deepEqual(got, [
    "POST /api/v1/tenants?a=b Bearer key application/json",
    '{"name":"Acme"}',
    "DELETE /api/v1/tenants/ten1 Bearer key undefined",
  ]);
});
