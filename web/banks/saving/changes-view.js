// What has changed, to be read before it is saved.

import { fill, h } from "../../shared/dom.js";
import { changes, undo } from "../draft/changes.js";
import { wordDiff } from "../draft/word-diff.js";

/** @typedef {import("../draft/draft.js").Draft} Draft */
/** @typedef {import("../draft/changes.js").Change} Change */
/** @typedef {import("../draft/changes.js").Part} Part */

/** @type {Record<Change["kind"], string>} */
const KINDS = { bank: "changed", added: "new", removed: "removed", changed: "changed" };
/** @type {Record<Change["kind"], string>} */
const COLOURS = { bank: "partial", added: "covered", removed: "contradicted", changed: "partial" };

/**
 * @param {Draft} draft
 * @param {() => void} undone
 * @returns {HTMLElement}
 */
export function changesView(draft, undone) {
  const place = h("div", { class: "changes", tabIndex: 0, role: "region", "aria-label": "Changes" });
  const draw = () => {
    const all = changes(draft.base, draft.bank);
    fill(place, ...(all.length > 0 ? all.map(show) : [h("p", {}, draft.isChanged ? "Only comments or layout of the file differ." : "Nothing is changed.")]));
  };
  /** @param {Change} change */
  const show = (change) =>
    h(
      "section",
      {},
      h("h3", {}, h("span", { class: `badge ${COLOURS[change.kind]}` }, KINDS[change.kind]), " ", change.title),
      change.kind === "added" && h("p", { class: "hint" }, told(change)),
      change.parts.length > 0 && h("dl", {}, ...change.parts.flatMap(partView)),
      draft.base && takeBack(change),
    );
  /** @param {Change} change */
  const takeBack = (change) => {
    const word = change.kind === "removed" ? "Bring it back" : "Undo this";
    const act = () => {
      undo(draft, change);
      draft.keep();
      draw();
      place.focus();
      undone();
    };
    return h("button", { type: "button", "aria-label": `${word}: ${change.title}`, onclick: act }, word);
  };
  draw();
  return place;
}

/** @param {Change} change */
function told({ after }) {
  if (!after) return "";
  const answer = after.reference_answer.trim() ? "with a reference answer" : "without a reference answer";
  return `${after.id || "no id"}, ${answer}, ${after.concepts.length} concepts, ${after.misconceptions.length} misconceptions`;
}

/** @param {Part} part */
function partView({ label, before, after }) {
  const pieces = wordDiff(before.trim(), after.trim()).map(({ kind, text }) => {
    if (kind === "gone") return h("del", {}, text);
    return kind === "new" ? h("ins", {}, text) : text;
  });
  return [h("dt", {}, label), h("dd", { dir: "auto" }, ...pieces)];
}
