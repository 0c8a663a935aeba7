import type { RosterEvent } from "./event.js";

/** Why a webhook is not taken for genuine. */
export type WebhookFault = "headers" | "timestamp" | "signature" | "body";

export class WebhookError extends Error {
  override readonly name = "WebhookError";

  constructor(
    readonly fault: WebhookFault,
    message: string,
  ) {
    super(`roster: ${message}`);
  }
}

/** The headers of a request, as fetch or as Node's http gives them. */
export type WebhookHeaders = Headers | Record<string, string | string[] | undefined>;

/** How old a webhook may be, and how far ahead its sender's clock, in seconds. */
const tolerance = 5 * 60;

type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

const encoder = new TextEncoder();

/** Tells whether webhooks are genuine (Standard Webhooks). */
export class Verifier {
  readonly #keys: Promise<Key>[];
  readonly #now: () => number;

  /**
   * Takes the webhook's secret ("whsec_…"), or several of which any may have signed: give both while a secret is being
   * replaced. now, in milliseconds, takes the place of the clock in tests.
   */
  constructor(secrets: string | string[], now: () => number = Date.now) {
    const list = [secrets].flat();
    if (list.length === 0) {
      throw new TypeError("roster: a Verifier needs the webhook's secret");
    }
    this.#keys = list.map((secret) => imported(keyOf(secret)));
    this.#now = now;
  }

  /**
   * Returns the event of a webhook that was sent by who knows a secret, less than five minutes ago; it rejects with a
   * WebhookError otherwise. The body must be exactly what arrived, not parsed and written again.
   */
  async verify(headers: WebhookHeaders, body: string | Uint8Array): Promise<RosterEvent> {
    const id = header(headers, "webhook-id");
    const timestamp = header(headers, "webhook-timestamp");
    const signatures = header(headers, "webhook-signature");
    this.#checkTime(timestamp);
    const bytes = typeof body === "string" ? encoder.encode(body) : body;
    const head = encoder.encode(`${id}.${timestamp}.`);
    const message = new Uint8Array(head.length + bytes.length);
    message.set(head);
    message.set(bytes, head.length);
    if (!(await this.#signed(message, signatures))) {
      throw new WebhookError("signature", "no signature of the webhook fits; check that the secret is the one of this webhook");
    }
    try {
      return JSON.parse(new TextDecoder().decode(bytes)) as RosterEvent;
    } catch {
      throw new WebhookError("body", "the webhook is genuine, but is no event");
    }
  }

  #checkTime(timestamp: string): void {
    if (!/^\d{1,15}$/.test(timestamp)) {
      throw new WebhookError("headers", `the header webhook-timestamp, "${timestamp}", is no Unix time`);
    }
    const off = Math.floor(this.#now() / 1000) - Number(timestamp);
    if (Math.abs(off) > tolerance) {
      throw new WebhookError(
        "timestamp",
        `the webhook's timestamp is ${off} s from now; somebody may be repeating it, or one of the clocks is wrong`,
      );
    }
  }

  /** Every signature is compared with every key, each in constant time. */
  async #signed(message: Uint8Array, signatures: string): Promise<boolean> {
    let genuine = false;
    for (const signature of signatures.split(" ")) {
      const [version, text, ...more] = signature.split(",");
      const bytes = version === "v1" && text && more.length === 0 ? decoded(text) : undefined;
      for (const key of bytes ? this.#keys : []) {
        genuine = (await crypto.subtle.verify("HMAC", await key, bytes!, message)) || genuine;
      }
    }
    return genuine;
  }
}

function header(headers: WebhookHeaders, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  if (typeof value !== "string" || value === "") {
    throw new WebhookError("headers", `the request has no header ${name}; it does not come from a webhook of Roster`);
  }
  return value;
}

/** Decodes a secret. Errors do not show it. */
function keyOf(secret: string): Uint8Array {
  const key = decoded(secret.trim().replace(/^whsec_/, ""));
  if (!key || key.length < 24) {
    throw new TypeError('roster: the webhook\'s secret is not "whsec_" and base64 of at least 24 bytes');
  }
  return key;
}

function decoded(text: string): Uint8Array | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    return undefined;
  }
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

function imported(key: Uint8Array): Promise<Key> {
  return crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}
