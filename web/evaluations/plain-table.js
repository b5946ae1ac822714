// A short table that is shown whole.

import { h } from "../shared/dom.js";

/** @typedef {import("../shared/dom.js").Child} Child */

/**
 * @param {string} caption
 * @param {readonly string[]} heads a column of figures begins with `#`
 * @param {readonly (Child | Child[])[][]} rows the first cell names its row
 * @returns {HTMLElement}
 */
export function plainTable(caption, heads, rows) {
  const kind = (/** @type {number} */ index) => (heads[index]?.startsWith("#") ? "number" : "");
  const head = heads.map((title, index) => h("th", { scope: "col", class: kind(index) }, title.replace(/^#/, "")));
  const body = rows.map((row) =>
    h(
      "tr",
      {},
      row.map((cell, index) => made(cell, index, kind(index))),
    ),
  );
  const table = h(
    "table",
    {},
    h("caption", { class: "unseen" }, caption),
    h("thead", {}, h("tr", {}, head)),
    h("tbody", {}, body),
  );
  return h("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": caption }, table);
}

/**
 * @param {Child | Child[]} cell
 * @param {number} index
 * @param {string} kind
 * @returns {HTMLElement}
 */
function made(cell, index, kind) {
  const content = [cell].flat();
  return index === 0 ? h("th", { scope: "row" }, content) : h("td", { class: kind }, content);
}
