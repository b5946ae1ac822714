// A question, and the answer as it is written or spoken.

import { post } from "../shared/api.js";
import { fill, find, h } from "../shared/dom.js";
import { busy, failure } from "../shared/shell.js";
import { dictation } from "./dictation.js";
import { save } from "./state.js";
import { timer } from "./timer.js";

/** @typedef {import("./state.js").Interview} Interview */
/** @typedef {import("./state.js").Grade} Grade */
/** @typedef {import("./state.js").Question} Question */

/**
 * Grades an answer to a question of a bank.
 *
 * @param {Question} question
 * @param {string} text
 * @param {boolean} spoken
 * @returns {Promise<Grade>}
 */
export function grade(question, text, spoken) {
  return post("/v1/grade", {
    question_id: question.id,
    candidate_answer: text,
    ...(spoken ? { answer_source: "speech" } : {}),
  });
}

/**
 * Adds what was dictated to what is written.
 *
 * @param {HTMLTextAreaElement} field
 * @param {string} piece
 */
export function append(field, piece) {
  const before = field.value;
  const gap = before === "" || /\s$/.test(before) ? "" : " ";
  field.value = before + gap + piece;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * @param {HTMLElement} place
 * @param {Interview} interview
 * @param {{answered: (grade: Grade, text: string, seconds: number) => void, passed: () => void, ended: () => void}} then
 */
export function showQuestion(place, interview, then) {
  const question = interview.questions[interview.at];
  if (!question) return then.ended();
  const time = timer(interview.seconds, interview.minutes, (seconds) => {
    interview.seconds = seconds;
    if (seconds % 5 === 0) save(interview);
  });
  const field = h("textarea", { id: "answer", value: interview.draft, rows: 9, "aria-describedby": "answer-hint" });
  const submit = h("button", { type: "submit", class: "primary" }, "Submit the answer");
  const error = h("div", {});
  const unsaved = h("p", { class: "hint", hidden: true }, "This browser keeps nothing, so a reload would lose the interview.");
  const keep = () => {
    interview.draft = field.value;
    submit.disabled = field.value.trim() === "";
    unsaved.hidden = save(interview);
  };
  field.oninput = keep;
  const spoken = dictation((piece) => {
    interview.draftSpoken = true;
    append(field, piece);
  });
  const send = async () => {
    if (submit.disabled) return;
    submit.disabled = true;
    field.readOnly = true;
    fill(error);
    const text = field.value.trim();
    try {
      const graded = await busy(error, "Grading …", grade(question, text, interview.draftSpoken));
      then.answered(graded, text, time.stop());
    } catch (problem) {
      fill(error, failure(problem));
      field.readOnly = false;
      submit.disabled = false;
    }
  };
  const leave = (/** @type {() => void} */ next) => () => {
    time.stop();
    next();
  };
  fill(
    place,
    h("p", { class: "steps" }, `Question ${interview.at + 1} of ${interview.questions.length} – ${interview.title}`),
    h("progress", { max: interview.questions.length, value: interview.at, "aria-label": "Questions done" }),
    h("h1", { class: "question", tabIndex: -1 }, question.question),
    h("p", {}, question.topic && h("span", { class: "badge" }, question.topic), " ", !question.labelled && unlabelled()),
    h(
      "form",
      {
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          void send();
        },
        onkeydown: (/** @type {KeyboardEvent} */ event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
        },
      },
      h("label", { htmlFor: "answer" }, "Your answer"),
      field,
      h("p", { class: "hint", id: "answer-hint" }, "In whole sentences, as you would say it. Ctrl+Enter submits."),
      h("div", { class: "under-answer" }, spoken, time.element),
      unsaved,
      error,
      h(
        "div",
        { class: "buttons" },
        submit,
        h("button", { type: "button", onclick: leave(then.passed) }, "Skip this question"),
        h("button", { type: "button", class: "quiet", onclick: leave(then.ended) }, "End the interview"),
      ),
    ),
  );
  keep();
  find("h1", HTMLElement, place).focus();
}

function unlabelled() {
  return h(
    "span",
    { class: "badge partial", title: "No answers to this question have been graded by people yet, so nobody has measured how well it is graded here." },
    "not measured against people yet",
  );
}
