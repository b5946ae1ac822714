// A report in detail: one run of it at a time.

import { find, h } from "../shared/dom.js";
import { caseTable } from "./case-table.js";
import { judge } from "./cases.js";
import { chart } from "./chart.js";
import { figures } from "./figures.js";
import { baseline, cautions, gate } from "./gate.js";
import { groupTable } from "./groups.js";
import { runChoice } from "./choice.js";
import { go, link } from "./state.js";
import { conclusionBadge, counted, grader, named, plain, when } from "./words.js";

/** @typedef {import("./library.js").Entry} Entry */
/** @typedef {import("./report.js").Report} Report */
/** @typedef {import("./report.js").Run} Run */

/**
 * @param {object} options
 * @param {string} options.key
 * @param {string} options.name
 * @param {Entry | null} options.entry
 * @param {Report} options.report
 * @param {string} options.wanted the run that was asked for
 * @param {readonly Entry[]} options.entries all that can be compared with
 * @returns {HTMLElement[]}
 */
export function detail({ key, name, entry, report, wanted, entries }) {
  const run = report.runs.find((one) => one.name === wanted) ?? report.runs[0] ?? null;
  const head = [
    h("p", {}, h("a", { href: link({}) }, "All reports")),
    h("h2", { tabIndex: -1 }, named(name), " ", conclusionBadge(report.gate?.conclusion ?? null)),
    h(
      "p",
      { class: "faint" },
      "Suite ",
      named(report.suite, 80),
      ", ",
      when(entry?.modified ?? null),
      ", answer-grader ",
      named(report.software, 30),
      selection(report),
    ),
    cautions(report),
  ];
  const present = head.filter((one) => one !== null);
  if (!run)
    return [
      ...present,
      h("p", { class: "note" }, "The report has no runs, so there is nothing to show. Was its suite empty?"),
      gate(report),
    ];
  const unknown = wanted !== "" && run.name !== wanted;
  return [
    ...present,
    ...(unknown
      ? [h("p", { class: "note" }, "The report has no run ", named(wanted, 60), "; this is its first one.")]
      : []),
    choices({ key, run, report, entries }),
    gate(report),
    ...oneRun(run, report),
  ];
}

/** @param {Report} report */
function selection({ settings }) {
  return settings.selection.length > 0 && [", chosen by ", h("code", {}, plain(settings.selection.join(" "), 200))];
}

/**
 * @param {object} options
 * @param {string} options.key
 * @param {Run} options.run
 * @param {Report} options.report
 * @param {readonly Entry[]} options.entries
 */
function choices({ key, run, report, entries }) {
  const own = h(
    "select",
    { id: "run" },
    report.runs.map((one) => h("option", { value: one.name }, `${plain(one.name, 60)} (${grader(one)})`)),
  );
  own.value = run.name;
  own.onchange = () => go({ a: key, run: own.value });
  const others = entries.flatMap((entry) => entry.runs.map((one) => ({ key: entry.key, run: one.name })));
  const comparable = others.some((one) => one.key !== key || one.run !== run.name);
  const beside = runChoice("beside", entries, null, "Choose a run", (other) => {
    const [mine, theirs] = [key, other.key].map((one) => entries.find((entry) => entry.key === one)?.modified ?? "");
    const here = { key, run: run.name };
    // The older one is what the other is compared with.
    const [before, after] = (theirs ?? "") <= (mine ?? "") ? [other, here] : [here, other];
    go({ a: before.key, run: before.run, b: after.key, runB: after.run });
  });
  return h(
    "div",
    { class: "row filters" },
    h("div", {}, h("label", { htmlFor: "run" }, "Run"), own),
    comparable && h("div", {}, h("label", { htmlFor: "beside" }, "Put side by side with"), beside),
    h("div", {}, h("button", { type: "button", class: "to-cases", onclick: toCases }, "Go to the cases")),
  );
}

function toCases() {
  const title = find("#cases", HTMLElement);
  title.scrollIntoView({ block: "start" });
  title.focus({ preventScroll: true });
}

/**
 * @param {Run} run
 * @param {Report} report
 * @returns {HTMLElement[]}
 */
function oneRun(run, report) {
  const judged = run.cases.map((one) => judge(one, report.settings));
  const cases = caseTable(judged);
  const choose = (/** @type {Partial<import("./filters.js").Chosen>} */ change) => {
    cases.choose(change);
    toCases();
  };
  const facts = [
    ["snapshots", run.snapshots.join(", ")],
    ["calibration", run.calibration ?? ""],
  ].filter(([, value]) => value);
  return [
    h("h3", {}, "Run ", named(run.name, 80)),
    h(
      "p",
      { class: "faint" },
      h("bdi", {}, grader(run)),
      facts.map(([what, value]) => `, ${what} ${plain(value ?? "", 120)}`),
      `, ${counted(run.cases.length, "grade")}`,
    ),
    ...(run.comparison ? [baseline(run.comparison)] : []),
    ...(run.metrics ? figures(run.metrics, report.settings) : [h("p", { class: "note" }, "This run has no metrics.")]),
    h(
      "section",
      {},
      h("h3", {}, "By tag and by question"),
      groupTable("By tag", "Tag", run.byTag, (tag) => choose({ tag })),
      groupTable("By question", "Question", run.byQuestion, (question) => choose({ question })),
    ),
    h("section", {}, h("h3", {}, "Human score against score"), chart(judged, report.settings)),
    h(
      "section",
      {},
      h("h3", { id: "cases", tabIndex: -1 }, "Cases"),
      h(
        "p",
        {},
        "A grade disagrees where it is on the wrong side of the pass mark, or more than .25 from the human score.",
      ),
      cases.element,
    ),
  ];
}
