// The figures of one run: how many, how well, at what cost, and how far its confidence can be trusted.

import { h } from "../shared/dom.js";
import { METRICS } from "./metrics.js";
import { plainTable } from "./plain-table.js";
import { code, count, counted, figure, range, score } from "./words.js";

/** @typedef {import("./metrics.js").Metrics} Metrics */
/** @typedef {import("./report.js").Settings} Settings */

/**
 * @param {Metrics} metrics
 * @param {Settings} settings
 * @returns {HTMLElement[]}
 */
export function figures(metrics, settings) {
  return [
    h(
      "section",
      {},
      h("h3", {}, "Agreement"),
      h("p", {}, graded(metrics)),
      agreement(metrics, settings),
      h("p", { class: "faint" }, intervals(settings)),
      ...notes(metrics),
    ),
    h("section", {}, h("h3", {}, "Cost and latency"), cost(metrics)),
    h("section", {}, h("h3", {}, "Confidence"), ...confidence(metrics)),
  ];
}

/**
 * @param {Metrics} metrics
 * @returns {string}
 */
function graded({ n, graded, ungraded }) {
  const reasons = ungraded.map(([reason, number]) => `${code(reason)}: ${count(number)}`).join(", ");
  const without =
    n === null || graded === null
      ? ""
      : n === graded
        ? " None is ungraded."
        : ` ${count(n - graded)} ungraded${reasons ? ` (${reasons})` : ""}.`;
  return `${count(graded)} of ${count(n)} answers have a score, and the figures are over these.${without}`;
}

/**
 * @param {Metrics} metrics
 * @param {Settings} settings
 */
function agreement({ figures: known }, settings) {
  const rows = METRICS.map((metric) => {
    const one = known.get(metric.key);
    const decides = metric.key === settings.primary ? " Decides against a baseline." : "";
    const levels = metric.key === "qwk" && settings.levels !== null ? ` Here on ${count(settings.levels)} levels.` : "";
    const value = !one ? "not in the report" : one.value === null ? "undefined" : figure(one.value);
    return [
      [metric.title, h("div", { class: "hint" }, `${metric.means}${levels}${decides}`)],
      value,
      one ? range(one.interval) : "–",
    ];
  });
  return plainTable("Agreement with human scores", ["Figure", "#Value", "#95 % interval"], rows);
}

/**
 * @param {Settings} settings
 * @returns {string}
 */
function intervals({ resamples, resampling, questions, passMark, humanPassMark }) {
  const marks = `An answer passes from ${score(passMark)}, and by its human score from ${score(humanPassMark)}.`;
  if (resamples === null) return marks;
  const many = counted(resamples, "resample");
  const asked = questions === null ? "" : ` (${counted(questions, "question")})`;
  if (resampling === "questions") return `${marks} 95 % intervals from ${many} of whole questions${asked}.`;
  if (resampling === "within_questions")
    return `${marks} 95 % intervals from ${many} of the answers within each question${asked}; they say nothing about other questions.`;
  return `${marks} 95 % intervals from ${many}.`;
}

/**
 * @param {Metrics} metrics
 * @returns {HTMLElement[]}
 */
function notes({ people, spread }) {
  const told = [];
  if (people) {
    const parts = METRICS.flatMap(({ key, title }) => {
      const one = people.figures.get(key);
      return one ? [`${title} ${figure(one.value)} (${range(one.interval)})`] : [];
    });
    if (parts.length > 0)
      told.push(
        `The raters among themselves, over ${counted(people.n ?? 0, "answer")}: ${parts.join(", ")}. More than that is not to be hoped for.`,
      );
  }
  if (spread) {
    told.push(
      `Repeated grades of one answer: standard deviation ${figure(spread.deviation)} on average over ${counted(spread.n ?? 0, "answer")}, at most ${score(spread.range)} apart; ${count(spread.flips)} both passed and failed.`,
    );
  }
  return told.map((sentence) => h("p", {}, sentence));
}

/** @param {Metrics} metrics */
function cost({ usage, latency }) {
  const dollars = usage?.cost ?? null;
  const milliseconds = (/** @type {number | null | undefined} */ time) =>
    time === null || time === undefined ? "not measured" : `${count(Math.round(time))} ms`;
  const rows = [
    ["Cost", dollars === null ? "not known" : `US$ ${dollars.toFixed(dollars > 0 && dollars < 1 ? 4 : 2)}`],
    ["Input tokens", `${count(usage?.input ?? null)}, of which cached ${count(usage?.cached ?? null)}`],
    ["Output tokens", count(usage?.output ?? null)],
    ["Time for a grade, median", milliseconds(latency?.middle)],
    ["Time for a grade, 99th percentile", milliseconds(latency?.slowest)],
  ];
  return plainTable("Cost and latency", ["What", "#Sum or time"], rows);
}

/**
 * @param {Metrics} metrics
 * @returns {HTMLElement[]}
 */
function confidence({ risk, bins }) {
  const share = (/** @type {number | null} */ one) => (one === null ? "–" : `${Math.round(one * 100)} %`);
  const curve = risk.map((point) => [
    share(point.coverage),
    count(point.n),
    score(point.confidence),
    figure(point.qwk.value),
    range(point.qwk.interval, 2),
    figure(point.rmse.value),
    range(point.rmse.interval, 2),
  ]);
  const ranges = bins.map((bin) => [
    `${score(bin.from)} to ${score(bin.to)}`,
    count(bin.n),
    score(bin.confidence),
    share(bin.near.value),
    bin.near.interval ? `${share(bin.near.interval[0])} to ${share(bin.near.interval[1])}` : "no interval",
  ]);
  return [
    h("h4", {}, "Risk and coverage"),
    h(
      "p",
      {},
      "If only the most confident grades were kept and people judged the rest: how well would the kept ones agree?",
    ),
    curve.length > 0
      ? plainTable(
          "Risk and coverage",
          ["Kept", "#Grades", "#Confidence from", "#QWK", "#95 % interval", "#RMSE", "#95 % interval"],
          curve,
        )
      : h("p", { class: "faint" }, "The report has no such points."),
    h("h4", {}, "Confidence bins"),
    h("p", {}, "How often is a grade of a certain confidence within .15 of the human score?"),
    ranges.length > 0
      ? plainTable(
          "Confidence bins",
          ["Confidence", "#Grades", "#Mean confidence", "#Within .15", "#95 % interval"],
          ranges,
        )
      : h("p", { class: "faint" }, "The report has no bins."),
  ];
}
