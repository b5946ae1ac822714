// One grade with all that is needed to judge it, as a form.

import { fill, h } from "../shared/dom.js";
import { short } from "../shared/numbers.js";
import { aboutPart } from "./about.js";
import { answerPart, referencePart } from "./answer.js";
import { beginning, decisionPart } from "./decision.js";
import { ideasPart } from "./ideas.js";
import { feedbackPart, flagsPart, misconceptionsPart, reasonsPart } from "./noticed.js";
import { scoreWords } from "./numbers.js";
import { originPart } from "./origin.js";
import { pastPart } from "./past.js";
import { isSame } from "./reviewer.js";
import { instead, statePart } from "./state.js";

/** @typedef {import("./sight.js").Sight} Sight */
/** @typedef {import("./decision.js").Draft} Draft */
/** @typedef {ReturnType<typeof show>} View */

/**
 * @typedef {object} Options
 * @property {string} id
 * @property {Draft | null} draft what was entered before
 * @property {boolean} mayKnow whether the caller may see the reference answer
 * @property {string} me the reviewer's name, empty where it is not known
 * @property {boolean} byKey whether an API key says it
 * @property {(id: string) => void} open
 * @property {() => void} reveal
 * @property {() => void} rename
 * @property {() => void} accept
 * @property {() => void} save
 */

/**
 * @param {Sight} seen
 * @param {Options} options
 */
export function show(seen, options) {
  const { kept, grade } = seen;
  const begun = beginning(seen);
  const first = options.draft ?? begun;
  const mine = kept.reviews.some((review) => review.reason === "review" && isSame(review.reviewer, options.me));
  const judgedBefore = kept.review_state === "appealed" && options.me !== "" && mine;
  const closed = instead(kept) !== null || judgedBefore;
  const heading = h("h2", { tabIndex: -1, dir: "auto" }, kept.question.trim() || "(no question was sent)");
  const part = decisionPart(seen, first, {
    closed,
    who: instead(kept) === null ? who(options, judgedBefore) : [],
    onaccept: options.accept,
    onchange: () => advise(),
  });
  const ideas = ideasPart(seen, first.verdicts, closed ? null : () => advise());
  /** Offers the score that the verdicts come to, where a verdict was changed. */
  const advise = () => {
    const mean = ideas.score();
    const now = JSON.stringify(ideas.verdicts());
    const text = mean === null ? "" : short(mean * seen.maxPoints);
    if (mean === null || now === initial || part.field.value === text) return fill(part.advice);
    const take = () => {
      part.field.value = text;
      part.field.focus();
      advise();
    };
    fill(
      part.advice,
      h("p", { class: "hint" }, `Your verdicts alone come to ${scoreWords(mean, seen.maxPoints)}. `),
      h("button", { type: "button", onclick: take }, `Take ${text}`),
    );
  };
  const initial = JSON.stringify(ideasPart(seen, begun.verdicts, () => {}).verdicts());
  const draft = () => {
    /** @type {Draft} */
    const now = { score: part.field.value, note: part.note.value, verdicts: ideas.verdicts() };
    const same = now.score === begun.score && now.note === "" && JSON.stringify(now.verdicts) === initial;
    return closed || same ? null : now;
  };
  const focusScore = () => {
    part.field.focus();
    part.field.select();
  };
  const form = h(
    "form",
    {
      noValidate: true,
      "aria-label": "Review of this grade",
      onsubmit: (/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        options.save();
      },
    },
    h(
      "div",
      { class: "sheet" },
      heading,
      closed ? null : h("p", { class: "to-decision" }, h("button", { type: "button", onclick: focusScore }, "To your decision")),
      ...statePart(seen, options).filter((one) => one !== null),
      aboutPart(seen),
      reasonsPart(seen),
      answerPart(seen),
      misconceptionsPart(seen),
      flagsPart(seen),
      ideas.element,
      referencePart(seen, options.mayKnow),
      feedbackPart(seen),
      pastPart(seen),
      originPart(seen, options.id),
    ),
    h("div", { class: "side" }, part.element),
  );
  advise();
  return {
    id: options.id,
    kept,
    element: form,
    heading,
    outcome: part.outcome,
    lock: part.lock,
    draft,
    focusScore,
    focusNote: () => part.note.focus(),
    canDecide: !closed,
    maxPoints: seen.maxPoints,
    /** Gives what is to be kept; null where something is missing, which is then said. */
    decided: () => {
      const score = part.score(begun);
      return score && { ...score, verdicts: ideas.verdicts(), ...noted(part.note.value) };
    },
    /** Gives the grade's own judgement as a decision, or why there is none. */
    accepted: () => {
      if (!grade) return "The first judgement is not shown, so there is nothing to accept: give a score of your own.";
      if (part.own === null) return "The grade has no score to accept: give one.";
      const now = draft();
      const judged = now && (now.score !== begun.score || JSON.stringify(now.verdicts) !== initial);
      if (judged) return "You changed the score or a verdict: save that, or set it back before you accept the grade as it is.";
      return { score: part.own, verdicts: {}, ...noted(part.note.value) };
    },
  };
}

/** @param {string} note */
function noted(note) {
  return note.trim() === "" ? {} : { note: note.trim() };
}

/**
 * Says who reviews, and whether they may.
 *
 * @param {Options} options
 * @param {boolean} judgedBefore
 */
function who({ me, byKey, rename }, judgedBefore) {
  const name = h("strong", { dir: "auto" }, me);
  const change = h("button", { type: "button", class: "quiet", onclick: rename }, "Change");
  const told = () => {
    if (byKey) return h("p", {}, "You review as ", name, ", as your API key is called.");
    if (me !== "") return h("p", {}, "You review as ", name, ". ", change);
    return h("p", { class: "hint" }, "You are asked for your name when you save.");
  };
  const refusal = h("p", { class: "note" }, "You have judged this answer, so somebody else decides the appeal.");
  return judgedBefore ? [told(), refusal] : [told()];
}
