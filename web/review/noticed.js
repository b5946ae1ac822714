// Why a grade waits, what was noticed about the answer, and what it wrongly asserts.

import { h } from "../shared/dom.js";
import { short } from "../shared/numbers.js";
import { failureWords, flagWords, reviewWords } from "../shared/reasons.js";
import { passage } from "./sight.js";

/** @typedef {import("./sight.js").Sight} Sight */

/**
 * @param {Sight} seen
 * @returns {HTMLElement}
 */
export function reasonsPart(seen) {
  const reasons = [...states(seen), ...codes(seen), ...failures(seen)];
  return h(
    "section",
    {},
    h("h3", {}, "Why it waits"),
    reasons.length > 0
      ? h("ul", { class: "reasons" }, reasons.map((reason) => h("li", {}, reason)))
      : h("p", { class: "faint" }, "It was not marked for review."),
  );
}

/** @param {Sight} seen */
function states({ kept }) {
  if (kept.review_state === "appealed") {
    return ["The candidate appeals: somebody who has not judged the answer yet is to judge it."];
  }
  if (kept.review_state === "reviewed") {
    return ["It does not wait: somebody has reviewed it. It may be reviewed again."];
  }
  return [];
}

/** @param {Sight} seen */
function codes(seen) {
  const { review_reasons: reasons = [], flags = [] } = seen.grade ?? {};
  return reasons.map((code) => [
    reviewWords(code),
    ...flags.filter((flag) => flag.code === code).map((flag) => quote(passage(seen, flag))),
  ].filter((one) => one !== null));
}

/** @param {Sight} seen */
function failures({ grade }) {
  // Where no model is configured, that holds for all grades and tells nothing about this one.
  if (!grade?.degraded || grade.degraded.reason === "not_configured") return [];
  return [`It was not graded as asked. ${failureWords(grade.degraded.reason)}`];
}

/**
 * Makes what was noticed besides the reasons.
 *
 * @param {Sight} seen
 * @returns {HTMLElement | null}
 */
export function flagsPart(seen) {
  const { review_reasons: reasons = [], flags = [] } = seen.grade ?? {};
  const others = flags.filter((flag) => !reasons.includes(flag.code));
  if (others.length === 0) return null;
  const items = others.map((flag) => h("li", {}, flagWords(flag.code), quote(passage(seen, flag))));
  return h("section", {}, h("h3", {}, "Also noticed"), h("ul", { class: "reasons" }, items));
}

/**
 * @param {Sight} seen
 * @returns {HTMLElement | null}
 */
export function misconceptionsPart(seen) {
  const { grade, kept } = seen;
  if (!grade || grade.misconceptions.length === 0) return null;
  const declared = kept.misconceptions ?? [];
  const items = grade.misconceptions.map((one) => {
    const text = one.text ?? declared.find(({ id }) => id === one.id)?.text ?? one.id;
    return h("li", {}, `${text} `, h("span", { class: "faint" }, `(at most ${short(one.cap)})`), quote(passage(seen, one.evidence)));
  });
  return h("section", {}, h("h3", {}, "Misconceptions"), h("ul", { class: "list" }, items));
}

/**
 * @param {Sight} seen
 * @returns {HTMLElement | null}
 */
export function feedbackPart({ grade, veil }) {
  if (!grade?.feedback) return null;
  return h("section", {}, h("h3", {}, "Feedback"), h("p", { class: "answer", dir: "auto" }, veil(grade.feedback)));
}

/**
 * Makes a quote of the answer, or nothing where there is none.
 *
 * @param {string} text
 * @returns {HTMLElement | null}
 */
export function quote(text) {
  return text === "" ? null : h("blockquote", { dir: "auto" }, text);
}
