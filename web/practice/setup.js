// The first view: which bank, which topics, how many questions, how long.

import { get } from "../shared/api.js";
import { fill, h } from "../shared/dom.js";
import { busy, failure } from "../shared/shell.js";
import { choose, fitting, topicOf } from "./choose.js";
import { forgetAll, missed } from "./state.js";

/** @typedef {import("../shared/api.js").Schemas} Schemas */
/** @typedef {import("./state.js").Interview} Interview */

/**
 * @param {HTMLElement} place
 * @param {Interview | null} before an interview that was begun and not ended
 * @param {(interview: Interview) => void} begin
 */
export async function showSetup(place, before, begin) {
  const body = h("div", {}, h("h1", {}, "Practise an interview"));
  fill(place, body);
  try {
    /** @type {Schemas["BankList"]} */
    const { banks } = await busy(body, "Looking for question banks …", get("/v1/banks"));
    if (before) body.append(carryOn(before, begin));
    if (banks.length === 0) body.append(noBanks());
    else body.append(form(banks, begin));
  } catch (error) {
    body.append(failure(error, () => showSetup(place, before, begin)));
  }
}

function noBanks() {
  return h(
    "p",
    { class: "note" },
    "No question bank is loaded. ",
    h("a", { href: "/banks" }, "Make one or import notes"),
    ", or set ",
    h("code", {}, "banks.built_in = true"),
    " in the settings for the Django bank.",
  );
}

/**
 * @param {Interview} before
 * @param {(interview: Interview) => void} begin
 */
function carryOn(before, begin) {
  const done = before.answers.filter((answer) => answer !== null).length;
  return h(
    "div",
    { class: "note" },
    h("p", {}, `An interview is under way: ${before.title}, ${done} of ${before.questions.length} questions answered.`),
    h("button", { type: "button", onclick: () => begin(before) }, "Carry on"),
  );
}

/**
 * @param {Schemas["BankSummary"][]} banks
 * @param {(interview: Interview) => void} begin
 */
function form(banks, begin) {
  const bank = h(
    "select",
    { id: "bank" },
    banks.map((one) => h("option", { value: one.id }, `${one.title} (${one.questions} questions)`)),
  );
  const rest = h("div", {});
  const show = async () => {
    fill(rest);
    const chosen = banks.find((one) => one.id === bank.value) ?? banks[0];
    if (!chosen) return;
    try {
      /** @type {Schemas["BankView"]} */
      const view = await busy(rest, "Reading the bank …", get(`/v1/banks/${encodeURIComponent(chosen.id)}`));
      fill(rest, choices(view, begin));
    } catch (error) {
      fill(rest, failure(error, show));
    }
  };
  bank.onchange = show;
  void show();
  return h(
    "div",
    {},
    h(
      "p",
      {},
      "One question at a time, as in an interview. After each answer you see which ideas it holds, where, and which are missing. " +
        "Everything stays on this server and in this browser.",
    ),
    h("label", { htmlFor: "bank" }, "Question bank"),
    bank,
    rest,
  );
}

/**
 * @param {Schemas["BankView"]} bank
 * @param {(interview: Interview) => void} begin
 */
function choices(bank, begin) {
  const topics = [...new Set(bank.questions.map(topicOf))];
  const boxes = topics.map((topic) => h("input", { type: "checkbox", value: topic, checked: true }));
  const count = (/** @type {string} */ topic) => bank.questions.filter((one) => topicOf(one) === topic).length;
  const level = select("level", [["", "All levels"], ["junior", "Junior"], ["intermediate", "Intermediate"], ["senior", "Senior"]]);
  const number = h("input", { id: "number", type: "number", min: "1", max: String(bank.questions.length), value: String(Math.min(5, bank.questions.length)) });
  const minutes = select("minutes", [["0", "No limit"], ["2", "2 minutes"], ["3", "3 minutes"], ["5", "5 minutes"]]);
  const again = Object.keys(missed()[bank.id] ?? {}).filter((id) => bank.questions.some((one) => one.id === id));
  const back = h("input", { type: "checkbox", checked: true });
  const told = h("p", { class: "hint", role: "status" });
  const start = h("button", { type: "submit", class: "primary" }, "Begin");
  const wish = () => ({
    topics: boxes.filter((box) => box.checked).map((box) => box.value),
    level: level.value,
    count: Math.max(1, Math.floor(Number(number.value)) || 1),
    missed: back.checked ? again : [],
  });
  const check = () => {
    const chosen = wish();
    const possible = chosen.topics.length === 0 ? 0 : fitting(bank.questions, chosen).length;
    start.disabled = possible === 0;
    told.textContent =
      possible === 0 ? "No question fits: choose another topic or level." : `${Math.min(possible, chosen.count)} of ${possible} questions that fit.`;
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const questions = choose(bank.questions, wish());
    begin({
      version: 1,
      bank: bank.id,
      title: bank.title,
      begun: new Date().toISOString(),
      minutes: Number(minutes.value),
      questions,
      answers: questions.map(() => null),
      at: 0,
      draft: "",
      draftSpoken: false,
      seconds: 0,
      finished: false,
    });
  };
  const form = h(
    "form",
    { onsubmit: submit, oninput: check },
    h(
      "fieldset",
      {},
      h("legend", {}, "Topics"),
      h("div", { class: "topics" }, boxes.map((box) => h("label", { class: "check" }, box, `${box.value} (${count(box.value)})`))),
    ),
    h(
      "div",
      { class: "row" },
      h("div", {}, h("label", { htmlFor: "number" }, "Questions"), number),
      h("div", {}, h("label", { htmlFor: "level" }, "Level"), level),
      h("div", {}, h("label", { htmlFor: "minutes" }, "Time for each"), minutes),
    ),
    again.length > 0 &&
      h("label", { class: "check again" }, back, `Begin with the questions of which you missed ideas last time (${again.length})`),
    told,
    h("div", { class: "buttons" }, start, again.length > 0 && forget()),
  );
  check();
  return form;
}

function forget() {
  const button = h("button", { type: "button", class: "quiet" }, "Forget what I practised");
  button.onclick = () => {
    if (button.textContent !== "Really forget it?") {
      button.textContent = "Really forget it?";
      return;
    }
    forgetAll();
    location.reload();
  };
  return button;
}

/**
 * @param {string} id
 * @param {[string, string][]} options
 */
function select(id, options) {
  return h(
    "select",
    { id },
    options.map(([value, label]) => h("option", { value }, label)),
  );
}
