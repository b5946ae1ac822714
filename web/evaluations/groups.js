// The figures by tag and by question, each of which can choose the cases below.

import { h } from "../shared/dom.js";
import { pagedTable } from "./table.js";
import { count, figure, named } from "./words.js";

/** @typedef {import("./metrics.js").Metrics} Metrics */
/** @typedef {[string, Metrics]} Row */

const SHOWN = /** @type {const} */ ([
  ["qwk", "QWK"],
  ["pearson_r", "Pearson r"],
  ["rmse", "RMSE"],
  ["bias", "Bias"],
  ["concept_f1", "Concept F1"],
]);

/**
 * @param {string} title
 * @param {string} what what a row is, such as `Tag`
 * @param {readonly Row[]} rows
 * @param {(name: string) => void} choose shows the cases of a row
 * @returns {HTMLElement}
 */
export function groupTable(title, what, rows, choose) {
  const value = (/** @type {string} */ key) => (/** @type {Row} */ row) => row[1].figures.get(key)?.value ?? null;
  const table = pagedTable({
    caption: title,
    empty: `The report has no figures by ${what.toLowerCase()}.`,
    sort: { column: 0, falling: false },
    columns: /** @type {import("./table.js").Column<Row>[]} */ ([
      {
        title: what,
        heads: true,
        value: ([name]) => name,
        cell: ([name]) =>
          h(
            "button",
            { type: "button", class: "link", title: "Show its cases", onclick: () => choose(name) },
            named(name, 80),
          ),
      },
      {
        title: "Graded",
        number: true,
        value: (row) => row[1].graded,
        cell: ([, one]) => `${count(one.graded)} of ${count(one.n)}`,
      },
      ...SHOWN.map(([key, name]) => ({
        title: name,
        number: true,
        value: value(key),
        cell: (/** @type {Row} */ row) => figure(value(key)(row)),
      })),
    ]),
  });
  table.show(rows);
  return h(
    "details",
    {},
    h("summary", {}, `${title} (${count(rows.length)})`),
    h(
      "p",
      { class: "hint" },
      "Over few cases a figure says little; one over cases with constant scores is undefined (–).",
    ),
    table.element,
  );
}
