// Scores and moments, as people read and write them.

import { short } from "../shared/numbers.js";

/**
 * Says a score, and what it is worth where a score of 1 is worth something else than 1.
 *
 * @param {number | null | undefined} score
 * @param {number} maxPoints
 * @returns {string}
 */
export function scoreWords(score, maxPoints) {
  if (score === null || score === undefined) return "none";
  if (maxPoints === 1) return short(score);
  return `${short(score * maxPoints)} of ${short(maxPoints)}`;
}

/**
 * Reads a number as it is typed, with a point or a comma.
 *
 * @param {string} text
 * @returns {number | null}
 */
export function typed(text) {
  const plain = text.trim().replace(",", ".");
  return /^(?:\d+\.?\d*|\.\d+)$/u.test(plain) ? Number(plain) : null;
}

/**
 * @param {string} moment RFC 3339
 * @returns {string}
 */
export function when(moment) {
  return new Date(moment).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}
