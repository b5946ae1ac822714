// What of a kept grade the reviewer gets to see: not who it is about, and nothing that was judged where an
// appeal is to be judged anew.

import { masked } from "./masking.js";

/** @typedef {import("./types.js").Kept} Kept */
/** @typedef {import("./types.js").Grade} Grade */
/** @typedef {import("./types.js").Review} Review */
/** @typedef {import("./types.js").Verdict} Verdict */
/** @typedef {import("./types.js").Evidence} Evidence */

/**
 * @typedef {object} Idea a concept as it is to be judged
 * @property {string} id
 * @property {string | null} text
 * @property {number} weight
 * @property {Verdict | null} verdict the grade's; null where it is not to be seen
 * @property {Evidence | null} evidence
 */

/**
 * @typedef {object} Sight
 * @property {Kept} kept
 * @property {Grade | null} grade null where it is not to be seen
 * @property {boolean} canReveal whether it could be, as the caller is an administrator
 * @property {Idea[]} ideas
 * @property {Review | null} last the review that counts
 * @property {number} maxPoints
 * @property {string | null} answer null where it is not kept
 * @property {(text: string) => string} veil masks what the request had masked
 * @property {boolean} showsWho
 */

/**
 * @param {Kept} kept
 * @param {{showsWho: boolean, revealed: boolean}} choices
 * @returns {Sight}
 */
export function sight(kept, { showsWho, revealed }) {
  const { request } = kept;
  const hidden = kept.review_state === "appealed" && !revealed;
  const grade = hidden ? null : (kept.grade ?? null);
  const redaction = showsWho ? null : request?.redaction;
  const veil = (/** @type {string} */ text) => (redaction ? masked(text, redaction) : text);
  const judged = kept.reviews.filter((review) => review.reason === "review" && typeof review.score === "number");
  return {
    kept,
    grade,
    canReveal: hidden && Boolean(kept.grade),
    ideas: ideas(kept, grade),
    last: grade ? (judged.at(-1) ?? null) : null,
    maxPoints: kept.grade?.max_points ?? request?.max_points ?? 1,
    answer: request ? veil(request.candidate_answer) : null,
    veil,
    showsWho,
  };
}

/**
 * @param {Kept} kept
 * @param {Grade | null} grade
 * @returns {Idea[]}
 */
function ideas(kept, grade) {
  const declared = kept.concepts ?? [];
  const textOf = (/** @type {string} */ id) => declared.find((concept) => concept.id === id)?.text ?? null;
  const judged = kept.grade?.concepts;
  if (!judged) {
    return declared.map(({ id, text, weight = 1 }) => ({ id, text, weight, verdict: null, evidence: null }));
  }
  return judged.map((concept) => ({
    id: concept.id,
    text: concept.text ?? textOf(concept.id),
    weight: concept.weight,
    verdict: grade ? concept.verdict : null,
    evidence: grade ? (concept.evidence ?? null) : null,
  }));
}

/**
 * Gives a passage of the answer; its offsets count Unicode scalar values.
 *
 * @param {Sight} seen
 * @param {{start?: number, end?: number} | null | undefined} span
 * @returns {string}
 */
export function passage(seen, span) {
  if (seen.answer === null || typeof span?.start !== "number") return "";
  return Array.from(seen.answer).slice(span.start, span.end).join("");
}
