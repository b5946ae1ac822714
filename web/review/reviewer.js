// The name that reviews are kept with where no API key says it: asked for once, then remembered here.

import { find } from "../shared/dom.js";

const PLACE = "reviewer";
let remembered = "";

/**
 * Gives the name, empty where it is not known yet.
 *
 * @returns {string}
 */
export function reviewer() {
  try {
    return localStorage.getItem(PLACE) ?? remembered;
  } catch {
    return remembered;
  }
}

/**
 * Asks for the name; gives it, or null where somebody thinks better of it.
 *
 * @returns {Promise<string | null>}
 */
export function askReviewer() {
  const dialog = find("#naming", HTMLDialogElement);
  const field = find("#name", HTMLInputElement);
  field.value = reviewer();
  field.setCustomValidity("");
  return new Promise((resolve) => {
    find("#naming-cancel", HTMLButtonElement).onclick = () => dialog.close();
    dialog.onclose = () => resolve(null);
    field.oninput = () => field.setCustomValidity("");
    find("form", HTMLFormElement, dialog).onsubmit = (event) => {
      event.preventDefault();
      const name = field.value.trim();
      if (name === "") {
        field.setCustomValidity("Give a name.");
        field.reportValidity();
        return;
      }
      remember(name);
      dialog.onclose = null;
      dialog.close();
      resolve(name);
    };
    dialog.showModal();
  });
}

/** @param {string} name */
function remember(name) {
  remembered = name;
  try {
    localStorage.setItem(PLACE, name);
  } catch {
    // It is then asked for again at the next visit.
  }
}

/**
 * Tells whether two names are one person's, as the service does.
 *
 * @param {string} one
 * @param {string} other
 */
export function isSame(one, other) {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}
