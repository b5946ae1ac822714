// Concepts proposed for a question: nothing of them becomes part of the draft before a person says so.

import { fill, h } from "../../shared/dom.js";
import { busy, failure, say } from "../../shared/shell.js";
import { emptyConcept } from "../draft/edit.js";
import { propose } from "../source.js";
import { madeId } from "./concept-form.js";
import { elementId } from "./fields.js";

/** @typedef {import("../draft/edit.js").EditQuestion} EditQuestion */
/** @typedef {import("../source.js").Schemas["ConceptList"]} ConceptList */
/** @typedef {{text: string, weight: number, aliases: string[], required: boolean, offered: string}} Proposal */

/** @param {string} text */
const folded = (text) => text.trim().toLowerCase();

/**
 * @param {EditQuestion} question
 * @param {boolean} mayPropose
 * @param {() => void} accepted is called after a concept was added
 * @param {() => void} change
 * @returns {HTMLElement}
 */
export function proposals(question, mayPropose, accepted, change) {
  if (!mayPropose) {
    return h("p", { class: "hint" }, "To have concepts proposed, sign in with a key of the scope “grade”.");
  }
  const place = h("div", {});
  const button = h("button", { type: "button", onclick: () => ask() }, "Propose concepts");
  const ask = async () => {
    if (question.reference_answer.trim() === "") {
      fill(place, h("p", { class: "note" }, "Concepts are proposed from the reference answer. Write one first."));
      return;
    }
    button.disabled = true;
    fill(place);
    try {
      const work = propose(question.question.trim(), question.reference_answer.trim());
      show(await busy(place, "Looking for the ideas of the reference answer …", work));
    } catch (error) {
      fill(place, failure(error, ask));
    } finally {
      button.disabled = false;
    }
  };
  /** @param {ConceptList} list */
  const show = (list) => {
    const known = new Set([...question.rejected, ...question.concepts.map(({ text }) => folded(text))]);
    const offered = scaled(list).filter(({ text }) => !known.has(folded(text)));
    const left = list.concepts.length - offered.length;
    const hidden = left > 0 ? ` ${left} more ${left === 1 ? "is" : "are"} in the list already or rejected.` : "";
    if (offered.length === 0) {
      fill(place, h("p", { class: "note" }, `Nothing new is proposed.${hidden}`));
      return;
    }
    const items = h("ul", { class: "list proposals" }, ...offered.map((one) => item(one)));
    const title = h("h5", { tabIndex: -1 }, `${offered.length} proposed, none of them accepted yet`);
    fill(place, h("div", { class: "note" }, title, h("p", { class: "hint" }, `${madeBy(list)}${hidden} A concept becomes part of the draft when you accept it.`), items));
    title.focus();
    say(`${offered.length} concepts are proposed.`);
  };
  /** @param {Proposal} proposal */
  const item = (proposal) => {
    const text = h("textarea", { rows: 2, id: elementId(), value: proposal.text, class: "grows" });
    const weight = h("input", { type: "number", id: elementId(), min: 0, step: 0.5, value: proposal.weight });
    const element = h(
      "li",
      {},
      h("label", { for: text.id }, "Proposed concept"),
      text,
      h("div", { class: "proposal-end" },
        h("div", {}, h("label", { for: weight.id }, "Weight"), weight),
        h("button", { type: "button", class: "primary", onclick: () => accept(), "aria-label": `Accept: ${proposal.text}` }, "Accept"),
        h("button", { type: "button", onclick: () => reject(), "aria-label": `Reject: ${proposal.text}` }, "Reject")),
    );
    const accept = () => {
      const concept = { ...emptyConcept(), text: text.value.trim(), aliases: proposal.aliases, required: proposal.required };
      concept.weight = Number.isNaN(weight.valueAsNumber) ? null : weight.valueAsNumber;
      concept.id = madeId(concept, question.concepts, "concept");
      question.concepts.push(concept);
      // As it was offered it would be offered again, where its text was changed.
      question.rejected.push(folded(proposal.offered));
      accepted();
      done(element, "Concept accepted.");
    };
    const reject = () => {
      question.rejected.push(folded(proposal.offered));
      change();
      done(element, "Proposal rejected. It is not offered again for this draft.");
    };
    return element;
  };
  /**
   * @param {HTMLElement} element
   * @param {string} told
   */
  const done = (element, told) => {
    const next = element.nextElementSibling ?? element.previousElementSibling;
    element.remove();
    say(told);
    if (next) next.querySelector("textarea")?.focus();
    else {
      fill(place, h("p", { class: "note" }, "All proposals are decided."));
      button.focus();
    }
  };
  return h("div", { class: "propose" }, h("div", { class: "buttons" }, button), place);
}

/** @param {ConceptList} list */
function madeBy({ method, provenance }) {
  return method === "llm"
    ? `Made by ${provenance.model ?? "a language model"} from the reference answer.`
    : "Made offline, of the sentences of the reference answer: put each in your words, and split what holds two ideas.";
}

/**
 * Offline, weights count the words of a sentence: beside weights that people give, they are brought to 1 … 3.
 *
 * @param {ConceptList} list
 * @returns {Proposal[]}
 */
function scaled({ concepts, method }) {
  const most = Math.max(1, ...concepts.map(({ weight = 1 }) => weight));
  return concepts.map(({ text, weight = 1, aliases = [], required = false }) => ({
    text,
    weight: method === "llm" ? weight : Math.max(1, Math.round((3 * weight) / most)),
    aliases,
    required,
    offered: text,
  }));
}
