// Who graded, with what, and what the model said word for word where that is kept.

import { h } from "../shared/dom.js";
import { money, short } from "../shared/numbers.js";
import { methodWords } from "../shared/reasons.js";
import { when } from "./numbers.js";

/** @typedef {import("./sight.js").Sight} Sight */

/**
 * @param {Sight} seen
 * @param {string} id
 * @returns {HTMLElement}
 */
export function originPart({ kept, grade, veil }, id) {
  /** @type {[string, string | null | undefined | false][]} */
  const facts = [
    ["Grade", id],
    ["Made", when(kept.made_at)],
    ["Question", kept.request?.question_id],
    ["Under legal hold", kept.legal_hold && "yes: nothing of it may be erased"],
  ];
  if (grade) facts.push(...judgedBy(grade));
  const shown = facts.filter(([, value]) => value);
  return h(
    "details",
    {},
    h("summary", {}, "Where it comes from"),
    h("dl", { class: "facts" }, shown.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
    grade && kept.reply ? h("div", {}, h("p", { class: "label" }, "The model’s reply"), h("pre", { tabIndex: 0 }, veil(kept.reply))) : null,
  );
}

/**
 * @param {NonNullable<Sight["grade"]>} grade
 * @returns {[string, string | null | undefined | false][]}
 */
function judgedBy({ method, confidence, score_parts: parts, provenance, usage }) {
  const model = [provenance.provider, provenance.model].filter(Boolean).join(" ");
  return [
    ["Graded by", methodWords(method)],
    ["Model", model],
    ["Prompt", provenance.prompt],
    ["Concepts from", provenance.concepts],
    ["Calibration", provenance.calibration],
    ["Judgements by the model", (provenance.samples ?? 0) > 1 && `the mean of ${provenance.samples}`],
    ["Requests to the provider", provenance.attempts > 0 && short(provenance.attempts)],
    ["From a cache", provenance.cached && "yes"],
    ["Confidence", `${short(confidence)} of 1`],
    ["Evidence allows", parts && `a score from ${short(parts.lower)} to ${short(parts.upper)}`],
    ["Before calibration", typeof parts?.calibrated_from === "number" && short(parts.calibrated_from)],
    ["Cost", typeof usage.cost_usd === "number" && usage.cost_usd > 0 && money(usage.cost_usd)],
    ["Software", `answer-grader ${provenance.software}`],
  ];
}
