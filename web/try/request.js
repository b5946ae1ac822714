// The form as a request to grade, and a request as what the form shows.

import { find } from "../shared/dom.js";

/** @typedef {import("../shared/api.js").Schemas["GradeRequest"]} GradeRequest */
/** @typedef {import("../shared/api.js").Schemas["Concept"]} Concept */

/** Fields that are left out of a request where they are empty. */
const OPTIONAL = /** @type {const} */ (["max_points", "language"]);
const METHODS = /** @type {const} */ (["auto", "llm", "keyword"]);
const FEEDBACK = /** @type {const} */ (["full", "hint", "none"]);

/**
 * Reads the form. A number that is none is left out; `unreadable` tells of it.
 *
 * @param {HTMLFormElement} form
 * @param {Concept[]} concepts
 * @returns {GradeRequest}
 */
export function requestOf(form, concepts) {
  const value = valuesOf(form);
  const task = value("question_id")
    ? { question_id: value("question_id") }
    : {
        question: value("question"),
        reference_answer: value("reference_answer"),
        ...(concepts.length > 0 ? { concepts } : {}),
      };
  return {
    ...task,
    candidate_answer: value("candidate_answer"),
    ...(value("answer_source") === "speech" ? { answer_source: "speech" } : {}),
    method: oneOf(value("method"), METHODS),
    feedback: oneOf(value("feedback"), FEEDBACK),
    ...(value("max_points") ? { max_points: Number(value("max_points")) } : {}),
    ...(value("language").trim() ? { language: value("language").trim() } : {}),
  };
}

/**
 * Puts a request into the form; its concepts and its question of a bank are others' business.
 *
 * @param {HTMLFormElement} form
 * @param {GradeRequest} request
 */
export function show(form, request) {
  for (const name of /** @type {const} */ (["question", "reference_answer", "candidate_answer"])) {
    find(`[name="${name}"]`, HTMLTextAreaElement, form).value = request[name] ?? "";
  }
  for (const name of OPTIONAL) find(`[name="${name}"]`, HTMLInputElement, form).value = String(request[name] ?? "");
  for (const list of form.querySelectorAll("select[name]:not([name='question_id'])")) {
    if (list instanceof HTMLSelectElement) list.selectedIndex = 0;
  }
}

/**
 * Finds numbers that are none, which a browser gives as nothing at all.
 *
 * @param {HTMLFormElement} form
 * @returns {{pointer: string, detail: string}[]}
 */
export function unreadable(form) {
  const wrong = [];
  for (const field of form.querySelectorAll("input[type='number']")) {
    if (field instanceof HTMLInputElement && field.validity.badInput) {
      wrong.push({ pointer: field.dataset.pointer ?? "", detail: "must be a number" });
    }
  }
  return wrong;
}

/**
 * @param {HTMLFormElement} form
 * @returns {(name: string) => string}
 */
function valuesOf(form) {
  const data = new FormData(form);
  return (name) => {
    const value = data.get(name);
    return typeof value === "string" ? value : "";
  };
}

/**
 * @template {string} Word
 * @param {string} given
 * @param {readonly [Word, ...Word[]]} words
 * @returns {Word}
 */
function oneOf(given, words) {
  return words.find((word) => word === given) ?? words[0];
}
