// What the reviewer decides: the grade's own score beside theirs, the note, and the request made of it.

import { h } from "../shared/dom.js";
import { short } from "../shared/numbers.js";
import { scoreWords, typed } from "./numbers.js";

/** @typedef {import("./sight.js").Sight} Sight */
/** @typedef {import("./ideas.js").Verdicts} Verdicts */
/** @typedef {import("./types.js").ReviewRequest} ReviewRequest */

/**
 * What a reviewer has entered and not saved.
 *
 * @typedef {object} Draft
 * @property {string} score
 * @property {string} note
 * @property {Verdicts} verdicts
 */

const LONGEST_NOTE = 10_000;

/**
 * Gives what the fields begin with: what counts so far, or nothing where that is not to be seen.
 *
 * @param {Sight} seen
 * @returns {Draft & {exact: number | null}}
 */
export function beginning({ grade, last, maxPoints }) {
  const exact = last?.score ?? grade?.score ?? null;
  return { exact, score: exact === null ? "" : short(exact * maxPoints), note: "", verdicts: last?.verdicts ?? {} };
}

/**
 * @param {Sight} seen
 * @param {Draft} draft
 * @param {{closed: boolean, who: (Node | string)[], onaccept: () => void, onchange: () => void}} options
 */
export function decisionPart(seen, draft, { closed, who, onaccept, onchange }) {
  const { maxPoints, grade } = seen;
  const unit = maxPoints === 1 ? "Score" : "Points";
  const field = h("input", {
    id: "score",
    value: draft.score,
    inputMode: "decimal",
    autocomplete: "off",
    "aria-describedby": "score-hint score-error",
    oninput: onchange,
  });
  const error = h("p", { id: "score-error", class: "error" });
  const note = h("textarea", { id: "note", value: draft.note, maxLength: LONGEST_NOTE, dir: "auto", autocomplete: "off", oninput: onchange });
  const advice = h("div", { class: "advice" });
  const outcome = h("div", { class: "outcome", tabIndex: -1 });
  const own = grade?.score ?? null;
  const accept = h("button", { type: "button", onclick: onaccept, disabled: own === null }, "Accept as it is ", h("kbd", {}, "a"));
  const save = h("button", { type: "submit", class: "primary" }, "Save and go on");
  const element = h(
    "section",
    { class: "card decision" },
    h("h3", {}, "Your decision"),
    scores(seen),
    h("div", { class: "who" }, who),
    ...(closed
      ? []
      : [
          h("label", { htmlFor: field.id }, unit, " ", h("kbd", {}, "s")),
          field,
          h("p", { id: "score-hint", class: "hint" }, `From 0 to ${short(maxPoints)}.`),
          error,
          advice,
          h("label", { htmlFor: note.id }, "Note ", h("kbd", {}, "n")),
          note,
          h("p", { class: "hint" }, "Kept with the review, which cannot be changed afterwards. Without names, please."),
          h("div", { class: "buttons" }, save, accept),
        ]),
    outcome,
  );

  /**
   * @param {string} text
   * @returns {null}
   */
  const refuse = (text) => {
    error.textContent = text;
    field.setAttribute("aria-invalid", "true");
    field.focus();
    return null;
  };
  return {
    element,
    field,
    note,
    advice,
    outcome,
    /** Gives the score as it is sent; null where there is none, which is then said. */
    score: (/** @type {ReturnType<typeof beginning>} */ begun) => {
      error.textContent = "";
      field.removeAttribute("aria-invalid");
      if (begun.exact !== null && field.value === begun.score) return { score: begun.exact };
      const number = typed(field.value);
      const range = `from 0 to ${short(maxPoints)}`;
      if (number === null) return refuse(`Give a number ${range}.`);
      if (number > maxPoints) return refuse(`It must be ${range}.`);
      return maxPoints === 1 ? { score: number } : { points: number };
    },
    own,
    lock: (/** @type {boolean} */ locked) => {
      save.disabled = locked;
      accept.disabled = locked || own === null;
    },
  };
}

/** @param {Sight} seen */
function scores({ grade, last, maxPoints }) {
  const own = grade ? scoreWords(grade.score, maxPoints) : "not shown";
  const human = grade ? (last ? scoreWords(last.score, maxPoints) : "none yet") : "not shown";
  return h(
    "dl",
    { class: "scores" },
    h("div", {}, h("dt", {}, "The grade’s own"), h("dd", {}, own)),
    h("div", {}, h("dt", {}, "A person’s"), h("dd", {}, human)),
  );
}
