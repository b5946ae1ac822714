// A report as this page understands it: read from a document that may lack anything, or hold more.

import { readCase } from "./case.js";
import { estimate, interval, readMetrics } from "./metrics.js";
import { Gaps, Part } from "./part.js";

/** @typedef {import("./case.js").Case} Case */
/** @typedef {import("./metrics.js").Estimate} Estimate */
/** @typedef {import("./metrics.js").Metrics} Metrics */

/**
 * @typedef {object} Settings
 * @property {number | null} passMark
 * @property {number | null} humanPassMark
 * @property {number | null} levels
 * @property {string | null} primary
 * @property {number | null} repeat
 * @property {number | null} resamples
 * @property {string | null} resampling
 * @property {number | null} questions
 * @property {string[]} selection
 */
/**
 * @typedef {object} Comparison
 * @property {string | null} outcome
 * @property {string | null} primary
 * @property {string | null} baseline
 * @property {number | null} n
 * @property {number | null} needed
 * @property {boolean} snapshotChanged
 * @property {{key: string, before: number | null, after: number | null, improvement: Estimate, p: number | null, corrected: number | null}[]} differences
 */
/**
 * @typedef {object} Run
 * @property {string} name
 * @property {string | null} method
 * @property {string | null} model
 * @property {string[]} snapshots
 * @property {string | null} prompt
 * @property {string | null} calibration
 * @property {Metrics | null} metrics
 * @property {[string, Metrics][]} byTag
 * @property {[string, Metrics][]} byQuestion
 * @property {Comparison | null} comparison
 * @property {Case[]} cases
 */
/** @typedef {{run: string | null, name: string | null, value: number | null, interval: [number, number] | null, limit: number | null, conclusion: string | null, detail: string | null}} Check */
/** @typedef {{conclusion: string | null, checks: Check[]}} Gate */
/**
 * @typedef {object} Report
 * @property {string | null} suite
 * @property {string | null} software
 * @property {string | null} stopped
 * @property {Settings} settings
 * @property {{human: number, model: number}} labels
 * @property {Run[]} runs
 * @property {Gate | null} gate
 * @property {string[]} gaps what it lacks, in sentences
 */

const FORMAT = "answer-grader/eval-report/1";

/** Says why a document is no report. */
export class NoReport extends Error {}

/**
 * @param {unknown} document
 * @returns {Report}
 */
export function readReport(document) {
  const gaps = new Gaps();
  const part = new Part(document, "", gaps);
  if (!part.isObject || !Array.isArray(part.fields.get("runs"))) {
    throw new NoReport("This is JSON, but not a report of answer-grader eval: it has no list of runs.");
  }
  const format = part.text("schema");
  if (format !== null && format !== FORMAT)
    gaps.note(`the format is “${format}”, and this page knows ${FORMAT}: what differs is not shown`);
  const labels = part.part("label_sources");
  const gate = part.part("gate");
  return {
    suite: part.text("suite"),
    software: part.text("software"),
    stopped: part.text("stopped", false),
    settings: settings(part.part("settings") ?? new Part({}, "settings", new Gaps())),
    labels: { human: labels?.number("human", false) ?? 0, model: labels?.number("model", false) ?? 0 },
    runs: part.parts("runs").map(run),
    gate: gate && { conclusion: gate.text("conclusion"), checks: gate.parts("checks").map(check) },
    gaps: gaps.sentences,
  };
}

/**
 * @param {Part} part
 * @returns {Settings}
 */
function settings(part) {
  return {
    passMark: part.number("pass_mark"),
    humanPassMark: part.number("human_pass_mark"),
    levels: part.number("levels"),
    primary: part.text("primary"),
    repeat: part.number("repeat", false),
    resamples: part.number("resamples", false),
    resampling: part.text("resampling", false),
    questions: part.number("questions", false),
    selection: part.texts("selection", false) ?? [],
  };
}

/**
 * @param {Part} part
 * @param {number} index
 * @returns {Run}
 */
function run(part, index) {
  const metrics = part.part("metrics");
  const comparison = part.part("comparison", false);
  return {
    name: part.text("name") ?? `run ${index + 1}`,
    method: part.text("method"),
    model: part.text("model", false),
    snapshots: part.texts("snapshots", false) ?? [],
    prompt: part.text("prompt", false),
    calibration: part.text("calibration", false),
    metrics: metrics && readMetrics(metrics),
    byTag: part.named("by_tag").map(([tag, one]) => [tag, readMetrics(one, false)]),
    byQuestion: part.named("by_question").map(([question, one]) => [question, readMetrics(one, false)]),
    comparison: comparison && compared(comparison),
    cases: part.parts("cases").map(readCase),
  };
}

/**
 * @param {Part} part
 * @returns {Check}
 */
function check(part) {
  return {
    run: part.text("run"),
    name: part.text("name"),
    value: part.number("value"),
    interval: interval(part),
    limit: part.number("limit"),
    conclusion: part.text("conclusion"),
    detail: part.text("detail"),
  };
}

/**
 * @param {Part} part
 * @returns {Comparison}
 */
function compared(part) {
  return {
    outcome: part.text("outcome"),
    primary: part.text("primary"),
    baseline: part.part("baseline")?.text("name") ?? null,
    n: part.number("n"),
    needed: part.number("answers_needed", false),
    snapshotChanged: part.fields.get("snapshot_changed") === true,
    differences: part.named("differences").map(([key, one]) => ({
      key,
      before: one.number("baseline"),
      after: one.number("current"),
      improvement: estimate(one, "improvement"),
      p: one.number("p"),
      corrected: one.number("p_holm"),
    })),
  };
}
