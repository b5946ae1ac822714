// The fields of a concept and of a misconception.

import { h } from "../../shared/dom.js";
import { newId } from "../draft/ids.js";
import { checkField, faultsAt, idField, numberField, textField } from "./fields.js";

/** @typedef {import("../draft/edit.js").EditConcept} EditConcept */
/** @typedef {import("../draft/edit.js").EditMisconception} EditMisconception */
/** @typedef {import("../draft/faults.js").Faults} Faults */

/** @param {{was: string | null}} item */
const idHint = ({ was }) => `${was === null ? "Made from the text. " : ""}Letters a–z, digits and hyphens.`;

/**
 * @param {EditConcept} concept
 * @param {EditConcept[]} all
 * @param {Faults} faults
 * @param {() => void} change
 * @returns {Node[]}
 */
export function conceptForm(concept, all, faults, change) {
  const about = { faults, owner: concept };
  const id = idField({ ...about, made: () => madeId(concept, all, "concept"), change, hint: idHint(concept) });
  const set = (/** @type {Partial<EditConcept>} */ fields) => {
    Object.assign(concept, fields);
    change();
  };
  const more = h(
    "details",
    { open: ["link", "follow_up"].some((name) => faults.of(concept, name).length > 0) },
    h("summary", {}, `Link and follow-up question (${[concept.link, concept.follow_up].filter(Boolean).length} of 2 given)`),
    textField({ ...about, name: "link", label: "Link", hint: "Where a candidate can read about it; begins with https://", value: concept.link, change: (link) => set({ link }), type: "url" }),
    textField({ ...about, name: "follow_up", label: "Follow-up question", hint: "Asked when an answer misses the concept; it must not give it away.", value: concept.follow_up, change: (text) => set({ follow_up: text }), lines: 2 }),
  );
  return [
    faultsAt(faults, concept, ""),
    textField({
      ...about, name: "text", label: "Concept", hint: "One idea, as a statement.", value: concept.text, lines: 2,
      change: (text) => {
        concept.text = text;
        id.follow();
        change();
      },
    }),
    h(
      "div",
      { class: "row" },
      id.field,
      numberField({ ...about, name: "weight", label: "Weight", hint: "How much it counts beside the others.", value: concept.weight, least: 0, step: 0.5, change: (weight) => set({ weight }) }),
    ),
    checkField("Required: an answer without it gets a low score", concept.required, (required) => set({ required })),
    textField({
      ...about, name: "aliases", label: "Aliases", hint: "Other ways to say it, one a line.", value: concept.aliases.join("\n"), lines: Math.min(Math.max(concept.aliases.length, 3), 8),
      change: (lines) => set({ aliases: lines.split("\n").map((line) => line.trim()).filter(Boolean) }),
    }),
    more,
  ];
}

/**
 * @param {EditMisconception} one
 * @param {EditMisconception[]} all
 * @param {Faults} faults
 * @param {() => void} change
 * @returns {Node[]}
 */
export function misconceptionForm(one, all, faults, change) {
  const about = { faults, owner: one };
  const id = idField({ ...about, made: () => madeId(one, all, "misconception"), change, hint: idHint(one) });
  return [
    faultsAt(faults, one, ""),
    textField({
      ...about, name: "text", label: "Misconception", hint: "The mistaken belief, as a statement.", value: one.text, lines: 2,
      change: (text) => {
        one.text = text;
        id.follow();
        change();
      },
    }),
    h(
      "div",
      { class: "row" },
      id.field,
      numberField({
        ...about, name: "cap", label: "Highest score", hint: "Of an answer that says so, 0 to 1.", value: one.cap, least: 0, most: 1, step: 0.05,
        change: (cap) => {
          one.cap = cap;
          change();
        },
      }),
    ),
  ];
}

/**
 * @template {{id: string, text: string}} Item
 * @param {Item} item
 * @param {Item[]} all
 * @param {string} kind
 */
export function madeId(item, all, kind) {
  return newId(item.text, kind, all.filter((other) => other !== item).map((other) => other.id), 5);
}
