// The concepts of the form: one group of fields each.

import { fill, find, h } from "../shared/dom.js";

/** @typedef {import("../shared/api.js").Schemas["Concept"]} Concept */

/** Concepts that the form shows, and where they change. */
export class ConceptFields {
  #place = find("#concept-list", HTMLElement);
  #summary = find("#concepts-summary", HTMLElement);
  #onChange;
  /** Ids of elements must differ, also after some were removed. */
  #made = 0;

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
    find("#add-concept", HTMLButtonElement).onclick = () => {
      const group = this.#group({ id: this.#freeId(), text: "", weight: 1 });
      this.#place.append(group);
      this.#changed();
      find("textarea", HTMLTextAreaElement, group).focus();
    };
  }

  /**
   * Gives them as a request has them.
   *
   * @returns {Concept[]}
   */
  get all() {
    return this.#groups.map((group) => {
      const value = (/** @type {string} */ part) => {
        const field = find(`[data-part="${part}"]`, HTMLElement, group);
        return field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement ? field.value : "";
      };
      const aliases = value("aliases").split("\n").map((line) => line.trim()).filter(Boolean);
      return {
        id: value("id").trim(),
        text: value("text").trim(),
        ...(value("weight") ? { weight: Number(value("weight")) } : {}),
        ...(aliases.length > 0 ? { aliases } : {}),
        ...(find(`[data-part="required"]`, HTMLInputElement, group).checked ? { required: true } : {}),
      };
    });
  }

  /** @param {readonly Concept[]} concepts */
  set all(concepts) {
    fill(this.#place, ...concepts.map((concept) => this.#group(concept)));
    this.#changed();
  }

  get #groups() {
    return [...this.#place.children].filter((child) => child instanceof HTMLElement);
  }

  #freeId() {
    const taken = new Set(this.all.map(({ id }) => id));
    let number = taken.size + 1;
    while (taken.has(`c${number}`)) number += 1;
    return `c${number}`;
  }

  /** @param {Concept} concept */
  #group(concept) {
    this.#made += 1;
    const id = (/** @type {string} */ part) => `concept-${this.#made}-${part}`;
    const field = (/** @type {string} */ part, /** @type {string} */ label, /** @type {HTMLElement} */ input) =>
      h("div", { class: `part-${part}` }, h("label", { htmlFor: id(part) }, label), input);
    const remove = h("button", { type: "button", class: "quiet" }, "Remove");
    const group = h(
      "fieldset",
      { class: "concept" },
      h("legend", {}),
      field("text", "Idea", h("textarea", { id: id("text"), class: "low", rows: 2, value: concept.text, "data-part": "text" })),
      field("id", "Id", h("input", { id: id("id"), value: concept.id, spellcheck: false, "data-part": "id" })),
      field(
        "weight",
        "Weight",
        h("input", { id: id("weight"), type: "number", min: "0", step: "any", value: String(concept.weight ?? ""), placeholder: "1", "data-part": "weight" }),
      ),
      field(
        "aliases",
        "Aliases, one a line",
        h("textarea", { id: id("aliases"), class: "low", rows: 2, value: (concept.aliases ?? []).join("\n"), "data-part": "aliases" }),
      ),
      h(
        "label",
        { class: "check", htmlFor: id("required") },
        h("input", { id: id("required"), type: "checkbox", checked: concept.required ?? false, "data-part": "required" }),
        "Required",
      ),
      remove,
    );
    remove.onclick = () => this.#remove(group);
    return group;
  }

  /** @param {HTMLElement} group */
  #remove(group) {
    const next = group.nextElementSibling ?? group.previousElementSibling;
    group.remove();
    this.#changed();
    const focus = next ? find("button", HTMLButtonElement, next) : find("#add-concept", HTMLButtonElement);
    focus.focus();
  }

  /** Numbers them anew: their places are what the service calls them by. */
  #changed() {
    this.#groups.forEach((group, index) => {
      group.dataset.pointer = `/concepts/${index}`;
      find("legend", HTMLElement, group).textContent = `Concept ${index + 1}`;
      find("button", HTMLButtonElement, group).setAttribute("aria-label", `Remove concept ${index + 1}`);
      for (const field of group.querySelectorAll("[data-part]")) {
        if (field instanceof HTMLElement) field.dataset.pointer = `/concepts/${index}/${field.dataset.part}`;
      }
    });
    const count = this.#groups.length;
    this.#summary.textContent = count === 0 ? "Concepts: none declared" : `Concepts (${count})`;
    this.#onChange();
  }
}
