/**
 * Follows what happens in the directories of Roster's tenants, by reading the events API or by receiving webhooks.
 *
 * A TenantConsumer mirrors one tenant and a FeedConsumer all of them. Each begins with a snapshot, goes on with every
 * event after it in order, and waits for the next one. It keeps its place, a cursor, where you tell it to:
 *
 * ```ts
 * const client = new Client({ url: "https://roster.example.com", key: process.env.API_KEY! });
 * const consumer = new TenantConsumer(client, {
 *   tenant: "ten01m81c6t0yehv834aq6jehj7w7",
 *   cursor: new FileCursor("roster.cursor"),
 *   snapshot: async (snapshot) => {
 *     for await (const line of snapshot) mirror.put(line);
 *   },
 *   apply: async (batch) => mirror.apply(batch.events),
 * });
 * await consumer.run(signal);
 * ```
 *
 * Events come at least once: those of a batch come again if the app ended between applying them and keeping the cursor.
 * So apply them such that a repetition changes nothing, or keep the batch's cursor in the same transaction as its data,
 * see loadOnly.
 *
 * A Verifier tells whether a webhook is genuine:
 *
 * ```ts
 * const verifier = new Verifier(process.env.WEBHOOK_SECRET!);
 * const event = await verifier.verify(request.headers, body); // rejects if it is not
 * ```
 *
 * @module
 */
export { Client, type Call, type ClientOptions, type Query } from "./client.js";
export { type Cursor, loadOnly, MemoryCursor } from "./cursor.js";
export { RosterError, SequenceError, TemporaryError } from "./error.js";
export type { Batch, Member, RosterEvent } from "./event.js";
export { FeedConsumer, type FeedOptions } from "./feed.js";
export type { Options } from "./options.js";
export { Snapshot, type SnapshotLine } from "./snapshot.js";
export { TenantConsumer, type TenantOptions } from "./tenant.js";
export { Verifier, WebhookError, type WebhookFault, type WebhookHeaders } from "./webhook.js";
