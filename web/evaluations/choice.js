// Choosing a run among those of all reports.

import { h } from "../shared/dom.js";
import { grader, plain } from "./words.js";

/** @typedef {import("./library.js").Entry} Entry */
/** @typedef {{key: string, run: string}} Choice */

/**
 * @param {string} id
 * @param {readonly Entry[]} entries
 * @param {Choice | null} chosen
 * @param {string} invitation what stands there while nothing is chosen
 * @param {(choice: Choice) => void} choose
 * @returns {HTMLSelectElement}
 */
export function runChoice(id, entries, chosen, invitation, choose) {
  /** @type {Choice[]} */
  const choices = [];
  const groups = entries.map((entry) => {
    const name = `${plain(entry.name, 60)}${entry.local ? " (opened here)" : ""}`;
    const options = entry.runs.map((run) => {
      choices.push({ key: entry.key, run: run.name });
      return h("option", { value: String(choices.length - 1) }, `${name}: ${plain(run.name, 40)} (${grader(run)})`);
    });
    return h("optgroup", { label: name }, options);
  });
  const field = h("select", { id }, h("option", { value: "", disabled: true }, invitation), groups);
  const found = chosen ? choices.findIndex((one) => one.key === chosen.key && one.run === chosen.run) : -1;
  field.value = found < 0 ? "" : String(found);
  field.onchange = () => {
    const choice = choices[Number(field.value)];
    if (choice) choose(choice);
  };
  return field;
}
