// What has to be known about a grade before it is judged: that it does not count, that its score is hidden.

import { h } from "../shared/dom.js";
import { when } from "./numbers.js";

/** @typedef {import("./sight.js").Sight} Sight */

/**
 * Gives the grade that counts instead of this one; null where this one does.
 *
 * @param {Sight["kept"]} kept
 * @returns {string | null}
 */
export function instead({ standing }) {
  if (!standing) return null;
  return "replaced_by" in standing ? standing.replaced_by : standing.proposed_instead_of;
}

/**
 * @param {Sight} seen
 * @param {{open: (id: string) => void, reveal: () => void}} actions
 * @returns {(HTMLElement | null)[]}
 */
export function statePart(seen, { open, reveal }) {
  const { kept, grade } = seen;
  const other = instead(kept);
  return [
    kept.history_is_whole ? null : h("p", { class: "failure" }, "The history of this grade is not whole. See there before you decide."),
    other === null ? null : notCounting(kept, () => open(other)),
    grade ? null : blind(seen, reveal),
    kept.erased_at ? h("p", { class: "note" }, `What the candidate wrote was erased on ${when(kept.erased_at)}, with all that quotes it.`) : null,
  ];
}

/**
 * @param {Sight["kept"]} kept
 * @param {() => void} open
 */
function notCounting({ standing }, open) {
  const replaced = standing && "replaced_by" in standing;
  const why = replaced
    ? "This grade was replaced by a re-grade. The other one counts, and is the one to review."
    : "This grade is a re-grade’s proposal: it does not count yet. The one that counts is the one to review.";
  return h(
    "div",
    { class: "note" },
    h("p", {}, why),
    h("p", {}, h("button", { type: "button", onclick: open }, "Open the one that counts")),
  );
}

/**
 * @param {Sight} seen
 * @param {() => void} reveal
 */
function blind({ canReveal }, reveal) {
  return h(
    "div",
    { class: "note" },
    h("p", {}, "An appeal is open, so the first score, verdicts and evidence are not shown. Judge the answer anew."),
    canReveal &&
      h(
        "details",
        {},
        h("summary", {}, "You may see them, as an administrator"),
        h("p", {}, "Whoever has seen the first judgement follows it more easily. Leave it closed if you decide the appeal."),
        h("p", {}, h("button", { type: "button", onclick: reveal }, "Show the first judgement")),
      ),
  );
}
