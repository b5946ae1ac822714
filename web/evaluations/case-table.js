// The cases of a run in a table that can be sorted and filtered.

import { h } from "../shared/dom.js";
import { KINDS, among, groups, isKind, missingParts } from "./cases.js";
import { filters } from "./filters.js";
import { note, readState } from "./state.js";
import { pagedTable } from "./table.js";
import { code, counted, named, plain, score, signed } from "./words.js";

/** @typedef {import("./cases.js").Judged} Judged */
/** @typedef {import("./filters.js").Chosen} Chosen */

/**
 * @param {readonly Judged[]} cases
 * @returns {{element: HTMLElement, choose: (change: Partial<Chosen>) => void}}
 */
export function caseTable(cases) {
  const repeated = cases.some((one) => one.repetition > 1);
  const table = pagedTable({
    caption: "Cases",
    empty: "No case is like that. Choose others above.",
    columns: columns(repeated),
    sort: { column: 3, falling: true },
    wide: true,
  });
  const told = h("p", { class: "faint", role: "status" });
  const kinds = KINDS.map(({ key, title }) => ({
    key,
    title: `${title} (${cases.filter((one) => isKind(one, key)).length})`,
  }));
  const fields = filters({ name: "cases", kinds, groups: groups(cases), chosen: readState(), change: show });

  /** @param {Chosen} chosen */
  function show(chosen) {
    const shown = among(cases, chosen).filter(
      (one) => isKind(one, chosen.only) && one.id.toLowerCase().includes(chosen.search),
    );
    told.textContent =
      shown.length === cases.length
        ? `All ${counted(cases.length, "case")}.`
        : `${counted(shown.length, "case")} of ${cases.length.toLocaleString("en")}.`;
    table.show(shown);
    note({ only: chosen.only, question: chosen.question, tag: chosen.tag });
  }
  show(fields.chosen());
  return { element: h("div", {}, fields.element, told, table.element), choose: fields.choose };
}

/**
 * @param {boolean} repeated
 * @returns {import("./table.js").Column<Judged>[]}
 */
function columns(repeated) {
  return [
    {
      title: "Case",
      heads: true,
      value: (one) => one.id,
      cell: (one) => [named(one.id, 60), repeated && ` [${one.repetition}]`, about(one)],
    },
    {
      title: "Human",
      number: true,
      falling: true,
      value: (one) => one.human,
      cell: (one) => [score(one.human), raters(one)],
    },
    { title: "Score", number: true, falling: true, value: (one) => one.score, cell: (one) => score(one.score) },
    {
      title: "Apart",
      number: true,
      falling: true,
      value: (one) => one.error && Math.abs(one.error),
      cell: (one) => signed(one.error, 2),
    },
    { title: "Verdict", value: (one) => verdict(one), cell: (one) => verdictCell(one) },
    { title: "Missing concepts", falling: true, value: (one) => wrongConcepts(one), cell: (one) => missing(one) },
    { title: "Confidence", number: true, value: (one) => one.confidence, cell: (one) => score(one.confidence) },
    {
      title: "Method",
      value: (one) => one.method,
      cell: (one) => [plain(one.method ?? "none", 30), h("div", { class: "hint" }, one.notes.map(code).join(", "))],
    },
  ];
}

/** @param {Judged} one */
function about({ question, tags }) {
  const kinds = tags
    .slice(0, 6)
    .map((tag) => plain(tag, 40))
    .join(", ");
  return h("div", { class: "hint" }, named(question, 60), kinds && h("div", {}, h("bdi", {}, kinds)));
}

/** @param {Judged} one */
function raters({ raters: all }) {
  return new Set(all).size > 1 && h("div", { class: "hint" }, `raters ${all.slice(0, 5).map(score).join(", ")}`);
}

/**
 * @param {Judged} one
 * @returns {string}
 */
function verdict({ score: given, side, far, ungraded, passes, error }) {
  if (given === null) return `ungraded: ${ungraded === null ? "no reason given" : code(ungraded)}`;
  if (side !== null) return side;
  if (far) return "far apart";
  if (error === null) return "no human score";
  return passes === null ? "near" : passes ? "passes" : "fails";
}

/** @param {Judged} one */
function verdictCell(one) {
  if (one.score === null) return h("span", { class: "badge inconclusive wraps" }, verdict(one));
  if (one.disagrees) return h("span", { class: "badge fail" }, verdict(one));
  return verdict(one);
}

/**
 * @param {Judged} one
 * @returns {number | null}
 */
function wrongConcepts({ labelled, match }) {
  return labelled === null || match === null ? null : match.reported + match.labelled;
}

/**
 * @param {Judged} one
 * @returns {HTMLElement[]}
 */
function missing(one) {
  if (one.score === null && one.missing.length === 0) return [h("span", { class: "faint" }, "not judged")];
  if (one.labelled === null)
    return [...names("Reported", one.missing), h("div", { class: "hint" }, "No label says which are missing.")];
  if (one.missing.length === 0 && one.labelled.length === 0)
    return [h("span", { class: "faint" }, "none, as labelled")];
  const { both, reported, labelled, byWords } = missingParts(one);
  if (!byWords || !one.match)
    return [...names("Both", both), ...names("Reported only", reported), ...names("Labelled only", labelled)];
  const told = `By their words ${one.match.both} match, ${one.match.reported} are reported only, ${one.match.labelled} labelled only.`;
  return [...names("Reported", one.missing), ...names("Labelled", one.labelled), h("div", { class: "hint" }, told)];
}

const SHOWN = 4;

/**
 * A line of names; of many, most are folded away.
 *
 * @param {string} label
 * @param {readonly string[]} all
 * @returns {HTMLElement[]}
 */
export function names(label, all) {
  if (all.length === 0) return [];
  const listed = (/** @type {readonly string[]} */ some) =>
    some.flatMap((name, index) => [index > 0 && ", ", named(name, 90)]);
  const head = h("span", { class: "label-inline" }, `${label}: `);
  if (all.length <= SHOWN) return [h("div", { class: "names" }, head, ...listed(all))];
  const rest = h(
    "details",
    {},
    h("summary", {}, `${label}: ${all.length} concepts`),
    ...listed(all.slice(0, 100)),
    all.length > 100 && ` and ${all.length - 100} more`,
  );
  return [rest];
}
