import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { Client, type RosterEvent } from "../src/index.js";

/** What one tenant has, in the server and in mirrors of it. */
export class Directory {
  users = new Map<string, string>();
  last = 0;

  /** How an app applies events: a repetition changes nothing. */
  apply(event: RosterEvent): void {
    const { id, userName } = event.data as { id: string; userName: string };
    if (event.type === "user.deleted") {
      this.users.delete(id);
    } else {
      this.users.set(id, userName);
    }
    this.last = event.sequence;
  }

  toString(): string {
    return JSON.stringify([this.last, [...this.users].sort()]);
  }
}

const pageSize = 7;

/** A server that speaks what Roster's events API promises. */
export class Fake {
  tenants = new Map<string, Directory & { events: RosterEvent[]; gone: number }>();
  feed: RosterEvent[] = [];
  gone = 0;
  faults = false;
  requests: string[] = [];
  /** Answers in place of the server if it returns true. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  #server!: Server;
  #seed = 7;

  static async start(): Promise<Fake> {
    const fake = new Fake();
    fake.#server = createServer((request, response) => fake.#serve(request, response));
    await new Promise<void>((resolve) => fake.#server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  client(): Client {
    return new Client({ url: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`, key: "key" });
  }

  /** A number below n, the same ones in each run. */
  random(n: number): number {
    this.#seed = (this.#seed * 48271) % 2147483647;
    return this.#seed % n;
  }

  change(n: number, ...tenants: string[]): void {
    for (let i = 0; i < n; i++) {
      const tenant = tenants[this.random(tenants.length)]!;
      const directory = this.tenants.get(tenant) ?? Object.assign(new Directory(), { events: [], gone: 0 });
      this.tenants.set(tenant, directory);
      const event: RosterEvent = {
        id: `evt${this.feed.length}`,
        tenant_id: tenant,
        sequence: directory.last + 1,
        type: ["user.created", "user.updated", "user.deleted"][this.random(3)]!,
        occurred_at: "2026-11-22T10:00:00Z",
        data: { id: `u${this.random(20)}`, userName: `Zoë ${this.feed.length}` },
        previous: null,
        request_id: null,
      };
      directory.apply(event);
      directory.events.push(event);
      this.feed.push(event);
    }
  }

  /** Lets what has happened expire. */
  forget(): void {
    this.gone = this.feed.length;
    for (const directory of this.tenants.values()) {
      directory.gone = directory.last;
    }
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(request.url!);
    if (this.intercept(request, response)) {
      return;
    }
    const url = new URL(request.url!, "http://fake");
    const [status, body] = request.headers.authorization === "Bearer key" ? this.#answer(url) : problem(401, "unauthenticated");
    const fault = this.faults ? this.random(10) : 9;
    if (fault === 0) {
      refuse(response, 500, "internal");
    } else if (fault === 1) {
      refuse(response, 429, "rate_limited", { "Retry-After": "1" });
    } else if (fault <= 3) {
      response.writeHead(status);
      response.write(body.slice(0, body.length / 2), () => response.destroy());
    } else {
      response.writeHead(status, { "Content-Type": "application/json" }).end(body);
    }
  }

  #answer(url: URL): [number, string] {
    const [, tenant, what] = /^\/api\/v1\/tenants\/(\w+)\/(\w+)$/.exec(url.pathname) ?? [];
    if (what === "events") {
      return this.#events(tenant!, url.searchParams);
    }
    if (what === "snapshot") {
      return this.#snapshot(tenant!);
    }
    if (url.pathname === "/api/v1/events") {
      return this.#all(url.searchParams);
    }
    return this.#list(url.searchParams);
  }

  #list(query: URLSearchParams): [number, string] {
    const ids = [...this.tenants.keys()].sort();
    const from = Number(query.get("cursor") ?? 0);
    const next = from + 2 < ids.length ? String(from + 2) : null;
    return [200, JSON.stringify({ items: ids.slice(from, from + 2).map((id) => ({ id })), next_cursor: next })];
  }

  #events(tenant: string, query: URLSearchParams): [number, string] {
    const directory = this.tenants.get(tenant)!;
    const types = query.get("types")?.split(",");
    let after = Number(query.get("after"));
    if (after < directory.gone) {
      return problem(410, "cursor_expired");
    }
    if (this.faults && this.random(4) === 0 && after > directory.gone + 3) {
      after -= 3; // repeats what was told
    }
    const page = directory.events.slice(after, after + pageSize);
    const items = page.filter((event) => !types || types.includes(event.type));
    return [200, JSON.stringify({ items, last: directory.last, next_after: page.at(-1)?.sequence ?? after })];
  }

  #all(query: URLSearchParams): [number, string] {
    let place = query.get("cursor") === "now" ? this.feed.length : Number(query.get("cursor") ?? this.gone);
    if (place < this.gone) {
      return problem(410, "cursor_expired");
    }
    if (this.faults && this.random(4) === 0 && place > this.gone + 3) {
      place -= 3;
    }
    const items = this.feed.slice(place, place + pageSize);
    return [200, JSON.stringify({ items, next_cursor: String(place + items.length), more: false })];
  }

  #snapshot(tenant: string): [number, string] {
    const directory = this.tenants.get(tenant);
    if (!directory) {
      return problem(404, "not_found");
    }
    const { last: sequence, users } = directory;
    const lines: unknown[] = [{ type: "begin", tenant_id: tenant, sequence }];
    for (const [id, userName] of users) {
      lines.push({ type: "user", data: { id, userName } });
    }
    lines.push({ type: "end", sequence, users: users.size, groups: 0 });
    return [200, lines.map((line) => `${JSON.stringify(line)}\n`).join("")];
  }
}

function problem(status: number, code: string): [number, string] {
  return [status, JSON.stringify({ status, code, detail: "Do something.", request_id: "r1" })];
}

export function refuse(response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "Content-Type": "application/problem+json", ...headers }).end(problem(status, code)[1]);
}
