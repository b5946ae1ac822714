// Labelled fields of a form, each with its hint and what the server found wrong with it.

import { fill, h } from "../../shared/dom.js";

/** @typedef {import("../draft/faults.js").Faults} Faults */

/**
 * @typedef {object} About
 * @property {string} label
 * @property {string} [hint]
 * @property {Faults} faults
 * @property {object} owner
 * @property {string} name the field of the owner
 */

let made = 0;

/** Makes an id for an element that nothing else has. */
export function elementId() {
  made += 1;
  return `field-${made}`;
}

/**
 * Makes what says what is wrong; it is there, empty, where nothing is.
 *
 * @param {Faults} faults
 * @param {object} owner
 * @param {string} name
 */
export function faultsAt(faults, owner, name) {
  return h("p", { class: "error", id: elementId() }, faults.of(owner, name).join("\n"));
}

/**
 * @template {HTMLElement} Control
 * @param {Control} control
 * @param {About} about
 */
function labelled(control, { label, hint, faults, owner, name }) {
  const error = faultsAt(faults, owner, name);
  const hintId = elementId();
  control.id = elementId();
  faults.shown(owner, name, control);
  if (error.textContent !== "") control.setAttribute("aria-invalid", "true");
  control.setAttribute("aria-describedby", hint ? `${error.id} ${hintId}` : error.id);
  control.addEventListener("input", () => {
    faults.mend(owner, name);
    control.removeAttribute("aria-invalid");
    fill(error);
  });
  return h(
    "div",
    { class: "field" },
    h("label", { for: control.id }, label),
    hint && h("p", { class: "hint", id: hintId }, hint),
    control,
    error,
  );
}

/**
 * @param {About & {value: string, change: (value: string) => void, lines?: number, suggestions?: string[], type?: string}} about
 */
export function textField(about) {
  const { value, change, lines, suggestions, type = "text" } = about;
  if (lines) {
    const area = h("textarea", { rows: lines, value, oninput: () => change(area.value), class: "grows", dir: "auto" });
    return labelled(area, about);
  }
  const options = suggestions && h("datalist", { id: elementId() }, ...suggestions.map((one) => h("option", { value: one })));
  const input = h("input", { type, value, oninput: () => change(input.value), list: options?.id, autocomplete: "off" });
  const field = labelled(input, about);
  if (options) field.append(options);
  return field;
}

/**
 * Makes a field for a number; what is no number is `null`, which the server refuses.
 *
 * @param {About & {value: number | null, change: (value: number | null) => void, least: number, most?: number, step: number}} about
 */
export function numberField(about) {
  const { value, change, least, most, step } = about;
  const told = () => change(Number.isNaN(input.valueAsNumber) ? null : input.valueAsNumber);
  const input = h("input", { type: "number", min: least, max: most, step, value: value ?? "", oninput: told });
  return labelled(input, about);
}

/**
 * @param {About & {value: string, change: (value: string) => void, options: [string, string][]}} about
 */
export function choiceField(about) {
  const { value, change, options } = about;
  const select = h("select", { oninput: () => change(select.value) }, ...options.map(([key, word]) => h("option", { value: key }, word)));
  select.value = value;
  return labelled(select, about);
}

/**
 * @param {string} label
 * @param {boolean} value
 * @param {(value: boolean) => void} change
 */
export function checkField(label, value, change) {
  const box = h("input", { type: "checkbox", checked: value, oninput: () => change(box.checked) });
  return h("label", { class: "check" }, box, label);
}

/**
 * An id that is made from a text as long as nobody writes another.
 *
 * @param {object} about
 * @param {Faults} about.faults
 * @param {{id: string, follows: boolean}} about.owner
 * @param {() => string} about.made
 * @param {() => void} about.change
 * @param {string} about.hint
 */
export function idField({ faults, owner, made, change, hint }) {
  const field = textField({
    label: "Id",
    hint,
    faults,
    owner,
    name: "id",
    value: owner.id,
    change: (value) => {
      owner.id = value.trim();
      // An emptied id is made from the text again.
      owner.follows = owner.id === "";
      change();
    },
  });
  const input = field.querySelector("input");
  if (input) input.spellcheck = false;
  return {
    field,
    /** Follows the text. */
    follow: () => {
      if (!owner.follows) return;
      owner.id = made();
      if (input) input.value = owner.id;
    },
  };
}
