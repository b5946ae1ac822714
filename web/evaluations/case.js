// A case of a report, and what became of it: read, as the rest of the report is.

/** @typedef {import("./part.js").Part} Part */
/**
 * @typedef {object} Case
 * @property {string} id
 * @property {number} repetition
 * @property {string} question
 * @property {string | null} input what tells whether question, key and answer are the same
 * @property {string[]} tags
 * @property {number | null} human
 * @property {number[]} raters
 * @property {number | null} score
 * @property {string | null} ungraded
 * @property {string | null} method
 * @property {string[]} missing
 * @property {string[] | null} labelled
 * @property {{both: number, reported: number, labelled: number} | null} match
 * @property {string[] | null} concepts the ids of all concepts, where the report names them
 * @property {number | null} confidence
 * @property {boolean} review
 * @property {string[]} notes review reasons and flags
 */

/**
 * @param {Part} part
 * @param {number} index
 * @returns {Case}
 */
export function readCase(part, index) {
  const match = part.part("concept_match", false);
  const raters = part.list("human_scores", false) ?? [];
  return {
    id: part.text("id") ?? `case ${index + 1}`,
    repetition: part.number("repetition", false) ?? 1,
    question: part.text("question_id") ?? "",
    input: part.text("input", false),
    tags: part.texts("tags", false) ?? [],
    human: part.number("human_score"),
    raters: raters.filter((one) => typeof one === "number"),
    score: part.number("score"),
    ungraded: part.text("ungraded"),
    method: part.text("method"),
    missing: part.texts("missing_concepts") ?? [],
    labelled: part.texts("labelled_missing"),
    match: match && {
      both: match.number("both") ?? 0,
      reported: match.number("reported_only") ?? 0,
      labelled: match.number("labelled_only") ?? 0,
    },
    concepts: part.list("concepts", false) && part.parts("concepts", false).map((concept) => concept.text("id") ?? ""),
    confidence: part.number("confidence"),
    review: part.fields.get("needs_review") === true,
    notes: [...(part.texts("review_reasons", false) ?? []), ...(part.texts("flags", false) ?? [])],
  };
}
