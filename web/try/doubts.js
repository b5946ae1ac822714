// How far to trust a grade: confidence, flags, and why a person should look at it.

import { h } from "../shared/dom.js";
import { flagWords, reviewWords } from "../shared/reasons.js";
import { quote } from "./ideas.js";

/** @typedef {import("../shared/api.js").Schemas["Grade"]} Grade */

/**
 * @param {Grade} grade
 * @returns {HTMLElement}
 */
export function confidence(grade) {
  const figure = h("strong", {}, grade.confidence.toFixed(2));
  if (grade.provenance.calibration) {
    return h("p", {}, figure, ": by the calibration, the estimated chance that a person’s score lies within 0.15.");
  }
  return h(
    "p",
    {},
    figure,
    ", from 0 to 1. It is an ordering, not a probability: grades of higher confidence agree with people more often.",
    grade.method === "keyword" && " A grade by keywords never has more than 0.70.",
  );
}

/**
 * @param {Grade} grade
 * @returns {HTMLElement}
 */
export function reviewReasons(grade) {
  if (!grade.needs_review) return h("p", { class: "faint" }, "Nothing speaks for having a person look at it.");
  return h("ul", {}, ...grade.review_reasons.map((code) => h("li", {}, reviewWords(code), " ", h("code", {}, code))));
}

/**
 * Places of flags count Unicode scalar values, as evidence does.
 *
 * @param {Grade} grade
 * @param {string} answer
 * @returns {HTMLElement}
 */
export function flagList(grade, answer) {
  if (grade.flags.length === 0) return h("p", { class: "faint" }, "Nothing was noticed.");
  const scalars = Array.from(answer);
  return h(
    "ul",
    { class: "list" },
    ...grade.flags.map(({ code, start, end }) =>
      h(
        "li",
        {},
        h("p", {}, flagWords(code), " ", h("code", {}, code)),
        start !== undefined && end !== undefined && quote(scalars.slice(start, end).join("")),
      ),
    ),
  );
}
