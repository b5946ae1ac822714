// A question of a bank, to read.

import { h } from "../../shared/dom.js";
import { percent } from "../../shared/words.js";

/** @typedef {import("../draft/edit.js").EditQuestion} EditQuestion */
/** @typedef {import("../draft/edit.js").EditConcept} EditConcept */

/**
 * Makes what stands beside a question's text.
 *
 * @param {{level?: string | null, labelled?: boolean}} question
 * @param {string} concepts how many there are, in words
 * @param {string} [state] what became of it in the draft
 */
export function questionBadges(question, concepts, state = "") {
  const badges = [
    state && h("span", { class: "badge partial" }, state),
    question.level && h("span", { class: "badge" }, question.level),
    h("span", { class: "badge missing" }, concepts),
    question.labelled === false && h("span", { class: "badge inconclusive", title: UNLABELLED }, "no labelled answers yet"),
  ];
  return badges.filter(Boolean).flatMap((badge) => [badge, " "]);
}

const UNLABELLED = "No people's grades of answers to this question were compared with those of the service yet.";

/** @param {number} count */
export const conceptCount = (count) => (count === 1 ? "1 concept" : `${count || "no"} concepts`);

/** @param {EditQuestion} question */
export function questionView(question) {
  const { alternative_answers: others, concepts, misconceptions, examples } = question;
  return [
    question.labelled ? null : h("p", { class: "hint" }, `No labelled answers yet: grades of it are not yet checked against people's.`),
    h("h4", {}, "Reference answer"),
    question.reference_answer
      ? h("p", { class: "answer", dir: "auto" }, question.reference_answer)
      : h("p", { class: "faint" }, "None: answers are judged by the concepts alone."),
    ...others.flatMap(({ text }, index) => [
      h("h4", {}, others.length === 1 ? "Alternative answer" : `Alternative answer ${index + 1}`),
      h("p", { class: "answer", dir: "auto" }, text),
    ]),
    h("h4", {}, "Concepts"),
    concepts.length > 0
      ? h("ul", { class: "list" }, ...concepts.map(conceptView))
      : h("p", { class: "faint" }, "None: answers are compared with the reference answer as a whole, and nobody is told what is missing."),
    misconceptions.length > 0 && h("h4", {}, "Misconceptions"),
    misconceptions.length > 0 &&
      h("ul", { class: "list" }, ...misconceptions.map((one) =>
        h("li", {}, h("p", {}, one.text), h("p", { class: "hint" }, h("code", {}, one.id), ` · An answer that says so gets ${percent(one.cap ?? 0)} at most.`)))),
    examples.length > 0 && h("h4", {}, "Examples that a model is shown"),
    examples.length > 0 &&
      h("ul", { class: "list" }, ...examples.map((one) =>
        h("li", {}, h("p", { class: "answer", dir: "auto" }, one.candidate_answer), h("p", { class: "hint" }, `Graded ${percent(one.score)}. ${one.feedback ?? ""}`)))),
  ];
}

/** @param {EditConcept} concept */
function conceptView(concept) {
  const { id, text, weight, aliases, required, link, follow_up: followUp } = concept;
  return h(
    "li",
    {},
    h("p", { class: "concept" }, text, " ", h("span", { class: "badge" }, `weight ${weight ?? "?"}`), required && " ", required && h("span", { class: "badge inconclusive" }, "required")),
    h("p", { class: "hint" }, h("code", {}, id)),
    aliases.length > 0 && h("p", { class: "hint" }, `Also said as: ${aliases.join(" · ")}`),
    followUp && h("p", { class: "hint" }, `Follow-up question: ${followUp}`),
    link && h("p", { class: "hint" }, "To read: ", linkTo(link)),
  );
}

/**
 * Links to an address only where it is one that a bank may hold.
 *
 * @param {string} address
 */
function linkTo(address) {
  return /^https:\/\//.test(address) ? h("a", { href: address, rel: "noreferrer noopener", target: "_blank" }, address) : address;
}
