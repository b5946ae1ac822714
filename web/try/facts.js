// What stands behind a grade: who judged with what, what it cost and how long it took.

import { h } from "../shared/dom.js";
import { money } from "../shared/numbers.js";

/** @typedef {import("../shared/api.js").Schemas["Grade"]} Grade */

/**
 * @param {Grade} grade
 * @returns {HTMLElement}
 */
export function provenance(grade) {
  const { provenance: by } = grade;
  return table("Provenance", [
    ["Model", by.model ?? "none"],
    ["Provider", by.provider ?? "none"],
    ["Prompt", by.prompt ? h("code", {}, by.prompt) : "none"],
    ["Concepts", by.concepts ? h("code", {}, by.concepts) : "none"],
    ["Calibration", by.calibration ? h("code", {}, by.calibration) : "none"],
    ["Requests to the model", by.cached ? `${by.attempts} (the reply was known)` : String(by.attempts)],
    ["Judgements by the model", String(by.samples ?? 0)],
    ["Software", `answer-grader ${by.software}`],
    ["Grade", grade.id ? h("code", {}, grade.id) : "without an id"],
  ]);
}

/**
 * @param {Grade} grade
 * @returns {HTMLElement}
 */
export function usage(grade) {
  const { usage: used, timing_ms: took } = grade;
  return table("Usage and time", [
    ["Input tokens", `${used.input_tokens} (${used.cached_input_tokens} from the provider’s cache)`],
    ["Output tokens", String(used.output_tokens)],
    ["Cost", cost(used.cost_usd)],
    ["Time in all", `${milliseconds(took.total)} ms`],
    ["Of it for the model", `${milliseconds(took.llm)} ms`],
  ]);
}

/**
 * @param {string} caption
 * @param {[string, string | Node][]} rows
 */
function table(caption, rows) {
  return h(
    "table",
    { class: "facts" },
    h("caption", { class: "unseen" }, caption),
    h("tbody", {}, ...rows.map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value)))),
  );
}

/** @param {number | null | undefined} dollars */
function cost(dollars) {
  return dollars === null || dollars === undefined ? "unknown: the model has no prices in the settings" : money(dollars);
}

/** Short times with a decimal, long ones without. */
function milliseconds(/** @type {number} */ time) {
  return time >= 100 ? String(Math.round(time)) : time.toFixed(1);
}
