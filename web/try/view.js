// A whole grade.

import { h } from "../shared/dom.js";
import { badge, highlighted } from "../shared/words.js";
import { copyButton } from "./copy.js";
import { confidence, flagList, reviewReasons } from "./doubts.js";
import { provenance, usage } from "./facts.js";
import { conceptList, misconceptionList, missingList } from "./ideas.js";
import { scoreParts, summary } from "./score.js";

/** @typedef {import("../shared/api.js").Schemas["Grade"]} Grade */

/**
 * Makes all that a grade holds.
 *
 * @param {Grade} grade
 * @param {string} answer as it was sent
 * @returns {HTMLElement[]}
 */
export function view(grade, answer) {
  const marked = grade.concepts.some(({ evidence }) => evidence);
  const json = JSON.stringify(grade, null, 2);
  return [
    summary(grade),
    part("How the score comes about", scoreParts(grade)),
    part("Answer, with its evidence", highlighted(answer, grade.concepts), marked ? legend(grade) : noEvidence()),
    part("Concepts", conceptList(grade)),
    part("Missing concepts", missingList(grade)),
    part("Misconceptions", misconceptionList(grade)),
    part("Feedback", grade.feedback ? h("p", { class: "answer", dir: "auto" }, grade.feedback) : h("p", { class: "faint" }, "None was asked for.")),
    part("Confidence", confidence(grade)),
    part("Review", reviewReasons(grade)),
    part("Flags", flagList(grade, answer)),
    part("Provenance", provenance(grade)),
    part("Usage and time", usage(grade)),
    h("details", {}, h("summary", {}, "Raw JSON"), copyButton("Copy the JSON", () => json), h("pre", { class: "wrapped" }, json)),
  ];
}

/**
 * @param {string} title
 * @param {...HTMLElement} content
 */
function part(title, ...content) {
  return h("section", { class: "part" }, h("h3", {}, title), ...content);
}

/** The colours of the evidence that there is. @param {Grade} grade */
function legend(grade) {
  const verdicts = new Set(grade.concepts.filter(({ evidence }) => evidence).map(({ verdict }) => verdict));
  return h("p", { class: "hint" }, "Marked: ", ...[...verdicts].flatMap((verdict) => [badge(verdict), " "]));
}

function noEvidence() {
  return h("p", { class: "hint" }, "No passage of it is evidence for a concept.");
}
