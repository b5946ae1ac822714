// A grade in words, and the evidence where it stands in the answer.

import { h } from "./dom.js";

/** @typedef {import("./api.js").Schemas["Grade"]} Grade */
/** @typedef {Grade["concepts"][number]} Judged */

/** @type {Record<string, string>} */
const VERDICTS = {
  covered: "covered",
  partial: "partly covered",
  missing: "missing",
  contradicted: "contradicted",
};

/**
 * @param {string} verdict
 * @returns {string}
 */
export function verdictWord(verdict) {
  return VERDICTS[verdict] ?? verdict;
}

/**
 * Makes a badge of a verdict; its meaning is not in its colour alone.
 *
 * @param {string} verdict
 */
export function badge(verdict) {
  return h("span", { class: `badge ${verdict}` }, verdictWord(verdict));
}

/**
 * Says what a grade comes to. One by keywords counts the ideas that were found: a paraphrase may hold more
 * than it finds, so that a percentage would promise too much.
 *
 * @param {Grade} grade
 * @returns {string}
 */
export function headline(grade) {
  if (grade.score === null || grade.score === undefined) return "This answer could not be graded.";
  if (grade.method === "llm") {
    return `${percent(grade.score)} – ${count(grade)} ideas covered`;
  }
  return `Mentions ${count(grade)} ideas`;
}

/** @param {Grade} grade */
function count(grade) {
  const found = grade.concepts.filter((one) => one.verdict === "covered" || one.verdict === "partial");
  return `${found.length} of ${grade.concepts.length}`;
}

/**
 * @param {number} share 0..1
 * @returns {string}
 */
export function percent(share) {
  // The space does not break.
  return `${Math.round(share * 100)}\u00a0%`;
}

/** The verdict that counts where evidence for several ideas overlaps. */
const RANK = ["contradicted", "covered", "partial", "missing"];

/**
 * Makes an answer with the evidence for its concepts marked. Offsets count Unicode scalar values, of which
 * JavaScript's strings may need two units each. Where spans overlap, each piece names all of its ideas.
 *
 * @param {string} answer
 * @param {readonly Judged[]} concepts
 * @returns {HTMLElement}
 */
export function highlighted(answer, concepts) {
  const spans = concepts.flatMap((concept) => (concept.evidence ? [{ ...concept.evidence, concept }] : []));
  const scalars = Array.from(answer);
  const inside = (/** @type {number} */ at) => Math.min(Math.max(at, 0), scalars.length);
  const edges = [0, scalars.length, ...spans.flatMap(({ start, end }) => [inside(start), inside(end)])];
  const sorted = [...new Set(edges)].sort((one, other) => one - other);
  const pieces = sorted.slice(1).map((end, at) => {
    const start = sorted[at] ?? 0;
    const text = scalars.slice(start, end).join("");
    const here = spans
      .filter((span) => span.start <= start && span.end >= end)
      .sort((one, other) => RANK.indexOf(one.concept.verdict) - RANK.indexOf(other.concept.verdict));
    const first = here[0];
    if (!first) return text;
    const told = here.map(({ concept }) => `${verdictWord(concept.verdict)}: ${concept.text ?? concept.id}`);
    return h("mark", { class: first.concept.verdict, title: told.join("\n") }, text);
  });
  return h("p", { class: "answer", dir: "auto" }, ...pieces);
}
