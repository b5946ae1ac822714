// A question of a bank in place of the form's own.

import { get } from "../shared/api.js";
import { fill, find, h } from "../shared/dom.js";
import { busy, failure } from "../shared/shell.js";

/** @typedef {import("../shared/api.js").Schemas["BankList"]} BankList */
/** @typedef {import("../shared/api.js").Schemas["BankView"]} BankView */
/** @typedef {BankView["questions"][number]} BankQuestion */

/** The two lists: banks, and the questions of the one that is chosen. */
export class BankChoice {
  #banks = find("#bank", HTMLSelectElement);
  #questions = find("#question-id", HTMLSelectElement);
  #state = find("#bank-state", HTMLElement);
  #onChange;
  #references;
  #loaded = false;
  /** @type {BankQuestion[]} */
  #known = [];

  /**
   * @param {() => void} onChange
   * @param {boolean} references whether whoever is there may see reference answers
   */
  constructor(onChange, references) {
    this.#onChange = onChange;
    this.#references = references;
    this.#banks.onchange = () => this.#open(this.#banks.value);
    this.#questions.onchange = () => this.#show();
  }

  /** Fetches the list of banks, once. */
  async load() {
    if (this.#loaded) return;
    fill(this.#state);
    try {
      /** @type {BankList} */
      const { banks } = await get("/v1/banks");
      this.#loaded = true;
      for (const { id, title } of banks) this.#banks.append(h("option", { value: id }, `bank: ${title}`));
    } catch (error) {
      fill(this.#state, failure(error, () => this.load()));
    }
  }

  /** Says that somebody who is not signed in has no banks. */
  withhold() {
    fill(this.#state, h("p", { class: "hint" }, "Sign in to choose a question of a bank."));
  }

  /** Goes back to the form's own question. */
  async leave() {
    this.#banks.value = "";
    await this.#open("");
  }

  /** @param {string} id */
  async #open(id) {
    fill(this.#state);
    this.#known = [];
    try {
      if (id) {
        const path = `/v1/banks/${encodeURIComponent(id)}${this.#references ? "?include=reference_answers" : ""}`;
        /** @type {BankView} */
        const bank = await busy(this.#state, "Fetching the questions…", get(path));
        if (this.#banks.value !== id) return;
        this.#known = bank.questions;
        if (bank.questions.length === 0) {
          fill(this.#state, h("p", { class: "note" }, `${bank.title} has no questions yet. Choose another bank, or write a question here.`));
          this.#banks.value = "";
        }
      }
    } catch (error) {
      if (this.#banks.value !== id) return;
      fill(this.#state, failure(error, () => this.#open(id)));
      this.#banks.value = "";
    }
    fill(this.#questions, ...this.#known.map(({ id, question }) => h("option", { value: id }, question)));
    const chosen = this.#banks.value !== "";
    find("#own", HTMLElement).hidden = chosen;
    find("#of-bank", HTMLElement).hidden = !chosen;
    this.#questions.disabled = !chosen;
    this.#show();
  }

  #show() {
    const question = this.#known.find(({ id }) => id === this.#questions.value);
    if (question) fill(this.#state, shown(question));
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
