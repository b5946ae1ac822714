/** Which failures may pass, and how long to wait. */

import { ApiError, NetworkError, Redirected, TimeoutError, UNEXPECTED } from "./errors.js";

/**
 * What repeating a request does: nothing further (`always`); nothing where the first was recorded by its name, but its work
 * and its bill again where that was begun and failed (`named`); or perhaps its work and its bill again (`unsent`).
 */
export type Repeating = "always" | "named" | "unsent";

/** Milliseconds before the first retry, which double from one to the next, and the most they become. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 8_000;

const MAY_PASS = new Set([429, 502, 503, 504]);

/** What waiting does not change, or what has used up its time and would again. */
const LASTS = new Set([
  "budget_exhausted",
  "deadline",
  "extraction_off",
  "llm_not_configured",
  "request_timeout",
  "timeout",
  "too_many_wrong_keys",
]);

/** Tells whether a failure may pass by itself. */
export function mayPass(error: unknown): boolean {
  if (error instanceof ApiError) return MAY_PASS.has(error.status) && !LASTS.has(error.code);
  return error instanceof NetworkError && !(error instanceof Redirected);
}

/**
 * Tells whether the service is still at work at the request of this name. After a failure that is an attempt of ours, whose
 * connection is gone, and its grade is ours, too; before one it is somebody else's.
 */
export function isUnderWay(error: unknown): boolean {
  return error instanceof ApiError && error.code === "request_under_way";
}

/** Tells whether a request may be sent again after a failure. */
export function mayRepeat(error: unknown, repeating: Repeating): boolean {
  if (!mayPass(error)) return false;
  if (repeating === "always") return true;
  if (error instanceof NetworkError) return repeating === "named" || error.neverSent;
  if (!(error instanceof ApiError)) return false;
  // Both are said before anything is done.
  if (error.status === 429 || error.code === "saturated") return true;
  // All else that the service says is what came of its work, perhaps after a model was paid; its name is free again by
  // then. A proxy says this where it does not reach the service; one that waits no longer has ended the work.
  return repeating === "named" && error.code === UNEXPECTED && error.status !== 504;
}

/** Tells whether a stream that broke off may be opened again. */
export function mayReopen(error: unknown): boolean {
  return mayPass(error) || error instanceof TimeoutError;
}

/** Milliseconds to wait after so many failures; `undefined` where the service wants more than the limit. */
export function waitAfter(error: unknown, failures: number, limit: number): number | undefined {
  const wanted = error instanceof ApiError ? (error.retryAfter ?? 0) : 0;
  if (wanted > limit) return undefined;
  const longest = Math.min(FIRST_WAIT * 2 ** failures, LONGEST_WAIT);
  // Callers that failed together do not come back together.
  return wanted + longest * (0.5 + Math.random() / 2) * (wanted > 0 ? 0.2 : 1);
}
