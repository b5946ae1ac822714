// The answer with what the grade rests on marked in it, and the reference where it may be seen.

import { h } from "../shared/dom.js";
import { highlighted } from "../shared/words.js";

/** @typedef {import("./sight.js").Sight} Sight */

/**
 * @param {Sight} seen
 * @returns {HTMLElement}
 */
export function answerPart(seen) {
  const { kept, grade, answer } = seen;
  const title = kept.request?.answer_source === "speech" ? "Answer, a transcript of speech" : "Answer";
  return h("section", {}, h("h3", {}, title), answer === null ? gone(seen) : marked(answer, grade));
}

/**
 * @param {string} answer
 * @param {Sight["grade"]} grade
 */
function marked(answer, grade) {
  if (answer.trim() === "") return h("p", { class: "answer faint" }, "(empty)");
  const believed = (grade?.misconceptions ?? []).map((one) => ({
    id: one.id,
    text: `misconception: ${one.text ?? one.id}`,
    weight: 0,
    verdict: /** @type {const} */ ("contradicted"),
    evidence: one.evidence ?? null,
  }));
  return highlighted(answer, [...(grade?.concepts ?? []), ...believed]);
}

/** @param {Sight} seen */
function gone({ kept }) {
  const why = kept.erased_at ? "The answer is erased." : "The answer was not kept (privacy.keep_texts_days is 0).";
  return h(
    "p",
    { class: "note" },
    `${why} Scores and verdicts stay. Without the answer nothing can be judged anew: accept what is there, or leave the grade.`,
  );
}

/**
 * @param {Sight} seen
 * @param {boolean} mayKnow whether the caller has the scope `references`
 * @returns {HTMLElement}
 */
export function referencePart({ kept }, mayKnow) {
  if (!mayKnow) {
    const why = "Your API key may not see reference answers: its scopes lack “references”.";
    return h("section", {}, h("h3", {}, "Reference answer"), h("p", { class: "faint" }, why));
  }
  const others = kept.alternative_answers ?? [];
  const text = kept.reference_answer?.trim();
  return h(
    "section",
    {},
    h("h3", {}, "Reference answer"),
    text
      ? h("p", { class: "answer", dir: "auto" }, text)
      : h("p", { class: "faint" }, "None was given; the answer was judged by the concepts."),
    others.map((other) =>
      h(
        "details",
        {},
        h("summary", {}, "Another accepted answer"),
        h("p", { class: "answer", dir: "auto" }, other.trim()),
      ),
    ),
  );
}
