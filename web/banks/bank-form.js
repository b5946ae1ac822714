// The fields of a bank itself.

import { h } from "../shared/dom.js";
import { faultsAt, idField, textField } from "./fields.js";
import { newId } from "./ids.js";

/** @typedef {import("./draft.js").Draft} Draft */
/** @typedef {import("./faults.js").Faults} Faults */

/**
 * @param {Draft} draft
 * @param {Faults} faults
 * @param {string[]} taken ids of other banks
 * @param {() => void} change
 * @returns {HTMLElement}
 */
export function bankForm({ bank, base }, faults, taken, change) {
  const about = { faults, owner: bank };
  const id = base
    ? null
    : idField({
        ...about,
        made: () => newId(bank.title, "bank", taken),
        change,
        hint: "Made from the title. Letters a–z, digits and '-'. It cannot be changed later.",
      });
  return h(
    "div",
    {},
    faultsAt(faults, bank, ""),
    h(
      "div",
      { class: "row" },
      textField({
        ...about, name: "title", label: "Title", value: bank.title,
        change: (title) => {
          bank.title = title;
          id?.follow();
          change();
        },
      }),
      id?.field ?? null,
      textField({
        ...about, name: "as_of", label: "As of", hint: "What the answers were checked against, and when.", value: bank.as_of,
        change: (asOf) => {
          bank.as_of = asOf;
          change();
        },
      }),
    ),
    faultsAt(faults, bank, "questions"),
  );
}
