// What an interview is, and how it survives a reload: in this browser's own storage, and nowhere else.

/** @typedef {import("../shared/api.js").Schemas} Schemas */
/** @typedef {Schemas["Grade"]} Grade */

/**
 * @typedef {object} Question
 * @property {string} id what `question_id` in a request takes
 * @property {string} question
 * @property {string | null} topic
 * @property {boolean} labelled whether grades of it were compared with people's
 */

/**
 * @typedef {object} FollowUp
 * @property {string} concept the idea that it asks about
 * @property {string} question
 * @property {string} answer
 * @property {boolean} skipped
 */

/**
 * @typedef {object} Answered
 * @property {string} text the answer to the question, without that to the follow-up
 * @property {boolean} spoken whether any of it was dictated
 * @property {number} seconds
 * @property {Grade} first the grade of the answer alone
 * @property {Grade} grade the grade that counts: of the answer and the one to the follow-up together
 * @property {FollowUp | null} followUp
 */

/**
 * @typedef {object} Interview
 * @property {1} version
 * @property {string} bank
 * @property {string} title
 * @property {string} begun a moment (ISO 8601)
 * @property {number} minutes for each question; 0 for no limit
 * @property {Question[]} questions
 * @property {(Answered | null)[]} answers one for each question; null where it was passed over or is to come
 * @property {number} at the question that is shown
 * @property {string} draft what is written of its answer
 * @property {boolean} draftSpoken
 * @property {number} seconds that have gone by of it
 * @property {boolean} finished
 */

/** By bank and question, the ideas that were missed when it was last answered. */
/** @typedef {Record<string, Record<string, string[]>>} Missed */

const INTERVIEW = "practice.interview";
const MISSED = "practice.missed";

/**
 * @template Kept
 * @param {string} name
 * @returns {Kept | null}
 */
function read(name) {
  try {
    const text = localStorage.getItem(name);
    return text === null ? null : JSON.parse(text);
  } catch {
    // Storage may be forbidden, or hold what an older version wrote.
    return null;
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 * @returns {boolean} whether it is kept
 */
function write(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

/** @returns {Interview | null} */
export function savedInterview() {
  /** @type {Interview | null} */
  const interview = read(INTERVIEW);
  return interview?.version === 1 && Array.isArray(interview.questions) ? interview : null;
}

/**
 * @param {Interview} interview
 * @returns {boolean} whether it would survive a reload
 */
export function save(interview) {
  return write(INTERVIEW, interview);
}

export function forgetInterview() {
  try {
    localStorage.removeItem(INTERVIEW);
  } catch {
    // Then there is none.
  }
}

/** @returns {Missed} */
export function missed() {
  return read(MISSED) ?? {};
}

/**
 * Keeps which ideas of a question were missed, so that it comes back in the next interview.
 *
 * @param {string} bank
 * @param {string} question
 * @param {Grade} grade
 */
export function keepMissed(bank, question, grade) {
  const all = missed();
  const ofBank = { ...(all[bank] ?? {}) };
  delete ofBank[question];
  const ids = grade.missing_concepts.map((concept) => concept.id);
  // Last means latest: what was missed longest ago comes first.
  if (ids.length > 0) ofBank[question] = ids;
  write(MISSED, { ...all, [bank]: ofBank });
}

/** Forgets everything that was practised here. */
export function forgetAll() {
  forgetInterview();
  try {
    localStorage.removeItem(MISSED);
  } catch {
    // Then there is nothing.
  }
}
