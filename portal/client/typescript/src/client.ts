import { refusal, temporary } from "./error.js";

export interface ClientOptions {
  /** Of the server: "https://roster.example.com". */
  url: string;
  /** An API key; consumers need one that may events:read and directory:unmasked. */
  key: string;
  /** Sends the requests, in place of the global fetch. */
  fetch?: typeof fetch;
}

export type Query = Record<string, string | number | undefined>;

export interface Call {
  query?: Query;
  /** Sent as JSON. */
  body?: unknown;
  signal?: AbortSignal;
}

/** How long the server has to answer, in milliseconds, besides the time that it is asked to wait. */
export const answerTime = 30_000;

/** Reads Roster's API. */
export class Client {
  readonly #url: string;
  readonly #key: string;
  readonly #fetch: typeof fetch;

  constructor(options: ClientOptions) {
    if (!/^https?:\/\/[^/]/.test(options.url)) {
      throw new TypeError(`roster: "${options.url}" is no address of a server, such as https://roster.example.com`);
    }
    if (!options.key) {
      throw new TypeError(
        "roster: there is no API key; an administrator makes one with: roster apikey create --name NAME",
      );
    }
    this.#url = options.url.replace(/\/+$/, "");
    this.#key = options.key;
    this.#fetch = options.fetch ?? fetch;
  }

  /**
   * Sends a request to any operation of the API and returns its answer, undefined if it has none. The types are in
   * "@roster-scim/client/schema". Refusals are a RosterError.
   */
  async call<T>(method: string, path: string, options: Call = {}): Promise<T> {
    return this.read<T>(method, path, options, answerTime);
  }

  /** Reads a whole JSON answer within that many milliseconds. */
  async read<T>(method: string, path: string, options: Call, within: number): Promise<T> {
    const limit = AbortSignal.timeout(within);
    const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
    const response = await this.open(method, path, { ...options, signal });
    if (response.status === 204) {
      return undefined as T;
    }
    try {
      return (await response.json()) as T;
    } catch (error) {
      throw temporary(`${method} ${path}: read the answer`, error); // cut off, or a proxy's page
    }
  }

  /** Sends a request and returns an answer that is no refusal, whose body has not been read. */
  async open(method: string, path: string, options: Call): Promise<Response> {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.#key}` };
    const init: RequestInit = { method, headers };
    if (options.body !== undefined) {
      headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(options.body);
    }
    if (options.signal) {
      init.signal = options.signal;
    }
    let response: Response;
    try {
      response = await this.#fetch(this.#url + path + search(options.query), init);
    } catch (error) {
      throw temporary(`${method} ${path}`, error);
    }
    if (!response.ok) {
      throw await refusal(response);
    }
    return response;
  }
}

function search(query: Query = {}): string {
  const values = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") {
      values.set(name, String(value));
    }
  }
  return values.size === 0 ? "" : `?${values}`;
}
