// Concepts and misconceptions of a grade, each with what the answer says of it.

import { h } from "../shared/dom.js";
import { badge } from "../shared/words.js";

/** @typedef {import("../shared/api.js").Schemas["Grade"]} Grade */

const WITHHELD = "not shown at this feedback level";

/**
 * @param {Grade} grade
 * @returns {HTMLElement}
 */
export function conceptList(grade) {
  if (grade.concepts.length === 0) return h("p", { class: "faint" }, "There are no concepts: the answer was judged as a whole.");
  return h(
    "ul",
    { class: "list" },
    ...grade.concepts.map(({ id, text, weight, verdict, evidence }) =>
      h(
        "li",
        {},
        h("p", { class: "idea" }, badge(verdict), " ", idea(text)),
        evidence && quote(evidence.quote),
        h("p", { class: "hint" }, h("code", {}, id), ` · weight ${weight}`),
      ),
    ),
  );
}

/**
 * @param {Grade} grade
 * @returns {HTMLElement}
 */
export function missingList(grade) {
  if (grade.missing_concepts.length === 0) return h("p", { class: "faint" }, "None: each is covered, at least in part.");
  return h("ul", {}, ...grade.missing_concepts.map(({ id, text }) => h("li", {}, text ?? h("code", {}, id))));
}

/**
 * @param {Grade} grade
 * @returns {HTMLElement}
 */
export function misconceptionList(grade) {
  if (grade.misconceptions.length === 0) {
    return h("p", { class: "faint" }, grade.method === "llm" ? "The answer asserts none that is known." : "Only a language model looks for these.");
  }
  return h(
    "ul",
    { class: "list" },
    ...grade.misconceptions.map(({ id, text, cap, evidence }) =>
      h(
        "li",
        {},
        h("p", { class: "idea" }, h("span", { class: "badge contradicted" }, "asserted"), " ", idea(text)),
        evidence && quote(evidence.quote),
        h("p", { class: "hint" }, h("code", {}, id), ` · holds the score at ${cap} at most`),
      ),
    ),
  );
}

/** @param {string | null | undefined} text */
function idea(text) {
  return text ? h("span", { dir: "auto" }, text) : h("span", { class: "faint" }, WITHHELD);
}

/** @param {string} text */
export function quote(text) {
  return h("blockquote", { dir: "auto" }, text);
}
