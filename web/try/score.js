// The score, and how it comes about: what the grader gave, held within what the evidence allows.

import { h } from "../shared/dom.js";
import { short } from "../shared/numbers.js";
import { failureAdvice, failureWords, methodWords } from "../shared/reasons.js";
import { headline, percent } from "../shared/words.js";

/** @typedef {import("../shared/api.js").Schemas["Grade"]} Grade */

/**
 * Makes what comes first: the headline, the score, who judged.
 *
 * @param {Grade} grade
 */
export function summary(grade) {
  const { score, points } = grade;
  const known = score !== null && score !== undefined && points !== null && points !== undefined;
  return h(
    "div",
    { class: "card" },
    h("h3", {}, headline(grade)),
    known
      ? h("p", { class: "figures" }, h("strong", {}, `${short(points, 2)} of ${short(grade.max_points, 2)} points`), ` · score ${score.toFixed(2)}`)
      : h("p", {}, "It has no score, which is not a zero. The reasons are below."),
    h("p", {}, `Judged by ${methodWords(grade.method)}. `, grade.needs_review && h("span", { class: "badge partial" }, "a person should look at it")),
    grade.degraded && h("p", { class: "note" }, `${failureWords(grade.degraded.reason)} ${failureAdvice(grade.degraded.reason)} `, h("code", {}, grade.degraded.reason)),
  );
}

/**
 * Shows the parts of a score.
 *
 * @param {Grade} grade
 * @returns {HTMLElement}
 */
export function scoreParts(grade) {
  const { score, score_parts: parts } = grade;
  if (!parts || score === null || score === undefined) return h("p", { class: "faint" }, "Nothing was judged, so there is nothing to add up.");
  const before = parts.calibrated_from ?? null;
  const rows = [
    ["Overall, as judged", parts.overall.toFixed(2)],
    ["Concepts, their weighted mean", parts.concept_score === null || parts.concept_score === undefined ? "no concepts" : parts.concept_score.toFixed(2)],
    ["The evidence allows", `${parts.lower.toFixed(2)} to ${parts.upper.toFixed(2)}`],
    ...(before === null ? [] : [["Before calibration", before.toFixed(2)]]),
    ["Score", score.toFixed(2)],
  ];
  return h(
    "div",
    {},
    h("p", {}, told(parts.overall, parts.lower, parts.upper, before !== null)),
    scale(parts.lower, parts.upper, parts.overall, score),
    h(
      "table",
      { class: "facts" },
      h("caption", { class: "unseen" }, "Parts of the score"),
      h("tbody", {}, ...rows.map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, name ?? ""), h("td", { class: "number" }, value ?? "")))),
    ),
  );
}

/**
 * @param {number} overall
 * @param {number} lower
 * @param {number} upper
 * @param {boolean} calibrated
 */
function told(overall, lower, upper, calibrated) {
  const then = calibrated ? " A calibration then made it what people would give." : "";
  if (overall > upper) return `The answer as a whole was given ${percent(overall)}, but its evidence allows no more than ${percent(upper)}.${then}`;
  if (overall < lower) return `The answer as a whole was given ${percent(overall)}, but its evidence is worth at least ${percent(lower)}.${then}`;
  return `The answer as a whole was given ${percent(overall)}, which its evidence allows.${then}`;
}

/** The same as a picture; the table has it in numbers. */
function scale(/** @type {number} */ lower, /** @type {number} */ upper, /** @type {number} */ overall, /** @type {number} */ score) {
  const allowed = h("span", { class: "allowed" });
  allowed.style.left = `${lower * 100}%`;
  allowed.style.width = `${(upper - lower) * 100}%`;
  const at = (/** @type {string} */ kind, /** @type {number} */ value) => {
    const mark = h("span", { class: kind });
    mark.style.left = `${value * 100}%`;
    return mark;
  };
  return h(
    "div",
    { class: "scale", "aria-hidden": "true" },
    h("div", { class: "track" }, allowed, at("given", overall), at("scored", score)),
    h("div", { class: "legend" }, h("span", { class: "key-allowed" }, "allowed"), h("span", { class: "key-given" }, "as judged"), h("span", { class: "key-scored" }, "score")),
  );
}
