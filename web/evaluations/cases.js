// What a case comes to beside people's score, and choosing among cases. No elements here.

/** @typedef {import("./case.js").Case} Case */
/** @typedef {import("./report.js").Settings} Settings */
/** @typedef {"false pass" | "false fail"} Side */
/**
 * @typedef {object} Judgement
 * @property {number | null} error score minus human score
 * @property {boolean | null} passes
 * @property {Side | null} side where it is on the wrong side of the pass mark
 * @property {boolean} far whether it is too far from the human score
 * @property {boolean} disagrees
 */
/** @typedef {Case & Judgement} Judged */
/** @typedef {{question: string, tag: string, only: string}} Filter */

/** What counts as far apart, as in `eval --filter-failing`. */
export const FAR = 0.25;
/** A score this near to a limit is on it: .3 - .05 is not quite .25 in binary. */
const TOLERANCE = 1e-9;

/**
 * @param {number | null} score
 * @param {number | null} mark
 * @returns {boolean | null}
 */
export function passes(score, mark) {
  return score === null || mark === null ? null : score >= mark - TOLERANCE;
}

/**
 * @param {Case} one
 * @param {Settings} settings
 * @returns {Judged}
 */
export function judge(one, settings) {
  const passing = passes(one.score, settings.passMark);
  const should = passes(one.human, settings.humanPassMark);
  const error = one.score === null || one.human === null ? null : one.score - one.human;
  const apart = passing === null || should === null || passing === should;
  const side = apart ? null : passing ? "false pass" : "false fail";
  const far = error !== null && Math.abs(error) > FAR + TOLERANCE;
  return { ...one, error, passes: passing, side, far, disagrees: side !== null || far };
}

/** What may be shown alone, by the word that stands for it in a link. */
export const KINDS = [
  { key: "", title: "All cases" },
  { key: "disagreements", title: "Disagreements" },
  { key: "false-pass", title: "False passes" },
  { key: "false-fail", title: "False fails" },
  { key: "ungraded", title: "Ungraded" },
  { key: "review", title: "For a person to review" },
];

/**
 * @param {Judged} one
 * @param {string} kind
 * @returns {boolean}
 */
export function isKind(one, kind) {
  if (kind === "disagreements") return one.disagrees;
  if (kind === "false-pass") return one.side === "false pass";
  if (kind === "false-fail") return one.side === "false fail";
  if (kind === "ungraded") return one.score === null;
  if (kind === "review") return one.review;
  return true;
}

/**
 * @template {Case} Kind
 * @param {readonly Kind[]} cases
 * @param {{question: string, tag: string}} filter
 * @returns {Kind[]}
 */
export function among(cases, { question, tag }) {
  return cases.filter(
    (one) => (question === "" || one.question === question) && (tag === "" || one.tags.includes(tag)),
  );
}

/**
 * The questions and tags that cases have, in order.
 *
 * @param {readonly Case[]} cases
 * @returns {{questions: string[], tags: string[]}}
 */
export function groups(cases) {
  const sorted = (/** @type {Iterable<string>} */ names) => [...new Set(names)].sort(byName);
  return {
    questions: sorted(cases.map((one) => one.question)),
    tags: sorted(cases.flatMap((one) => one.tags)),
  };
}

const collator = new Intl.Collator("en", { numeric: true });

/**
 * @param {string} one
 * @param {string} other
 */
export function byName(one, other) {
  return collator.compare(one, other);
}

/**
 * How reported and labelled missing concepts match; only counts where they go by different names.
 *
 * @param {Case} one
 * @returns {{both: string[], reported: string[], labelled: string[], byWords: boolean}}
 */
export function missingParts({ missing, labelled, match }) {
  const people = new Set(labelled ?? []);
  const reported = new Set(missing);
  const both = missing.filter((name) => people.has(name));
  return {
    both,
    reported: missing.filter((name) => !people.has(name)),
    labelled: [...people].filter((name) => !reported.has(name)),
    byWords: match !== null && match.both !== both.length,
  };
}
