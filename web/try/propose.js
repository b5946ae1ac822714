// Proposes concepts of the reference answer, and takes them back.

import { busy, failure, say } from "../shared/shell.js";
import { post } from "../shared/api.js";
import { fill, find, h } from "../shared/dom.js";
import { clearErrors, showErrors } from "./errors.js";

/** @typedef {import("../shared/api.js").Schemas["ConceptList"]} ConceptList */
/** @typedef {import("../shared/api.js").Schemas["GradeRequest"]} GradeRequest */
/** @typedef {import("./concepts.js").ConceptFields} ConceptFields */

/**
 * @param {HTMLFormElement} form
 * @param {ConceptFields} concepts
 * @param {() => GradeRequest} request
 */
export function proposeConcepts(form, concepts, request) {
  const button = find("#propose", HTMLButtonElement);
  const state = find("#propose-state", HTMLElement);
  button.onclick = async () => {
    fill(state);
    clearErrors(form);
    button.disabled = true;
    try {
      const { question, reference_answer, method } = request();
      /** @type {Promise<ConceptList>} */
      const work = post("/v1/concepts", { question, reference_answer, method });
      const list = await busy(state, "Looking for the ideas of the reference…", work);
      const before = concepts.all;
      concepts.all = list.concepts;
      fill(state, told(list, before.length > 0 ? () => takeBack(before) : null));
      say(`${list.concepts.length} concepts proposed`);
    } catch (error) {
      if (showErrors(form, error).length > 0) fill(state, failure(error));
    } finally {
      button.disabled = false;
    }
  };

  const takeBack = (/** @type {ConceptFields["all"]} */ before) => {
    concepts.all = before;
    fill(state);
    button.focus();
  };
}

/**
 * @param {ConceptList} list
 * @param {(() => void) | null} takeBack
 */
function told(list, takeBack) {
  const by =
    list.method === "llm"
      ? `${list.provenance.model ?? "A model"} proposes these. Read them: answers are judged by them.`
      : "These are the reference’s key phrases, since no model made them. Put them into words of your own.";
  return h(
    "div",
    { class: "note" },
    h("p", {}, by),
    takeBack && h("button", { type: "button", onclick: takeBack }, "Take the former concepts back"),
  );
}
