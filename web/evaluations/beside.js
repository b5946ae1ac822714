// Two runs side by side: which metrics changed, and the pictures. The cases are in changes.js.

import { h } from "../shared/dom.js";
import { judge } from "./cases.js";
import { changeTable, loneTable } from "./changes.js";
import { chart } from "./chart.js";
import { runChoice } from "./choice.js";
import { onBoth, pairCases } from "./comparison.js";
import { metricChanges } from "./metric-changes.js";
import { plainTable } from "./plain-table.js";
import { cautions, measured } from "./sides.js";
import { go, link } from "./state.js";
import { counted, figure, plain, range, signed } from "./words.js";

/** @typedef {import("./library.js").Entry} Entry */
/** @typedef {import("./sides.js").Side} Side */

/**
 * @param {Side} before
 * @param {Side} after
 * @param {readonly Entry[]} entries
 * @returns {HTMLElement[]}
 */
export function beside(before, after, entries) {
  const { pairs, lone } = pairCases(before, after);
  return [
    h("p", {}, h("a", { href: link({}) }, "All reports")),
    h("h2", { tabIndex: -1 }, "Side by side"),
    choices(before, after, entries),
    ...cautions(before, after, pairs.length, lone.length),
    h("section", {}, h("h3", {}, "What was measured"), measured(before, after)),
    h("section", {}, h("h3", {}, "Metrics"), ...metrics(before, after), ...common(pairs)),
    h("section", {}, h("h3", { tabIndex: -1 }, "Cases that changed"), changeTable(pairs)),
    h("section", {}, h("h3", {}, "Cases in one only"), loneTable(lone)),
    h(
      "section",
      {},
      h("h3", {}, "Human score against score"),
      h("div", { class: "columns" }, picture("Before", before), picture("After", after)),
    ),
  ];
}

/**
 * @param {Side} before
 * @param {Side} after
 * @param {readonly Entry[]} entries
 */
function choices(before, after, entries) {
  const state = { a: before.key, run: before.run.name, b: after.key, runB: after.run.name };
  const left = runChoice(
    "before",
    entries,
    { key: before.key, run: before.run.name },
    plain(before.name),
    ({ key, run }) => go({ ...state, a: key, run }),
  );
  const right = runChoice(
    "after",
    entries,
    { key: after.key, run: after.run.name },
    plain(after.name),
    ({ key, run }) => go({ ...state, b: key, runB: run }),
  );
  const swap = () => go({ a: after.key, run: after.run.name, b: before.key, runB: before.run.name });
  return h(
    "div",
    {},
    h(
      "div",
      { class: "row filters" },
      h("div", {}, h("label", { htmlFor: "before" }, "Before"), left),
      h("div", {}, h("label", { htmlFor: "after" }, "After"), right),
    ),
    h("div", { class: "buttons" }, h("button", { type: "button", onclick: swap }, "Swap before and after")),
  );
}

/**
 * @param {Side} before
 * @param {Side} after
 * @returns {HTMLElement[]}
 */
function metrics(before, after) {
  const rows = metricChanges(before.run, after.run).map(
    ({ metric, before: was, after: is, difference, improvement, overlap }) => {
      const better =
        improvement === null ? "–" : Math.abs(improvement) < 5e-4 ? "as before" : improvement > 0 ? "better" : "worse";
      const ends = (/** @type {import("./metrics.js").Estimate | null} */ one) => [
        figure(one?.value ?? null),
        h("div", { class: "hint" }, range(one?.interval ?? null)),
      ];
      return [
        h("span", { title: metric.means }, metric.title),
        ends(was),
        ends(is),
        signed(difference),
        better,
        overlap === null ? "cannot say" : overlap ? "overlap" : "do not overlap",
      ];
    },
  );
  if (rows.length === 0) return [h("p", { class: "faint" }, "Neither report has metrics.")];
  return [
    h(
      "p",
      {},
      "“Better” and “worse” name the direction of the measured difference, not that it is a real one. Intervals that overlap prove nothing: neither that something changed nor that nothing did. Intervals that do not overlap speak for a difference, but among many metrics some come apart by chance.",
    ),
    plainTable(
      "Metrics before and after",
      ["Metric", "#Before", "#After", "#Difference", "Direction", "Intervals (95 %)"],
      rows,
    ),
    h(
      "p",
      {},
      "Where both sides grade the same answers by the same key, a paired comparison sees more than two intervals do. This makes one, and holds it to the suite’s limit: ",
      h("code", {}, "answer-grader eval SUITE --baseline BEFORE.json -o AFTER.json"),
    ),
  ];
}

/**
 * @param {readonly import("./comparison.js").Change[]} pairs
 * @returns {HTMLElement[]}
 */
function common(pairs) {
  const both = onBoth(pairs);
  if (both.n === 0) return [];
  const row = (/** @type {string} */ title, /** @type {(number | null)[]} */ [was = null, is = null]) => [
    title,
    figure(was),
    figure(is),
    signed(was === null || is === null ? null : is - was),
  ];
  return [
    h("h4", {}, `On the ${counted(both.n, "grade")} that both have`),
    plainTable(
      "On the grades that both have",
      ["Metric", "#Before", "#After", "#Difference"],
      [row("RMSE", both.rmse), row("MAE", both.mae), row("Bias", both.bias)],
    ),
  ];
}

/**
 * @param {string} title
 * @param {Side} side
 */
function picture(title, { run, report }) {
  const cases = run.cases.map((one) => judge(one, report.settings));
  return h("div", {}, h("h4", {}, title), chart(cases, report.settings));
}
