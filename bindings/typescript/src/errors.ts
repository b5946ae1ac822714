/** One thing that is wrong with a request: a JSON pointer to the field, and what would be right. */
export interface FieldError {
  /** A JSON pointer such as `/candidate_answer`; for a job's upload it begins with the line's place, from 0. */
  readonly pointer: string;
  /** What is wrong, and what would be right; never the field's contents. */
  readonly detail: string;
}

/** Is what every error of this package is, besides a caller's own abort and wrong arguments (`TypeError`, `RangeError`). */
export class AnswerGraderError extends Error {
  override name = "AnswerGraderError";
}

/** The code of what is no answer of the service. */
export const UNEXPECTED = "unexpected_response";

/** What an {@link ApiError} is made of. */
export interface ApiErrorParts {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly requestId?: string | undefined;
  readonly retryAfter?: number | undefined;
}

/** Says that the service (or a proxy before it) answered, and refused. */
export class ApiError extends AnswerGraderError {
  override name = "ApiError";
  /** The HTTP status, such as 422. */
  readonly status: number;
  /**
   * A word that stays the same between versions, such as `invalid_request`, `unknown_question` or `budget_exhausted`;
   * `unexpected_response` where what came was not the service's (a proxy's page of HTML, for example).
   */
  readonly code: string;
  /** What to do, in a sentence that holds nothing of an answer. */
  readonly detail: string;
  /** What is wrong field by field; empty unless fields are. */
  readonly errors: readonly FieldError[];
  /** What the service's log calls the request. */
  readonly requestId: string | undefined;
  /** Milliseconds after which the service wants to be asked again (`Retry-After`), where it says so. */
  readonly retryAfter: number | undefined;

  /** Makes one of its parts. */
  constructor(parts: ApiErrorParts) {
    super(`${parts.status} ${parts.code}: ${parts.detail}`);
    this.status = parts.status;
    this.code = parts.code;
    this.detail = parts.detail;
    this.errors = parts.errors ?? [];
    this.requestId = parts.requestId;
    this.retryAfter = parts.retryAfter;
  }
}

/**
 * Says that the service could not be reached, or that its response broke off; `cause` is what `fetch` threw. A redirect is
 * one, too: it is not followed, since the key and the answer would go along.
 */
export class NetworkError extends AnswerGraderError {
  override name = "NetworkError";
  /** Whether it is certain that the service never had the request; browsers do not tell, so it is `false` there. */
  readonly neverSent: boolean;

  /** Makes one of what was thrown. */
  constructor(message: string, options: { cause?: unknown; neverSent?: boolean } = {}) {
    super(message, { cause: options.cause });
    this.neverSent = options.neverSent ?? false;
  }
}

/** The redirect among them, which waiting does not change. Callers see a {@link NetworkError}. */
export class Redirected extends NetworkError {
  /** Makes one. */
  constructor() {
    super("baseUrl leads to a redirect, which is not followed; give the address that it leads to");
  }
}

/** Says that a call took longer than its `timeout`, or that a stream was silent for that long. */
export class TimeoutError extends AnswerGraderError {
  override name = "TimeoutError";
}
