import { parseArgs } from "node:util";

import { Client, loadOnly, TenantConsumer } from "@roster-scim/client";

import { Directory } from "./directory.js";

const { values } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:8080" },
    tenant: { type: "string", default: "" },
    file: { type: "string", default: "directory.json" },
  },
});
const { url, tenant, file } = values;

let directory = await Directory.load(file);

const consumer = new TenantConsumer(new Client({ url, key: process.env["API_KEY"] ?? "" }), {
  tenant,
  // The place is in the same file as the copy, so that neither is ever ahead of the other.
  cursor: loadOnly(async () => directory.cursor),
  snapshot: async (snapshot) => {
    const fresh = new Directory();
    for await (const line of snapshot) {
      fresh.line(line);
    }
    fresh.cursor = snapshot.cursor;
    await fresh.save(file);
    directory = fresh;
    console.log(`snapshot at ${snapshot.sequence}: ${Object.keys(fresh.users).length} users, ${Object.keys(fresh.groups).length} groups`);
  },
  apply: async (batch) => {
    for (const event of batch.events) {
      directory.event(event);
      console.log(`event ${event.sequence}: ${event.type} ${JSON.stringify(event.data)}`);
    }
    directory.cursor = batch.cursor;
    await directory.save(file);
  },
});

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => stop.abort());
}
await consumer.run(stop.signal);
