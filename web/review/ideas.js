// The concepts with the grade's verdicts and their evidence, each beside the reviewer's own verdict.

import { h } from "../shared/dom.js";
import { short } from "../shared/numbers.js";
import { badge, verdictWord } from "../shared/words.js";
import { quote } from "./noticed.js";
import { passage } from "./sight.js";

/** @typedef {import("./sight.js").Sight} Sight */
/** @typedef {import("./sight.js").Idea} Idea */
/** @typedef {import("./types.js").Verdict} Verdict */
/** @typedef {Record<string, Verdict>} Verdicts */

/** @type {readonly Verdict[]} */
const VERDICTS = ["covered", "partial", "missing", "contradicted"];
/** @type {Record<Verdict, number>} */
const CREDIT = { covered: 1, partial: 0.5, missing: 0, contradicted: 0 };

/**
 * Makes the list of concepts.
 *
 * @param {Sight} seen
 * @param {Verdicts} chosen what the fields begin with
 * @param {(() => void) | null} changed null where nothing can be changed
 */
export function ideasPart(seen, chosen, changed) {
  /** @type {[Idea, HTMLSelectElement][]} */
  const fields = [];
  const item = (/** @type {Idea} */ idea, /** @type {number} */ number) => {
    const field = changed ? select(idea, chosen[idea.id] ?? null, number, changed) : null;
    if (field) fields.push([idea, field]);
    return h("li", { class: "idea" }, words(seen, idea), field && labelled(idea, field));
  };
  const element = h(
    "section",
    {},
    h("h3", {}, "Concepts"),
    seen.ideas.length > 0 ? h("ul", { class: "list" }, seen.ideas.map(item)) : h("p", { class: "faint" }, none(seen)),
  );
  /** What is chosen now, but for what the grade says already. */
  const verdicts = () => {
    /** @type {Verdicts} */
    const other = {};
    for (const [idea, field] of fields) {
      const verdict = VERDICTS.find((one) => one === field.value);
      if (verdict && verdict !== idea.verdict) other[idea.id] = verdict;
    }
    return other;
  };
  return { element, verdicts, score: () => mean(fields) };
}

/** @param {Sight} seen */
function none({ grade, kept }) {
  if (grade && grade.score === null) return "It could not be judged, so there are no verdicts: judge the answer as a whole.";
  if (grade) return "The answer was judged as a whole, without concepts.";
  if (kept.concepts) return "None are declared: judge the answer as a whole.";
  return "They are not shown to you: judge the answer as a whole.";
}

/**
 * @param {Sight} seen
 * @param {Idea} idea
 */
function words(seen, idea) {
  return h(
    "div",
    { class: "idea-words" },
    h(
      "p",
      {},
      idea.verdict && badge(idea.verdict),
      " ",
      h("span", { dir: "auto" }, idea.text ?? `“${idea.id}”`),
      h("span", { class: "faint" }, ` weight ${short(idea.weight)}`),
    ),
    quote(passage(seen, idea.evidence)),
  );
}

/**
 * @param {Idea} idea
 * @param {Verdict | null} chosen
 * @param {number} number
 * @param {() => void} changed
 */
function select(idea, chosen, number, changed) {
  const options = VERDICTS.map((verdict) =>
    h("option", { value: verdict, selected: verdict === (chosen ?? idea.verdict) }, verdictWord(verdict)),
  );
  if (!idea.verdict) options.unshift(h("option", { value: "", selected: !chosen }, "not judged"));
  return h("select", { id: `verdict-${number}`, autocomplete: "off", onchange: changed }, ...options);
}

/**
 * @param {Idea} idea
 * @param {HTMLSelectElement} field
 */
function labelled(idea, field) {
  const label = h("label", { htmlFor: field.id }, "Your verdict", h("span", { class: "unseen" }, `: ${idea.text ?? idea.id}`));
  return h("div", { class: "idea-verdict" }, label, field);
}

/**
 * Gives the weighted mean of the verdicts; null where some are missing.
 *
 * @param {[Idea, HTMLSelectElement][]} fields
 */
function mean(fields) {
  let [sum, weights] = [0, 0];
  for (const [{ weight }, { value }] of fields) {
    const verdict = VERDICTS.find((one) => one === value);
    if (!verdict) return null;
    sum += weight * CREDIT[verdict];
    weights += weight;
  }
  return weights > 0 ? sum / weights : null;
}
