import { createServer, type IncomingMessage } from "node:http";
import { parseArgs } from "node:util";

import { Verifier, WebhookError } from "@roster-scim/client";

const { values } = parseArgs({ options: { port: { type: "string", default: "9090" } } });
const verifier = new Verifier(process.env["WEBHOOK_SECRET"] ?? "");

/** By tenant; your app keeps it with its data. */
const last = new Map<string, number>();

const mostBytes = 16 * 1024 * 1024;

async function body(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) {
      throw new WebhookError("body", "the body is too large");
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const server = createServer(async (request, response) => {
  try {
    const event = await verifier.verify(request.headers, await body(request));
    // 0: a test message. Others that came before are left out.
    if (event.sequence === 0 || event.sequence > (last.get(event.tenant_id) ?? 0)) {
      console.log(`tenant ${event.tenant_id}, event ${event.sequence}: ${event.type} ${JSON.stringify(event.data)}`);
      last.set(event.tenant_id, event.sequence);
    }
    response.writeHead(204).end();
  } catch (error) {
    response.writeHead(error instanceof WebhookError ? 401 : 500).end(String(error));
  }
});

server.listen(Number(values.port), "127.0.0.1", () => console.log(`waiting for webhooks at http://127.0.0.1:${values.port}`));
process.once("SIGINT", () => server.close());
process.once("SIGTERM", () => server.close());
