// After an answer: what it holds and where, what is missing, and one question more.

import { fill, find, h } from "../shared/dom.js";
import { busy, failure, say } from "../shared/shell.js";
import { badge, headline, highlighted } from "../shared/words.js";
import { append, grade } from "./asking.js";
import { dictation } from "./dictation.js";
import { localModel } from "./local-model.js";

/** @typedef {import("./state.js").Answered} Answered */
/** @typedef {import("./state.js").Interview} Interview */
/** @typedef {import("./state.js").Question} Question */
/** @typedef {import("./key.js").Key} Key */

/**
 * Puts the answers to a question and to its follow-up together, as they are graded.
 *
 * @param {string} answer
 * @param {string} more
 */
export function together(answer, more) {
  return more === "" ? answer : `${answer}\n\n${more}`;
}

/**
 * @param {HTMLElement} place
 * @param {Interview} interview
 * @param {Answered} answered
 * @param {Key} key
 * @param {{changed: () => void, next: () => void}} then
 */
export function showFeedback(place, interview, answered, key, then) {
  const question = interview.questions[interview.at];
  if (!question) return then.next();
  const again = () => showFeedback(place, interview, answered, key, then);
  const last = interview.at + 1 >= interview.questions.length;
  const open = answered.followUp !== null && answered.followUp.answer === "" && !answered.followUp.skipped;
  const { grade: graded } = answered;
  fill(
    place,
    h("p", { class: "steps" }, `Question ${interview.at + 1} of ${interview.questions.length}`),
    h("h1", { class: "question" }, question.question),
    h(
      "section",
      { class: "card", "aria-labelledby": "result" },
      h("h2", { id: "result", tabIndex: -1 }, headline(graded)),
      graded.score === null && h("p", {}, `Why: ${graded.review_reasons.join(", ")}.`),
      graded.method === "keyword" && localModel(),
      h("h3", {}, "Your answer"),
      highlighted(together(answered.text, answered.followUp?.answer ?? ""), graded.concepts),
      h("p", { class: "hint" }, "Marked is what an idea was found in."),
    ),
    open && followUp(question, answered, { ...then, again }),
    ideas(question, answered, key, open),
    modelAnswer(question, key),
    h(
      "div",
      { class: "buttons" },
      h("button", { type: "button", class: open ? "" : "primary", onclick: then.next }, last ? "See the report" : "Next question"),
    ),
  );
  find("#result", HTMLElement, place).focus();
  say(headline(graded));
}

/**
 * @param {Question} question
 * @param {Answered} answered
 * @param {Key} key
 * @param {boolean} open whether the follow-up still waits, whose idea is then not told
 */
function ideas(question, answered, key, open) {
  const { grade: graded, followUp: asked } = answered;
  const hidden = open ? asked?.concept : null;
  const before = new Map(answered.first.concepts.map((one) => [one.id, one.verdict]));
  const link = (/** @type {string} */ id) => {
    const href = key.link(question.id, id);
    return href && h("a", { href, target: "_blank", rel: "noopener noreferrer" }, "Read about it");
  };
  const listed = graded.concepts.map((concept) => {
    if (concept.id === hidden) {
      return h("li", {}, badge(concept.verdict), " The follow-up question above is about this one.");
    }
    const was = before.get(concept.id);
    const better = (was === "missing" || was === "contradicted") && concept.verdict !== was;
    return h(
      "li",
      {},
      badge(concept.verdict),
      " ",
      concept.text ?? concept.id,
      better && h("span", { class: "badge covered" }, "by your second answer"),
      concept.evidence && h("div", { class: "quote", dir: "auto" }, `“${concept.evidence.quote}”`),
      h("div", {}, link(concept.id)),
    );
  });
  const wrong = graded.misconceptions.map((one) => h("li", {}, h("span", { class: "badge contradicted" }, "mistaken"), " ", one.text ?? one.id));
  return h(
    "section",
    { class: "card", "aria-labelledby": "ideas" },
    h("h2", { id: "ideas" }, "The ideas of a good answer"),
    h("ul", { class: "list" }, listed),
    wrong.length > 0 && h("h3", {}, "Mistaken beliefs in your answer"),
    wrong.length > 0 && h("ul", { class: "list" }, wrong),
    !open && graded.method === "llm" && graded.feedback !== "" && h("p", { class: "note", dir: "auto" }, graded.feedback),
  );
}

/**
 * @param {Question} question
 * @param {Answered} answered
 * @param {{changed: () => void, again: () => void}} then
 */
function followUp(question, answered, then) {
  const asked = answered.followUp;
  if (!asked) return null;
  const field = h("textarea", { id: "follow-up", rows: 4 });
  const submit = h("button", { type: "submit", class: "primary" }, "Answer");
  const error = h("div", {});
  let spoken = answered.spoken;
  const send = async () => {
    const more = field.value.trim();
    if (more === "") return;
    submit.disabled = true;
    fill(error);
    try {
      const both = together(answered.text, more);
      const graded = await busy(error, "Grading both answers together …", grade(question, both, spoken));
      answered.grade = graded;
      answered.spoken = spoken;
      answered.followUp = { ...asked, answer: more };
      then.changed();
      then.again();
    } catch (problem) {
      fill(error, failure(problem));
      submit.disabled = false;
    }
  };
  const skip = () => {
    answered.followUp = { ...asked, skipped: true };
    then.changed();
    then.again();
  };
  return h(
    "form",
    {
      class: "card",
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        void send();
      },
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
      },
    },
    h("h2", {}, "A follow-up"),
    h("label", { htmlFor: "follow-up" }, asked.question),
    field,
    dictation((piece) => {
      spoken = true;
      append(field, piece);
    }),
    error,
    h("div", { class: "buttons" }, submit, h("button", { type: "button", onclick: skip }, "Show me what is missing")),
  );
}

/**
 * @param {Question} question
 * @param {Key} key
 */
function modelAnswer(question, key) {
  const text = key.modelAnswer(question.id);
  if (text) return h("details", { class: "card" }, h("summary", {}, "Model answer"), h("p", { class: "answer", dir: "auto" }, text));
  if (!key.allowed) return h("p", { class: "hint" }, "The model answer is not shown: your API key lacks the scope “references”.");
  return null;
}
