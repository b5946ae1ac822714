// A table of any length: it is sorted and cut into pages as data, and only one page is in the document.

import { fill, h } from "../shared/dom.js";
import { say } from "../shared/shell.js";
import { byName } from "./cases.js";
import { count } from "./words.js";

/** @typedef {import("../shared/dom.js").Child} Child */

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} title
 * @property {(row: Row) => Child | Child[]} cell
 * @property {(row: Row) => number | string | null} [value] what it is sorted by; without one it is not
 * @property {boolean} [number] whether figures stand in it
 * @property {boolean} [heads] whether it names its row
 * @property {boolean} [falling] whether the largest comes first when it is chosen
 */

const PAGE = 100;

/**
 * @template Row
 * @param {{caption: string, columns: Column<Row>[], sort?: {column: number, falling: boolean}, empty: string, wide?: boolean}} options
 * @returns {{element: HTMLElement, show: (rows: readonly Row[]) => void}}
 */
export function pagedTable({ caption, columns, sort, empty, wide = false }) {
  /** @type {Row[]} */
  let rows = [];
  let page = 0;
  let order = sort ?? null;
  const body = h("tbody");
  const heads = columns.map((column, index) => head(column, () => choose(index)));
  const none = h("p", { class: "faint" }, empty);
  const title = h("caption", {}, caption);
  const table = h("table", { class: wide ? "wide" : "" }, title, h("thead", {}, h("tr", {}, heads)), body);
  const shown = h("span", { class: "faint" });
  const previous = h("button", { type: "button", onclick: () => turn(-1) }, "Previous page");
  const next = h("button", { type: "button", onclick: () => turn(1) }, "Next page");
  const pager = h("div", { class: "buttons" }, previous, next, shown);
  const frame = h("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": caption }, table);
  const element = h("div", { class: "paged" }, none, frame, pager);

  /** @param {number} index */
  function choose(index) {
    const turned = order?.column === index ? !order.falling : columns[index]?.falling === true;
    order = { column: index, falling: turned };
    page = 0;
    sortRows();
    draw();
    say(`Sorted by ${columns[index]?.title}, ${turned ? "falling" : "rising"}.`);
  }

  /** @param {number} step */
  function turn(step) {
    page += step;
    draw();
    element.scrollIntoView({ block: "start" });
    say(shown.textContent ?? "");
  }

  function sortRows() {
    const value = order && columns[order.column]?.value;
    if (!order || !value) return;
    const sign = order.falling ? -1 : 1;
    const keyed = rows.map((row) => ({ row, key: value(row) }));
    keyed.sort((one, other) => compare(one.key, other.key, sign));
    rows = keyed.map(({ row }) => row);
  }

  function draw() {
    const pages = Math.max(1, Math.ceil(rows.length / PAGE));
    page = Math.min(Math.max(page, 0), pages - 1);
    const from = page * PAGE;
    const part = rows.slice(from, from + PAGE);
    fill(
      body,
      part.map((row) =>
        h(
          "tr",
          {},
          columns.map((column) => cell(column, row)),
        ),
      ),
    );
    heads.forEach((one, index) => {
      if (order?.column === index) one.setAttribute("aria-sort", order.falling ? "descending" : "ascending");
      else one.removeAttribute("aria-sort");
    });
    none.hidden = rows.length > 0;
    frame.hidden = rows.length === 0;
    pager.hidden = pages === 1;
    previous.disabled = page === 0;
    next.disabled = page === pages - 1;
    shown.textContent = `${count(from + 1)} to ${count(from + part.length)} of ${count(rows.length)}`;
  }

  return {
    element,
    show: (all) => {
      rows = [...all];
      page = 0;
      sortRows();
      draw();
    },
  };
}

/**
 * @template Row
 * @param {Column<Row>} column
 * @param {() => void} choose
 * @returns {HTMLElement}
 */
function head(column, choose) {
  const content = column.value
    ? h("button", { type: "button", class: "sort", onclick: choose }, column.title)
    : column.title;
  return h("th", { scope: "col", class: column.number ? "number" : "" }, content);
}

/**
 * @template Row
 * @param {Column<Row>} column
 * @param {Row} row
 * @returns {HTMLElement}
 */
function cell(column, row) {
  const content = [column.cell(row)].flat();
  if (column.heads) return h("th", { scope: "row" }, content);
  return h("td", { class: column.number ? "number" : "" }, content);
}

/**
 * What has no value comes last, whichever way it is sorted.
 *
 * @param {number | string | null} one
 * @param {number | string | null} other
 * @param {number} sign
 * @returns {number}
 */
function compare(one, other, sign) {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  if (typeof one === "number" && typeof other === "number") return sign * (one - other);
  return sign * byName(String(one), String(other));
}
