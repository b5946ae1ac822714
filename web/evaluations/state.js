// What is shown, as it stands in the address after `#`, so that a link can be shared. The server never gets it.

/**
 * @typedef {object} State
 * @property {string} a the report that is shown
 * @property {string} run which of its runs; the first where it is empty
 * @property {string} b the report beside it; empty where there is none
 * @property {string} runB
 * @property {string} question
 * @property {string} tag
 * @property {string} only which kind of cases
 */

/** What a longer one names may be a text, and an address is no place for that. */
const LONGEST = 100;

/**
 * @param {string} [hash]
 * @returns {State}
 */
export function readState(hash = location.hash) {
  const parameters = new URLSearchParams(hash.replace(/^#/, ""));
  const of = (/** @type {string} */ name) => parameters.get(name) ?? "";
  return {
    a: of("a"),
    run: of("run"),
    b: of("b"),
    runB: of("run_b"),
    question: of("question"),
    tag: of("tag"),
    only: of("only"),
  };
}

/**
 * @param {Partial<State>} state
 * @returns {string}
 */
export function link({ a = "", run = "", b = "", runB = "", question = "", tag = "", only = "" }) {
  const short = (/** @type {string} */ text) => (text.length > LONGEST ? "" : text);
  const all = { a, run, b, run_b: runB, question: short(question), tag: short(tag), only };
  const parameters = new URLSearchParams(Object.entries(all).filter(([, value]) => value !== ""));
  return `#${parameters}`;
}

/**
 * Goes to another report or pair, as a link does.
 *
 * @param {Partial<State>} state
 */
export function go(state) {
  location.hash = link(state);
}

/**
 * Notes a choice within what is shown, without a step to go back to.
 *
 * @param {Partial<State>} change
 */
export function note(change) {
  history.replaceState(null, "", link({ ...readState(), ...change }));
}
