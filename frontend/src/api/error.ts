import type { components } from "./schema";

type Problem = components["schemas"]["Problem"];

/** A refusal or failure of the API, as problem+json tells it (RFC 9457). */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    /** HTTP status; 0: there was no answer. */
    readonly status: number,
    readonly code: string,
    /** What went wrong and who must do what, for people. */
    readonly detail: string,
    /** For whoever asks for help. */
    readonly requestId: string,
    readonly problem?: Problem,
  ) {
    super(detail);
  }

  static unreachable(cause: unknown): ApiError {
    const error = new ApiError(0, "unreachable", "", "");
    error.cause = cause;
    return error;
  }

  /** Whether trying again may help: nobody has to change anything first. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** problemOf reads an answer that is a refusal. */
export async function problemOf(response: Response): Promise<ApiError> {
  const requestId = response.headers.get("X-Request-Id") ?? "";
  try {
    const problem = (await response.json()) as Problem;
    return new ApiError(response.status, problem.code, problem.detail ?? problem.title, problem.request_id ?? requestId, problem);
  } catch {
    return new ApiError(response.status, "unreadable", response.statusText, requestId);
  }
}

/** errorOf is what was thrown as an ApiError. */
export function errorOf(error: unknown): ApiError {
  return error instanceof ApiError ? error : ApiError.unreachable(error);
}
