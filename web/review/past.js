// What people decided about a grade, and whether that is as it was kept.

import { h } from "../shared/dom.js";
import { verdictWord } from "../shared/words.js";
import { scoreWords, when } from "./numbers.js";

/** @typedef {import("./sight.js").Sight} Sight */
/** @typedef {import("./types.js").Review} Review */

/**
 * @param {Sight} seen
 * @returns {HTMLElement}
 */
export function pastPart(seen) {
  const { kept } = seen;
  return h(
    "section",
    {},
    h("h3", {}, "History"),
    kept.reviews.length > 0
      ? h("ol", { class: "list past" }, kept.reviews.map((review) => item(seen, review)))
      : h("p", { class: "faint" }, "Nobody has reviewed it yet."),
    kept.history_is_whole
      ? h("p", { class: "faint" }, "The history is whole: grade and reviews are as they were kept.")
      : h(
          "p",
          { class: "failure" },
          "The history is not whole: the grade or a review was changed in the database after it was kept. Do not rely on it, and tell whoever runs this service.",
        ),
  );
}

/**
 * @param {Sight} seen
 * @param {Review} review
 */
function item(seen, review) {
  const appeals = review.reason === "appeal";
  const who = appeals ? "The candidate appealed" : review.reviewer;
  const open = appeals || seen.grade !== null;
  const note = open && review.note ? h("blockquote", { dir: "auto" }, seen.veil(review.note)) : null;
  const time = h("time", { class: "faint", dateTime: review.made_at }, when(review.made_at));
  return h("li", {}, h("p", {}, h("strong", {}, who), " ", time), appeals ? null : decided(seen, review), note);
}

/**
 * @param {Sight} seen
 * @param {Review} review
 */
function decided(seen, review) {
  if (!seen.grade) return h("p", { class: "faint" }, "What they decided is not shown as long as the appeal is open.");
  const nameOf = (/** @type {string} */ id) => seen.ideas.find((idea) => idea.id === id)?.text ?? id;
  const verdicts = Object.entries(review.verdicts);
  return h(
    "div",
    {},
    h("p", {}, `Score: ${scoreWords(review.score, seen.maxPoints)}`),
    verdicts.length > 0 &&
      h("ul", {}, verdicts.map(([id, verdict]) => h("li", {}, `${nameOf(id)}: ${verdictWord(verdict)}`))),
  );
}
