/** The server's refusal of a request (RFC 9457). */
export class RosterError extends Error {
  override readonly name = "RosterError";

  constructor(
    readonly status: number,
    /** Stable, for programs; "" if the answer was not Roster's own. */
    readonly code: string,
    /** Says who must do what. */
    readonly detail: string,
    readonly requestId: string,
    /** How long to wait before the next attempt, in milliseconds; 0: the server does not say. */
    readonly retryAfter: number,
  ) {
    super(
      `roster answered ${status}` +
        (code && ` ${code}`) +
        (detail && `: ${detail}`) +
        (requestId && ` (request ${requestId})`),
    );
  }

  /** Whether the same request may succeed later. */
  get temporary(): boolean {
    return this.status >= 500 || this.status === 429 || this.status === 408;
  }
}

/**
 * A tenant's events do not follow one another, so that something is missing that no event will tell. The consumer
 * stops. To go on, find out why (the server may have been restored from a backup) and begin again with a snapshot,
 * by forgetting the cursor.
 */
export class SequenceError extends Error {
  override readonly name = "SequenceError";

  constructor(
    readonly tenant: string,
    readonly want: number,
    readonly got: number,
  ) {
    super(
      (got < want
        ? `roster: the server has forgotten events of tenant ${tenant}: after ${want - 1} its next one is ${got}`
        : `roster: events ${want} to ${got - 1} of tenant ${tenant} are missing`) +
        "; forget the cursor to begin again with a snapshot",
    );
  }
}

/**
 * Marks an error of a handler as one that goes by, such as a lost database connection: the consumer calls the handler
 * again after a pause. Any other error of a handler ends it.
 */
export class TemporaryError extends Error {
  override readonly name = "TemporaryError";
}

export function isTemporary(error: unknown): boolean {
  return error instanceof TemporaryError || (error instanceof RosterError && error.temporary);
}

export function isExpired(error: unknown): boolean {
  return error instanceof RosterError && error.status === 410 && error.code === "cursor_expired";
}

export function temporary(what: string, cause: unknown): TemporaryError {
  return new TemporaryError(`roster: ${what}: ${reason(cause)}`, { cause });
}

/** Says what went wrong, also where fetch hides it in the cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

/** Reads a refusal. It throws what goes by if its end is missing: without its code it could be taken for another one. */
export async function refusal(response: Response): Promise<RosterError> {
  let problem: { code?: string; detail?: string; request_id?: string } = {};
  let text: string;
  try {
    text = await response.text();
  } catch (error) {
    throw temporary(`read the refusal of status ${response.status}`, error);
  }
  try {
    problem = JSON.parse(text) as typeof problem;
  } catch {
    // Of somebody in between, who does not answer JSON.
  }
  return new RosterError(
    response.status,
    problem.code ?? "",
    problem.detail ?? "",
    problem.request_id ?? response.headers.get("X-Request-Id") ?? "",
    retryAfter(response.headers.get("Retry-After") ?? "", Date.now()),
  );
}

/** Reads seconds or a date (RFC 9110 section 10.2.3), as milliseconds from now; 0 for neither. */
export function retryAfter(text: string, now: number): number {
  const most = 24 * 60 * 60 * 1000;
  const wish = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(wish) ? 0 : Math.min(Math.max(wish, 0), most);
}
