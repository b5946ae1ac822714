// Dialogs that ask before something is lost or kept.

import { h } from "../shared/dom.js";
import { elementId } from "./form/fields.js";

/** @typedef {import("../shared/dom.js").Child} Child */

/** @type {Set<HTMLDialogElement>} */
const opened = new Set();

/** Closes what belongs to a view that is left. */
export function closeDialogs() {
  for (const dialog of opened) dialog.close();
}

/**
 * Opens a dialog; it goes away when it is closed.
 *
 * @param {string} title
 * @param {Child[]} content
 * @param {(close: () => void) => HTMLElement[]} buttons
 * @param {string} [kind] a class
 * @returns {{dialog: HTMLDialogElement, closed: Promise<void>}}
 */
export function openDialog(title, content, buttons, kind = "") {
  const id = elementId();
  const dialog = h("dialog", { "aria-labelledby": id, class: kind });
  opened.add(dialog);
  const closed = new Promise((/** @type {(value: void) => void} */ resolve) => {
    dialog.addEventListener("close", () => {
      opened.delete(dialog);
      dialog.remove();
      resolve();
    });
  });
  dialog.append(h("h2", { id }, title));
  for (const child of content) if (child) dialog.append(child instanceof Node ? child : h("p", {}, String(child)));
  dialog.append(h("div", { class: "buttons" }, ...buttons(() => dialog.close())));
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, closed };
}

/**
 * Asks, and gives whether the answer was yes.
 *
 * @param {string} title
 * @param {Child[]} content
 * @param {string} yes
 * @param {string} [no]
 * @returns {Promise<boolean>}
 */
export async function ask(title, content, yes, no = "Cancel") {
  let agreed = false;
  const { closed } = openDialog(title, content, (close) => [
    h("button", { type: "button", class: "primary", onclick: () => { agreed = true; close(); } }, yes),
    h("button", { type: "button", onclick: close, autofocus: true }, no),
  ]);
  await closed;
  return agreed;
}
