import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The built binary. */
const binary = process.env.ROSTER_BINARY ?? path.resolve(import.meta.dirname, "../../bin/roster");

/** A server of its own on SQLite, and an API key that may do everything. */
export class Server {
  private constructor(
    readonly url: string,
    private readonly process: ChildProcess,
    private readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
    private key: string,
  ) {}

  static async start(settings: Record<string, string> = {}): Promise<Server> {
    const folder = await mkdtemp(path.join(tmpdir(), "roster-e2e-"));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      ROSTER_LISTEN: `127.0.0.1:${port}`,
      ROSTER_ADMIN_LISTEN: `127.0.0.1:${await freePort()}`,
      ROSTER_PUBLIC_URL: url,
      ROSTER_DATABASE_URL: `sqlite:${path.join(folder, "roster.db")}`,
      ROSTER_WEBHOOK_ALLOW: "127.0.0.0/8",
      ROSTER_API_RATE: "500",
      ROSTER_API_BURST: "2000",
      ...settings,
    };
    const child = spawn(binary, ["serve"], { env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output = (output + data.toString()).slice(-8000)));
    const server = new Server(url, child, folder, env, "");
    await server.answers(() => output);
    server.key = (await server.command("apikey", "create", "--name", "Browser tests")).key as string;
    return server;
  }

  private async answers(output: () => string) {
    for (let i = 0; i < 200; i++) {
      if (this.process.exitCode !== null) throw new Error(`the server ended:\n${output()}`);
      const ok = await fetch(`${this.url}/api/docs`).then((r) => r.ok).catch(() => false);
      if (ok) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`the server does not answer:\n${output()}`);
  }

  async stop() {
    const ended = new Promise((done) => this.process.once("exit", done));
    this.process.kill("SIGTERM");
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Runs one of the binary's commands and returns its JSON answer. */
  async command(...args: string[]): Promise<Record<string, unknown>> {
    const { stdout } = await run(binary, [...args, "--json"], { env: this.env });
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  /** Has a simulated identity provider provision people; the answer is its summary. */
  async simulate(provider: string, connection: { base_url: string; token: string }, ...args: string[]) {
    const { stdout } = await run(binary, ["simulate", provider, "--url", connection.base_url, "--token", connection.token, ...args], {
      env: this.env,
      maxBuffer: 64 << 20,
    });
    return stdout;
  }

  /** Calls the API. A refusal is an error. */
  async api<T = Record<string, unknown>>(method: string, address: string, body?: unknown): Promise<T> {
    const response = await fetch(this.url + address, {
      method,
      headers: { Authorization: `Bearer ${this.key}`, "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  /** A link for the vendor's own people. */
  async staffLink(role: string): Promise<string> {
    return (await this.command("login-link", "--role", role)).url as string;
  }

  /** A link for a customer's people. */
  async portalLink(tenant: string, role = "admin"): Promise<string> {
    return (await this.api<{ url: string }>("POST", `/api/v1/tenants/${tenant}/portal-links`, { roles: [role], inviter: "Sam of Example" })).url;
  }
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (typeof address === "object" && address ? done(address.port) : fail(new Error("no port"))));
    });
  });
}
