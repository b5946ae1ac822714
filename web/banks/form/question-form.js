// The fields of a question.

import { h } from "../../shared/dom.js";
import { emptyConcept, emptyMisconception } from "../draft/edit.js";
import { newId } from "../draft/ids.js";
import { conceptForm, misconceptionForm } from "./concept-form.js";
import { checkField, choiceField, faultsAt, idField, textField } from "./fields.js";
import { orderedList } from "./ordered-list.js";
import { proposals } from "./proposals.js";

/** @typedef {import("../draft/edit.js").EditBank} EditBank */
/** @typedef {import("../draft/edit.js").EditQuestion} EditQuestion */
/** @typedef {import("../draft/edit.js").EditAnswer} EditAnswer */
/** @typedef {import("../draft/faults.js").Faults} Faults */

/** @type {[string, string][]} */
const LEVELS = [["", "none"], ["junior", "junior"], ["intermediate", "intermediate"], ["senior", "senior"]];

/**
 * @param {EditQuestion} question
 * @param {EditBank} bank
 * @param {Faults} faults
 * @param {boolean} mayPropose
 * @param {() => void} change
 * @returns {HTMLElement}
 */
export function questionForm(question, bank, faults, mayPropose, change) {
  const about = { faults, owner: question };
  const set = (/** @type {Partial<EditQuestion>} */ fields) => {
    Object.assign(question, fields);
    change();
  };
  const others = () => bank.questions.filter((other) => other !== question).map(({ id }) => id);
  const hint = question.was === null
    ? "Made from the question. Letters a–z, digits and hyphens."
    : "Kept grades and test cases name the question by it: change it only with a reason.";
  const id = idField({ ...about, made: () => newId(question.question, "question", others()), change, hint });
  const topics = [...new Set(bank.questions.map(({ topic }) => topic).filter(Boolean))];
  const concepts = orderedList({
    items: question.concepts,
    kind: "concept",
    name: ({ text }) => text,
    make: emptyConcept,
    show: (concept) => conceptForm(concept, question.concepts, faults, change),
    change,
  });
  const misconceptions = orderedList({
    items: question.misconceptions,
    kind: "misconception",
    name: ({ text }) => text,
    make: emptyMisconception,
    show: (one) => misconceptionForm(one, question.misconceptions, faults, change),
    change,
  });
  return h(
    "div",
    { class: "question-form" },
    faultsAt(faults, question, ""),
    textField({
      ...about, name: "question", label: "Question", value: question.question, lines: 2,
      change: (text) => {
        question.question = text;
        id.follow();
        change();
      },
    }),
    h(
      "div",
      { class: "row" },
      textField({ ...about, name: "topic", label: "Topic", value: question.topic, suggestions: topics, change: (topic) => set({ topic }) }),
      choiceField({ ...about, name: "level", label: "Level", value: question.level, options: LEVELS, change: (level) => set({ level }) }),
      id.field,
    ),
    textField({ ...about, name: "reference_answer", label: "Reference answer", hint: "May be empty where there are concepts.", value: question.reference_answer, lines: 6, change: (text) => set({ reference_answer: text }) }),
    checkField("Labelled: people graded answers to this question, and grades of it were compared with theirs", question.labelled, (labelled) => set({ labelled })),
    faultsAt(faults, question, "labelled"),
    h("h4", {}, "Alternative answers"),
    faultsAt(faults, question, "alternative_answers"),
    orderedList({
      items: question.alternative_answers,
      kind: "alternative answer",
      name: ({ text }) => text.slice(0, 40),
      make: () => ({ text: "" }),
      show: (answer) => [answerField(answer, faults, change)],
      change,
    }).element,
    h("h4", {}, "Concepts"),
    faultsAt(faults, question, "concepts"),
    concepts.element,
    proposals(question, mayPropose, () => {
      concepts.draw();
      change();
    }, change),
    h("h4", {}, "Misconceptions"),
    faultsAt(faults, question, "misconceptions"),
    misconceptions.element,
    question.examples.length > 0 &&
      h("p", { class: "hint" }, `Examples that a model is shown: ${question.examples.length}. They are kept as they are; change them in the TOML.`),
  );
}

/**
 * @param {EditAnswer} answer
 * @param {Faults} faults
 * @param {() => void} change
 */
function answerField(answer, faults, change) {
  return textField({
    label: "Text", hint: "Another answer that is as right as the reference.", faults, owner: answer, name: "text", value: answer.text, lines: 4,
    change: (text) => {
      answer.text = text;
      change();
    },
  });
}
