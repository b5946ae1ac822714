// What two runs are of: what was measured on each side, and what keeps them from being compared.

import { h } from "../shared/dom.js";
import { plainTable } from "./plain-table.js";
import { link } from "./state.js";
import { count, counted, named, plain, score, when } from "./words.js";

/** @typedef {import("./library.js").Entry} Entry */
/** @typedef {import("./report.js").Report} Report */
/** @typedef {import("./report.js").Run} Run */
/** @typedef {{key: string, name: string, entry: Entry | null, report: Report, run: Run}} Side */

/**
 * @param {Side} before
 * @param {Side} after
 * @param {number} shared
 * @param {number} lone
 * @returns {HTMLElement[]}
 */
export function cautions(before, after, shared, lone) {
  const [was, is] = [before.report, after.report];
  const told = [];
  if (before.key === after.key && before.run === after.run)
    told.push("Both sides are the same run: nothing can differ.");
  if (was.suite !== is.suite) told.push("The suites have different names.");
  if (shared === 0)
    told.push(
      "No case is in both: the figures are of different answers, and a difference says nothing about the graders.",
    );
  else if (lone > 0)
    told.push(
      `${counted(lone, "grade is", "grades are")} in one only: the metrics below are each over their own cases. What both graded stands below them.`,
    );
  if (!equal(was.settings, is.settings, ["passMark", "humanPassMark"]))
    told.push("The pass marks differ: an answer may pass on one side for that alone.");
  if (was.settings.levels !== is.settings.levels) told.push("QWK is over different levels and cannot be compared.");
  if (is.labels.model > 0 || was.labels.model > 0)
    told.push("Labels are a model’s, at least in part: these figures are no agreement with people.");
  for (const side of [before, after]) {
    if (side.report.stopped !== null) told.push(`${plain(side.name, 80)} stopped early: not every case was graded.`);
    if (side.report.gaps.length > 0)
      told.push(
        `${plain(side.name, 80)} is not as eval writes it (${counted(side.report.gaps.length, "gap")}; see it alone for what is missing).`,
      );
  }
  return told.length === 0
    ? []
    : [
        h(
          "div",
          { class: "note" },
          told.map((sentence) => h("p", {}, sentence)),
        ),
      ];
}

/**
 * @template {object} Kind
 * @param {Kind} one
 * @param {Kind} other
 * @param {(keyof Kind)[]} names
 */
function equal(one, other, names) {
  return names.every((name) => one[name] === other[name]);
}

/**
 * @param {Side} before
 * @param {Side} after
 */
export function measured(before, after) {
  /** @type {[string, (side: Side) => string | null][]} */
  const facts = [
    ["Run", ({ run }) => run.name],
    ["Suite", ({ report }) => report.suite],
    ["Method", ({ run }) => run.method],
    ["Model", ({ run }) => run.model],
    ["Models that replied", ({ run }) => run.snapshots.join(", ") || null],
    ["Prompt", ({ run }) => run.prompt],
    ["Calibration", ({ run }) => run.calibration],
    ["Options", ({ report }) => report.settings.selection.join(" ") || null],
    ["Pass marks", ({ report: { settings } }) => `${score(settings.passMark)}, human ${score(settings.humanPassMark)}`],
    ["Graded", ({ run }) => `${count(run.metrics?.graded ?? null)} of ${count(run.metrics?.n ?? null)}`],
    ["Software", ({ report }) => report.software],
  ];
  const head = (/** @type {Side} */ side) => [
    h("a", { href: link({ a: side.key, run: side.run.name }) }, named(side.name, 80)),
    h("div", { class: "hint" }, when(side.entry?.modified ?? null)),
  ];
  const rows = facts.map(([title, of]) => {
    const [was, is] = [of(before), of(after)];
    const cell = (/** @type {string | null} */ value) =>
      value === null ? h("span", { class: "faint" }, "none") : named(value, 120);
    return [
      title,
      cell(was),
      cell(is),
      was === is ? h("span", { class: "faint" }, "same") : h("strong", {}, "differs"),
    ];
  });
  return plainTable(
    "What was measured",
    ["What", "Before", "After", "Compared"],
    [["Report", head(before), head(after), ""], ...rows],
  );
}
