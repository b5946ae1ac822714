// What this page asks of the service.

import { get, post } from "../shared/api.js";

/** @typedef {import("./types.js").Kept} Kept */
/** @typedef {import("./types.js").Listed} Listed */
/** @typedef {import("./types.js").Review} Review */
/** @typedef {import("./types.js").ReviewRequest} ReviewRequest */

/** The most grades that one request for the queue gives. */
export const MOST = 500;

/**
 * Gives the grades that wait, the neediest first.
 *
 * @param {string} questionId empty for all questions
 * @returns {Promise<Listed[]>}
 */
export async function waiting(questionId) {
  const options = new URLSearchParams({ limit: String(MOST) });
  if (questionId) options.set("question_id", questionId);
  /** @type {{grades: Listed[]}} */
  const queue = await get(`/v1/reviews/queue?${options}`);
  return queue.grades;
}

/**
 * Gives a grade as it was kept.
 *
 * @param {string} id
 * @param {boolean} withReferences
 * @param {AbortSignal} [signal]
 * @returns {Promise<Kept>}
 */
export function kept(id, withReferences, signal) {
  const include = withReferences ? "?include=reference_answers" : "";
  return get(`/v1/grades/${encodeURIComponent(id)}${include}`, signal ? { signal } : {});
}

/**
 * Keeps what was decided.
 *
 * @param {string} id
 * @param {ReviewRequest} decided
 * @returns {Promise<Review>}
 */
export function decide(id, decided) {
  return post(`/v1/grades/${encodeURIComponent(id)}/review`, decided);
}

/**
 * Tells what has happened to a grade by now: it is the same again only where nothing has.
 *
 * @param {Kept} record
 */
export function version(record) {
  const last = record.reviews.at(-1)?.hash ?? "";
  return JSON.stringify([last, record.review_state ?? null, record.standing ?? null]);
}
