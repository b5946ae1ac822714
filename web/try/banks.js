// A question of a bank in place of the form's own.

import { get } from "../shared/api.js";
import { fill, find, h } from "../shared/dom.js";
import { busy, failure } from "../shared/shell.js";
import { namedQuestion, nameQuestion, onQuestionNamed } from "./address.js";

/** @typedef {import("../shared/api.js").Schemas["BankList"]} BankList */
/** @typedef {import("../shared/api.js").Schemas["BankView"]} BankView */
/** @typedef {BankView["questions"][number]} BankQuestion */
/** @typedef {import("../shared/shell.js").Session} Session */

/** The two lists: banks, and the questions of the one that is chosen. The address says which is chosen, too. */
export class BankChoice {
  #banks = find("#bank", HTMLSelectElement);
  #questions = find("#question-id", HTMLSelectElement);
  #state = find("#bank-state", HTMLElement);
  #onChange;
  #session;
  #loaded = false;
  /** @type {BankQuestion[]} */
  #known = [];

  /**
   * @param {() => void} onChange
   * @param {Session | null} session
   */
  constructor(onChange, session) {
    this.#onChange = onChange;
    this.#session = session;
    this.#banks.onchange = () => this.#open(this.#banks.value);
    this.#questions.onchange = () => this.#show();
    onQuestionNamed((id) => this.#go(id));
  }

  /** Offers the banks, or says that they are for those who are signed in. A question that is named asks for that. */
  async begin() {
    if ((this.#session?.signed_in ?? true) || namedQuestion() !== "") await this.load();
    else fill(this.#state, h("p", { class: "hint" }, "Sign in to choose a question of a bank."));
  }

  /** Fetches the list of banks, once, and chooses the question that the address names. */
  async load() {
    if (this.#loaded) return;
    fill(this.#state);
    try {
      /** @type {BankList} */
      const { banks } = await get("/v1/banks");
      // What whoever signed in for it may see is known only now.
      if (this.#session && !this.#session.signed_in) this.#session = await get("/v1/session");
      this.#loaded = true;
      for (const { id, title } of banks) this.#banks.append(h("option", { value: id }, `bank: ${title}`));
    } catch (error) {
      fill(this.#state, failure(error, () => this.load()));
      return;
    }
    if (namedQuestion() !== "") await this.#go(namedQuestion());
  }

  /** Goes back to the form's own question. */
  async leave() {
    this.#banks.value = "";
    await this.#open("");
  }

  /** @param {string} id a bank's and a question's; empty for the form's own */
  async #go(id) {
    if (!this.#loaded || id === this.#questions.value) return;
    const [bank = ""] = id.split("/");
    this.#banks.value = bank;
    if (id !== "" && this.#banks.value !== bank) this.#banks.value = "";
    await this.#open(this.#banks.value, id);
  }

  /**
   * @param {string} id
   * @param {string} [wanted] a question of it, in place of the first
   */
  async #open(id, wanted = "") {
    fill(this.#state);
    this.#known = [];
    let told = null;
    let failed = false;
    try {
      if (id) {
        const bank = await busy(this.#state, "Fetching the questions…", this.#questionsOf(id));
        if (this.#banks.value !== id) return;
        this.#known = bank.questions;
        if (bank.questions.length === 0) told = `${bank.title} has no questions yet. Choose another bank, or write a question here.`;
      }
      if (told === null && wanted !== "" && !this.#known.some((one) => one.id === wanted)) {
        told = `There is no question ${wanted}. Choose another one, or write a question here.`;
        this.#known = [];
      }
    } catch (error) {
      if (this.#banks.value !== id) return;
      fill(this.#state, failure(error, () => this.#retry(id, wanted)));
      this.#banks.value = "";
      failed = true;
    }
    if (told !== null) {
      fill(this.#state, h("p", { class: "note" }, told));
      this.#banks.value = "";
    }
    fill(this.#questions, ...this.#known.map(({ id, question }) => h("option", { value: id }, question)));
    if (wanted !== "" && this.#known.length > 0) this.#questions.value = wanted;
    const chosen = this.#banks.value !== "";
    find("#own", HTMLElement).hidden = chosen;
    find("#of-bank", HTMLElement).hidden = !chosen;
    this.#questions.disabled = !chosen;
    this.#show(failed);
  }

  /**
   * @param {string} id
   * @param {string} wanted
   */
  #retry(id, wanted) {
    this.#banks.value = id;
    void this.#open(id, wanted);
  }

  /** @param {string} id */
  async #questionsOf(id) {
    const references = this.#session?.scopes.includes("references") ?? false;
    /** @type {BankView} */
    const bank = await get(`/v1/banks/${encodeURIComponent(id)}${references ? "?include=reference_answers" : ""}`);
    return bank;
  }

  /** @param {boolean} [failed] whether the question could not be had, which a reload may mend */
  #show(failed = false) {
    const question = this.#known.find(({ id }) => id === this.#questions.value);
    if (question) fill(this.#state, shown(question));
    if (!failed) nameQuestion(question?.id ?? "");
    this.#onChange();
  }
}

/** @param {BankQuestion} question */
function shown(question) {
  const { reference_answer: reference, concepts } = question;
  return h(
    "div",
    { class: "card" },
    h("p", { class: "asked", dir: "auto" }, question.question),
    reference
      ? h(
          "details",
          {},
          h("summary", {}, "Reference answer and concepts"),
          h("p", { class: "answer", dir: "auto" }, reference),
          concepts && concepts.length > 0 && h("ul", {}, ...concepts.map(({ text }) => h("li", { dir: "auto" }, text))),
        )
      : h("p", { class: "hint" }, "Its reference answer is not shown to you; the grade is made by it all the same."),
  );
}
