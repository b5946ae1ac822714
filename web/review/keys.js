// The keyboard: what single letters do, outside of fields.

import { find } from "../shared/dom.js";

const PLACE = "single-keys";

/** @typedef {Record<"next" | "previous" | "accept" | "score" | "note" | "undo" | "save" | "leave", () => void>} Actions */

/** @type {Record<string, keyof Actions>} */
const LETTERS = { j: "next", k: "previous", a: "accept", s: "score", n: "note", u: "undo" };

/** @param {Actions} actions */
export function listen(actions) {
  const dialog = find("#keys", HTMLDialogElement);
  const single = find("#single-keys", HTMLInputElement);
  single.checked = read() !== "off";
  single.onchange = () => write(single.checked ? "on" : "off");
  find("#show-keys", HTMLButtonElement).onclick = () => dialog.showModal();
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    const action = actionOf(event, single.checked);
    if (!action) return;
    event.preventDefault();
    if (action === "keys") dialog.showModal();
    else actions[action]();
  });
}

/**
 * @param {KeyboardEvent} event
 * @param {boolean} singleKeys
 * @returns {keyof Actions | "keys" | null}
 */
function actionOf(event, singleKeys) {
  const { key, target } = event;
  if (key === "Enter" && (event.ctrlKey || event.metaKey)) return event.repeat ? null : "save";
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (isField(target)) return key === "Escape" ? "leave" : null;
  if (!singleKeys) return null;
  const action = key === "?" ? "keys" : (LETTERS[key] ?? null);
  // A key that is held down may go through the queue, and must not decide anything.
  const moves = action === "next" || action === "previous";
  return event.repeat && !moves ? null : action;
}

/** @param {EventTarget | null} target */
function isField(target) {
  if (target instanceof HTMLInputElement) return target.type !== "checkbox";
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

function read() {
  try {
    return localStorage.getItem(PLACE);
  } catch {
    return null;
  }
}

/** @param {string} value */
function write(value) {
  try {
    localStorage.setItem(PLACE, value);
  } catch {
    // It then holds for this page alone.
  }
}
