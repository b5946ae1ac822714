// Two runs beside each other, case by case: what changed and why. No elements here.

import { judge } from "./cases.js";

/** @typedef {import("./cases.js").Judged} Judged */
/** @typedef {import("./report.js").Report} Report */
/** @typedef {import("./report.js").Run} Run */
/**
 * @typedef {object} Concepts
 * @property {string[]} missed missing now, and not before
 * @property {string[]} found missing before, and not now
 * @property {boolean} comparable whether both sides name concepts alike
 */
/**
 * @typedef {object} Change
 * @property {Judged} before
 * @property {Judged} after
 * @property {number | null} farther how much larger the error is now; below 0 it is nearer
 * @property {boolean} crossed whether it passes on one side alone
 * @property {Concepts} concepts
 * @property {boolean} otherInput whether question, key or answer are not what they were
 * @property {boolean} changed
 */
/** @typedef {{one: Judged, where: "before" | "after"}} Lone */

/** Scores that differ by less are the same: they are written with four digits. */
const SAME = 5e-5;

/**
 * Pairs cases by id and repetition; ids that come twice are paired in their order.
 *
 * @param {{report: Report, run: Run}} before
 * @param {{report: Report, run: Run}} after
 * @returns {{pairs: Change[], lone: Lone[]}}
 */
export function pairCases(before, after) {
  const olds = keyed(before);
  const pairs = [];
  /** @type {Lone[]} */
  const lone = [];
  for (const [key, one] of keyed(after)) {
    const old = olds.get(key);
    if (old) pairs.push(change(old, one));
    else lone.push({ one, where: "after" });
    olds.delete(key);
  }
  for (const one of olds.values()) lone.push({ one, where: "before" });
  return { pairs, lone };
}

/** @param {{report: Report, run: Run}} side */
function keyed({ report, run }) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  /** @type {Map<string, Judged>} */
  const cases = new Map();
  for (const one of run.cases) {
    const name = JSON.stringify([one.id, one.repetition]);
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    cases.set(`${name} ${times}`, judge(one, report.settings));
  }
  return cases;
}

/**
 * @param {Judged} before
 * @param {Judged} after
 * @returns {Change}
 */
function change(before, after) {
  const farther = before.error === null || after.error === null ? null : Math.abs(after.error) - Math.abs(before.error);
  const concepts = conceptChange(before, after);
  const crossed = before.passes !== null && after.passes !== null && before.passes !== after.passes;
  const otherInput = before.input !== null && after.input !== null && before.input !== after.input;
  const differs =
    !same(before.score, after.score) ||
    !same(before.human, after.human) ||
    crossed ||
    before.ungraded !== after.ungraded ||
    before.method !== after.method ||
    concepts.missed.length + concepts.found.length > 0;
  return { before, after, farther, crossed, concepts, otherInput, changed: differs };
}

/**
 * @param {number | null} one
 * @param {number | null} other
 */
export function same(one, other) {
  return one === null || other === null ? one === other : Math.abs(one - other) < SAME;
}

/**
 * Where the key is another one, only concepts that both sides know can be newly missed or found. A report
 * that names no concepts is taken to know those that it reports.
 *
 * @param {Judged} before
 * @param {Judged} after
 * @returns {Concepts}
 */
function conceptChange(before, after) {
  if (before.score === null || after.score === null) return { missed: [], found: [], comparable: true };
  const sameInput = before.input === after.input;
  const known = (/** @type {Judged} */ side, /** @type {string} */ name) =>
    sameInput || side.concepts === null || side.concepts.includes(name);
  const was = new Set(before.missing);
  const is = new Set(after.missing);
  const missed = after.missing.filter((name) => !was.has(name));
  const found = before.missing.filter((name) => !is.has(name));
  const missedHere = missed.filter((name) => known(before, name));
  const foundHere = found.filter((name) => known(after, name));
  return {
    missed: missedHere,
    found: foundHere,
    comparable: missedHere.length === missed.length && foundHere.length === found.length,
  };
}

/** What may be shown alone. */
export const CHANGES = [
  { key: "", title: "All that changed" },
  { key: "nearer", title: "Nearer to the human score" },
  { key: "farther", title: "Farther from the human score" },
  { key: "crossed", title: "Passes on one side only" },
  { key: "graded", title: "Graded on one side only" },
  { key: "concepts", title: "Other missing concepts" },
  { key: "method", title: "Other method" },
  { key: "same", title: "Unchanged" },
];

/**
 * @param {Change} one
 * @param {string} kind
 * @returns {boolean}
 */
export function isChange(one, kind) {
  if (kind === "nearer") return one.farther !== null && one.farther <= -SAME;
  if (kind === "farther") return one.farther !== null && one.farther >= SAME;
  if (kind === "crossed") return one.crossed;
  if (kind === "graded") return (one.before.score === null) !== (one.after.score === null);
  if (kind === "concepts") return one.concepts.missed.length + one.concepts.found.length > 0;
  if (kind === "method") return one.before.method !== one.after.method;
  return kind === "same" ? !one.changed : one.changed;
}

/**
 * The plain figures over the cases that both graded, which two sets of cases do not disturb.
 *
 * @param {readonly Change[]} pairs
 */
export function onBoth(pairs) {
  const errors = pairs.flatMap(({ before, after }) =>
    before.error === null || after.error === null ? [] : [[before.error, after.error]],
  );
  const mean = (/** @type {number} */ side, /** @type {(error: number) => number} */ of) =>
    errors.length === 0 ? null : errors.reduce((sum, pair) => sum + of(pair[side] ?? 0), 0) / errors.length;
  const root = (/** @type {number} */ side) => {
    const square = mean(side, (error) => error * error);
    return square === null ? null : Math.sqrt(square);
  };
  return {
    n: errors.length,
    rmse: [root(0), root(1)],
    mae: [mean(0, Math.abs), mean(1, Math.abs)],
    bias: [mean(0, (error) => error), mean(1, (error) => error)],
  };
}
