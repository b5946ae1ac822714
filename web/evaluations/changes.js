// Which cases changed between two runs and why, and which are in one only.

import { h } from "../shared/dom.js";
import { names } from "./case-table.js";
import { among, groups } from "./cases.js";
import { CHANGES, isChange, same } from "./comparison.js";
import { filters } from "./filters.js";
import { note, readState } from "./state.js";
import { pagedTable } from "./table.js";
import { code, count, counted, figure, named, plain, score, signed } from "./words.js";

/** @typedef {import("./comparison.js").Change} Change */
/** @typedef {import("./comparison.js").Lone} Lone */
/** @typedef {import("./cases.js").Judged} Judged */

/**
 * @param {readonly Change[]} pairs
 * @returns {HTMLElement}
 */
export function changeTable(pairs) {
  const everyInput = pairs.length > 1 && pairs.every((pair) => pair.otherInput);
  const table = pagedTable({
    caption: "Cases that changed",
    empty: pairs.length === 0 ? "No case is in both." : "No case is like that.",
    columns: columns(everyInput),
    sort: { column: 5, falling: true },
    wide: true,
  });
  const told = h("p", { class: "faint", role: "status" });
  const kinds = CHANGES.map(({ key, title }) => ({
    key,
    title: `${title} (${count(pairs.filter((one) => isChange(one, key)).length)})`,
  }));
  const byCase = new Map(pairs.map((pair) => [pair.after, pair]));
  const cases = [...byCase.keys()];
  const fields = filters({ name: "changes", kinds, groups: groups(cases), chosen: readState(), change: show });

  /** @param {import("./filters.js").Chosen} chosen */
  function show(chosen) {
    const found = among(cases, chosen).filter((one) => one.id.toLowerCase().includes(chosen.search));
    const shown = found.flatMap((one) => byCase.get(one) ?? []).filter((pair) => isChange(pair, chosen.only));
    told.textContent = `${counted(shown.length, "case")} of the ${count(pairs.length)} that are in both. The largest change of the distance to the human score comes first; where one side is ungraded there is none.`;
    table.show(shown);
    note({ only: chosen.only, question: chosen.question, tag: chosen.tag });
  }
  show(fields.chosen());
  const once =
    everyInput &&
    h(
      "p",
      { class: "note" },
      "On no case are question, key and answer the same on both sides. Concepts that have no counterpart on the other side, such as where their names differ, are not compared.",
    );
  return h("div", {}, once, fields.element, told, table.element);
}

/**
 * @param {boolean} everyInput whether it was said once that the inputs differ
 * @returns {import("./table.js").Column<Change>[]}
 */
function columns(everyInput) {
  return [
    {
      title: "Case",
      heads: true,
      value: ({ after }) => after.id,
      cell: ({ after }) => [
        named(after.id, 60),
        after.repetition > 1 && ` [${after.repetition}]`,
        h("div", { class: "hint" }, named(after.question, 60)),
      ],
    },
    {
      title: "Human",
      number: true,
      falling: true,
      value: ({ after }) => after.human,
      cell: ({ before, after }) =>
        same(before.human, after.human) ? score(after.human) : `${score(before.human)} → ${score(after.human)}`,
    },
    {
      title: "Before",
      number: true,
      falling: true,
      value: ({ before }) => before.score,
      cell: ({ before }) => given(before),
    },
    {
      title: "After",
      number: true,
      falling: true,
      value: ({ after }) => after.score,
      cell: ({ after }) => given(after),
    },
    {
      title: "Passes",
      value: passing,
      cell: (one) => (one.crossed ? h("span", { class: `badge ${crossing(one)}` }, passing(one)) : passing(one)),
    },
    {
      title: "Distance to human",
      number: true,
      falling: true,
      value: ({ farther }) => farther && Math.abs(farther),
      cell: distance,
    },
    { title: "What changed", cell: (one) => why(one, everyInput) },
  ];
}

/**
 * @param {Judged} one
 */
