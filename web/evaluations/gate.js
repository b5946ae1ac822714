// What an evaluation comes to: the gate with its checks, the comparison with a baseline, and what to be careful about.

import { h } from "../shared/dom.js";
import { metricTitle } from "./metrics.js";
import { plainTable } from "./plain-table.js";
import { code, conclusionBadge, count, counted, figure, named, plain, range, signed } from "./words.js";

/** @typedef {import("./report.js").Report} Report */
/** @typedef {import("./report.js").Comparison} Comparison */

/**
 * @param {Report} report
 * @returns {HTMLElement}
 */
export function gate({ gate, runs }) {
  if (!gate) return h("section", {}, h("h3", {}, "Gate"), h("p", { class: "faint" }, "The report has no gate."));
  const several = runs.length > 1;
  const rows = gate.checks.map((check) => [
    conclusionBadge(check.conclusion),
    ...(several ? [named(check.run, 60)] : []),
    h("code", {}, plain(check.name, 60)),
    plain(check.detail, 400),
    figure(check.value),
    check.interval ? range(check.interval) : "–",
    figure(check.limit),
  ]);
  const heads = [
    "Conclusion",
    ...(several ? ["Run"] : []),
    "Check",
    "In words",
    "#Measured",
    "#95 % interval",
    "#Limit",
  ];
  return h(
    "section",
    {},
    h("h3", {}, "Gate"),
    h("p", {}, conclusionBadge(gate.conclusion), " ", meaning(gate.conclusion)),
    rows.length > 0
      ? plainTable("Checks of the gate", heads, rows)
      : h("p", { class: "faint" }, "The suite names no limits to check."),
  );
}

/**
 * @param {string | null} conclusion
 * @returns {string}
 */
function meaning(conclusion) {
  if (conclusion === "pass") return "Every check holds.";
  if (conclusion === "fail") return "Measured, and at least one check does not hold.";
  if (conclusion === "inconclusive")
    return "It could not be told: too much is ungraded, or the comparison cannot tell.";
  return "";
}

const OUTCOMES = new Map([
  ["better", "Better: the whole interval of the difference is above 0."],
  ["no_worse", "No worse: the whole interval of the difference lies within what is tolerated."],
  ["worse", "Worse: the difference is beyond what is tolerated."],
  ["cannot_tell", "Cannot tell: the interval of the difference reaches too far."],
]);

/**
 * The paired comparison with a baseline that the report itself holds.
 *
 * @param {Comparison} comparison
 * @returns {HTMLElement}
 */
export function baseline(comparison) {
  const rows = comparison.differences.map(({ key, before, after, improvement, p, corrected }) => [
    key === comparison.primary ? `${metricTitle(key)} (decides)` : plain(metricTitle(key), 60),
    figure(before),
    figure(after),
    signed(improvement.value),
    range(improvement.interval),
    figure(key === comparison.primary ? p : corrected),
  ]);
  const needed =
    comparison.needed === null ? "" : ` About ${counted(comparison.needed, "more labelled answer")} would settle it.`;
  return h(
    "section",
    {},
    h("h3", {}, "Against the baseline"),
    h("p", {}, `${OUTCOMES.get(comparison.outcome ?? "") ?? code(comparison.outcome)}${needed}`),
    h(
      "p",
      { class: "faint" },
      "Compared with ",
      named(comparison.baseline, 60),
      ` on the ${count(comparison.n)} grades that both have, resampled together. Above 0 is better, whichever way a metric counts; p is corrected for the many metrics, but for the one that decides.`,
    ),
    comparison.snapshotChanged &&
      h("p", { class: "note" }, "Other models replied than in the baseline: a difference may be theirs."),
    rows.length > 0 &&
      h(
        "details",
        {},
        h("summary", {}, "Every metric then and now"),
        plainTable(
          "Against the baseline",
          ["Metric", "#Baseline", "#Now", "#Improvement", "#95 % interval", "#p"],
          rows,
        ),
      ),
  );
}

/**
 * What keeps a report from being about people, about all cases, or from being whole.
 *
 * @param {Report} report
 * @returns {HTMLElement | null}
 */
export function cautions(report) {
  const { labels, stopped, gaps } = report;
  const told = [];
  if (labels.model > 0 && labels.human === 0)
    told.push(
      "The labels are a model’s: where this page says “human”, a model judged, and these figures are no agreement with people.",
    );
  else if (labels.model > 0)
    told.push(
      `${count(labels.model)} of ${count(labels.model + labels.human)} labels are a model’s: in part these figures are no agreement with people.`,
    );
  if (stopped === "interrupted") told.push("The run was interrupted: not every case was graded.");
  else if (stopped === "budget") told.push("The run reached its budget: not every case was graded.");
  else if (stopped !== null) told.push(`The run stopped early (${plain(stopped, 60)}): not every case was graded.`);
  if (told.length === 0 && gaps.length === 0) return null;
  return h(
    "div",
    { class: "note" },
    told.map((sentence) => h("p", {}, sentence)),
    gaps.length > 0 && h("p", {}, "The file is not as eval writes it; what is missing shows as “–” here:"),
    gaps.length > 0 &&
      h(
        "ul",
        {},
        gaps.slice(0, 20).map((gap) => h("li", {}, plain(gap, 300))),
      ),
    gaps.length > 20 && h("p", {}, `And ${count(gaps.length - 20)} more.`),
  );
}
