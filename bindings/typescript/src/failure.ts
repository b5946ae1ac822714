/** What `fetch` gives or throws, made an error of this package. */

import { AnswerGraderError, ApiError, NetworkError, TimeoutError, UNEXPECTED } from "./errors.js";
import type { FieldError } from "./errors.js";

/** What Node says where no connection came about. */
const NEVER_SENT = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** What Node says where its own patience with a response ends, which is 300 s. */
const TOO_LATE = new Set(["UND_ERR_BODY_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT"]);

/** Makes an error of what was thrown while a request was sent or a response was read. */
export function thrown(cause: unknown, message: string): AnswerGraderError {
  if (cause instanceof AnswerGraderError) return cause;
  const code = codeOf(cause) ?? codeOf((cause as { cause?: unknown } | null)?.cause);
  if (code !== undefined && TOO_LATE.has(code)) return new TimeoutError("fetch itself waited no longer", { cause });
  return new NetworkError(code === undefined ? message : `${message} (${code})`, {
    cause,
    neverSent: code !== undefined && NEVER_SENT.has(code),
  });
}

/** Makes an error of a response that is none of success. */
export function refused(response: Response, body: string): ApiError {
  const problem = parsed(body);
  const text = (name: string) => (typeof problem[name] === "string" ? problem[name] : undefined);
  const code = text("code");
  return new ApiError({
    status: response.status,
    code: code ?? UNEXPECTED,
    detail: (code && text("detail")) ?? "what answered is not the service, or not a version of it that this client knows",
    errors: Array.isArray(problem["errors"]) ? (problem["errors"] as FieldError[]) : [],
    requestId: text("request_id") ?? response.headers.get("x-request-id") ?? undefined,
    retryAfter: retryAfter(response.headers.get("retry-after")),
  });
}

/** Tells a redirect; browsers hide its status, and where it leads. */
export function isRedirect({ status, type }: Response): boolean {
  return type === "opaqueredirect" || [301, 302, 303, 307, 308].includes(status);
}

/** Makes an error of a response of success that cannot be read. */
export function unreadable(status: number): ApiError {
  const detail = "the response is not what the API describes; does baseUrl lead to the service?";
  return new ApiError({ status, code: UNEXPECTED, detail });
}

/** Milliseconds of `Retry-After`, which is a number of seconds or a date. */
export function retryAfter(header: string | null, now = Date.now()): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(date - now, 0);
}

function parsed(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}
