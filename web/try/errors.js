// What is wrong with a field, said at the field.

import { ApiProblem } from "../shared/api.js";
import { h } from "../shared/dom.js";
import { say } from "../shared/shell.js";

/** @typedef {{pointer: string, detail: string}} FieldError */

/**
 * Shows the errors of a problem at their fields, goes to the first, and gives those that have no field.
 * A problem that names no field is given as one without a place.
 *
 * @param {HTMLFormElement} form
 * @param {unknown} problem
 * @returns {FieldError[]}
 */
export function showErrors(form, problem) {
  if (!(problem instanceof ApiProblem) || problem.errors.length === 0) return [{ pointer: "", detail: String(problem) }];
  return showFieldErrors(form, problem.errors);
}

/**
 * @param {HTMLFormElement} form
 * @param {FieldError[]} errors
 * @returns {FieldError[]} those without a field
 */
export function showFieldErrors(form, errors) {
  const placed = errors.map((error) => ({ error, field: fieldAt(form, error.pointer) }));
  placed.forEach(({ error, field }, index) => field && mark(field, error.detail, `wrong-${index}`));
  for (const shown of form.querySelectorAll(".wrong")) shown.closest("details")?.setAttribute("open", "");
  const first = form.querySelector("[aria-invalid]");
  if (first instanceof HTMLElement) first.focus();
  const count = placed.filter(({ field }) => field).length;
  if (count > 0) say(count === 1 ? "One field is wrong" : `${count} fields are wrong`);
  return placed.filter(({ field }) => !field).map(({ error }) => error);
}

/** @param {HTMLFormElement} form */
export function clearErrors(form) {
  for (const shown of form.querySelectorAll(".wrong")) shown.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
}

/**
 * Finds the field that a pointer means, or the smallest part around it: an alias has no field of its own. What is
 * hidden cannot show anything.
 *
 * @param {HTMLFormElement} form
 * @param {string} pointer
 * @returns {HTMLElement | null}
 */
function fieldAt(form, pointer) {
  for (let at = pointer; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
    const field = form.querySelector(`[data-pointer="${CSS.escape(at)}"]`);
    if (field instanceof HTMLElement) return field.closest("[hidden]") ? null : field;
  }
  return null;
}

/**
 * @param {HTMLElement} field
 * @param {string} detail
 * @param {string} id
 */
function mark(field, detail, id) {
  const shown = h("p", { class: "error wrong", id }, `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`);
  if (field instanceof HTMLDetailsElement || field instanceof HTMLFieldSetElement) {
    field.before(shown);
    return;
  }
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby") ?? "", id].join(" ").trim());
  field.after(shown);
}