function given({ score: points, ungraded }) {
  return points === null
    ? ["ungraded", h("div", { class: "hint" }, code(ungraded ?? "no reason given"))]
    : score(points);
}

/**
 * @param {Change} one
 * @returns {string}
 */
function passing({ before, after, crossed }) {
  const word = (/** @type {boolean | null} */ passes) => (passes === null ? "–" : passes ? "passes" : "fails");
  if (crossed || before.passes !== after.passes) return `${word(before.passes)} → ${word(after.passes)}`;
  return word(after.passes);
}

/**
 * Whether a crossing is to the side where people have the answer.
 *
 * @param {Change} one
 */
function crossing({ after }) {
  return after.human === null ? "" : after.side === null ? "pass" : "fail";
}

/** @param {Change} one */
function distance({ before, after, farther }) {
  const apart = (/** @type {number | null} */ error) => (error === null ? "–" : figure(Math.abs(error), 2));
  if (farther === null) return `${apart(before.error)} → ${apart(after.error)}`;
  const word = Math.abs(farther) < 5e-5 ? "as far" : farther > 0 ? "farther" : "nearer";
  return [
    `${signed(farther, 2)} ${word}`,
    h("div", { class: "hint" }, `${apart(before.error)} → ${apart(after.error)}`),
  ];
}

/**
 * @param {Change} one
 * @param {boolean} everyInput
 * @returns {HTMLElement[]}
 */
function why({ before, after, concepts, otherInput }, everyInput) {
  const told = [];
  if (otherInput && !everyInput) told.push("Question, key or answer is not the same on both sides.");
  if (!same(before.human, after.human)) told.push("The human score is another one.");
  if (before.score === null && after.score === null && before.ungraded !== after.ungraded)
    told.push("Ungraded for another reason.");
  else if (after.score === null && before.score !== null) told.push("No longer graded.");
  else if (before.score === null && after.score !== null) told.push("Now graded.");
  if (before.method !== after.method)
    told.push(`Method: ${plain(before.method ?? "none", 30)} → ${plain(after.method ?? "none", 30)}.`);
  if (!concepts.comparable && !everyInput)
    told.push("Some concepts have no counterpart on the other side and are not compared.");
  const lists = [...names("Newly missed", concepts.missed), ...names("Newly found", concepts.found)];
  if (told.length + lists.length === 0) {
    const only = concepts.comparable ? "only the score" : "the score; concepts are not compared";
    return [h("span", { class: "faint" }, same(before.score, after.score) ? "nothing that can be compared" : only)];
  }
  return [...told.map((sentence) => h("div", {}, sentence)), ...lists];
}

/**
 * @param {readonly Lone[]} lone
 * @returns {HTMLElement}
 */
export function loneTable(lone) {
  const { element, show } = pagedTable({
    caption: "Cases in one only",
    empty: "Every case is in both.",
    sort: { column: 0, falling: false },
    columns: /** @type {import("./table.js").Column<Lone>[]} */ ([
      {
        title: "Case",
        heads: true,
        value: ({ one }) => one.id,
        cell: ({ one }) => [named(one.id, 60), one.repetition > 1 && ` [${one.repetition}]`],
      },
      { title: "Only in", value: ({ where }) => where, cell: ({ where }) => where },
      { title: "Question", value: ({ one }) => one.question, cell: ({ one }) => named(one.question, 60) },
      {
        title: "Human",
        number: true,
        falling: true,
        value: ({ one }) => one.human,
        cell: ({ one }) => score(one.human),
      },
      { title: "Score", number: true, falling: true, value: ({ one }) => one.score, cell: ({ one }) => given(one) },
    ]),
  });
  show(lone);
  if (lone.length === 0) return element;
  const before = lone.filter(({ where }) => where === "before").length;
  return h(
    "details",
    {},
    h("summary", {}, `${count(before)} only before, ${count(lone.length - before)} only after`),
    element,
  );
}
