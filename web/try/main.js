// Starts the page: one answer, its grade in full, and the request as code.

import { ApiProblem, post } from "../shared/api.js";
import { fill, find, h } from "../shared/dom.js";
import { busy, failure, say, start } from "../shared/shell.js";
import { headline } from "../shared/words.js";
import { BankChoice } from "./banks.js";
import { choice } from "./choice.js";
import { codePanel } from "./code-panel.js";
import { ConceptFields } from "./concepts.js";
import { clearErrors, showErrors, showFieldErrors } from "./errors.js";
import { EMPTY, EXAMPLE } from "./example.js";
import { proposeConcepts } from "./propose.js";
import { requestOf, show, unreadable } from "./request.js";
import { view } from "./view.js";

/** @typedef {import("../shared/api.js").Schemas["Grade"]} Grade */
/** @typedef {import("../shared/api.js").Schemas["GradeRequest"]} GradeRequest */
/** @typedef {import("../shared/shell.js").Session} Session */

const form = find("#request", HTMLFormElement);
const state = find("#state", HTMLElement);
const result = find("#result", HTMLElement);
const cancel = find("#cancel", HTMLButtonElement);
const submit = find("#grade", HTMLButtonElement);

/** Where a request goes: it may name another model or prompt. */
let path = () => "/v1/grade";
/** @type {() => void} */
let renewCode = () => {};
/** @type {() => void} */
let onGraded = () => {};
/** @type {AbortController | null} */
let underWay = null;

const concepts = new ConceptFields(() => renewCode());
const request = () => requestOf(form, concepts.all);

await begin();

async function begin() {
  fillIn(EXAMPLE);
  form.addEventListener("input", () => renewCode());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void grade();
  });
  cancel.onclick = () => underWay?.abort();
  document.addEventListener("keydown", (event) => {
    const wanted = event.key === "Enter" && (event.ctrlKey || event.metaKey) && !document.querySelector("dialog[open]");
    if (!wanted) return;
    event.preventDefault();
    void grade();
  });
  proposeConcepts(form, concepts, request);

  const session = await sessionOrTrouble();
  path = choice(session);
  renewCode = codePanel(request, () => location.origin + path(), session?.keys ?? false);
  find("#graded-with", HTMLElement).textContent = gradedWith(session);
  const banks = new BankChoice(() => {
    // The example's answer belongs to the example's question.
    const answer = find("#answer", HTMLTextAreaElement);
    if (request().question_id && answer.value === EXAMPLE.candidate_answer) answer.value = "";
    renewCode();
  }, session);
  const put = async (/** @type {GradeRequest} */ what) => {
    await banks.leave();
    fillIn(what);
  };
  find("#example", HTMLButtonElement).onclick = () => put(EXAMPLE);
  find("#clear", HTMLButtonElement).onclick = async () => {
    await put(EMPTY);
    find("#question", HTMLTextAreaElement).focus();
  };
  await banks.begin();
  // Whoever had to sign in for a grade may have banks from then on.
  onGraded = () => void banks.load();
}

/** @returns {Promise<Session | null>} */
async function sessionOrTrouble() {
  try {
    return await start();
  } catch (error) {
    fill(find("#trouble", HTMLElement), failure(error, () => location.reload()));
    return null;
  }
}

/** @param {Session | null} session */
function gradedWith(session) {
  if (!session) return "";
  const who = session.model
    ? `Graded with ${session.model}; the grade names the prompt.`
    : "No language model is configured here: auto grades by keywords, and llm is refused.";
  const may = session.scopes.includes("admin");
  const how = may
    ? "Others stand in the settings: models in [[llm.models]], prompts in [jobs.prompts]."
    : "Another model or prompt is for API keys of the scope admin.";
  return session.model ? `${who} ${how}` : who;
}

/** @param {GradeRequest} what */
function fillIn(what) {
  clearErrors(form);
  show(form, what);
  fill(find("#propose-state", HTMLElement));
  concepts.all = what.concepts ?? [];
}

/** Grades what the form holds; one request at a time. */
async function grade() {
  if (underWay) return;
  clearErrors(form);
  fill(state);
  const wrong = unreadable(form);
  if (wrong.length > 0) {
    showFieldErrors(form, wrong);
    return;
  }
  const asked = request();
  underWay = new AbortController();
  submit.disabled = true;
  cancel.hidden = false;
  try {
    /** @type {Promise<Grade>} */
    const work = post(path(), asked, { signal: underWay.signal });
    const graded = await busy(state, "Grading…", work);
    fill(result, ...view(graded, asked.candidate_answer));
    say(`Graded: ${headline(graded)}`);
    bringIntoView();
    onGraded();
  } catch (error) {
    fill(result);
    fill(state, notGraded(error));
  } finally {
    underWay = null;
    submit.disabled = false;
    cancel.hidden = true;
  }
}

/** @param {unknown} error */
function notGraded(error) {
  if (error instanceof DOMException && error.name === "AbortError") {
    say("Cancelled");
    return h("p", { class: "note" }, "Cancelled. There is no grade; the form is as it was.");
  }
  if (error instanceof ApiProblem && error.errors.length > 0 && showErrors(form, error).length === 0) {
    return h("p", { class: "note" }, "Nothing was graded: correct the fields that are marked.");
  }
  return failure(error, () => void grade());
}

/** On a phone the grade is below the form, and long forms are scrolled. */
function bringIntoView() {
  const title = find("#result-title", HTMLElement);
  const { top } = title.getBoundingClientRect();
  if (top < 0 || top > innerHeight * 0.8) title.scrollIntoView({ block: "start" });
}
