// What is around every page: the theme, who is signed in, what grades, and what is said to a screen reader.

import { ApiProblem, get, onKeyNeeded, post, send } from "./api.js";
import { fill, find, h } from "./dom.js";

/** @typedef {import("./api.js").Schemas["Session"]} Session */

/**
 * Starts what is around the page and gives who is there.
 *
 * @returns {Promise<Session>}
 */
export async function start() {
  theme();
  // On a phone the navigation may be wider than the screen.
  document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  // The address belongs to the page, which may keep its state there.
  find(".skip", HTMLAnchorElement).onclick = (event) => {
    event.preventDefault();
    find("#main", HTMLElement).focus();
  };
  onKeyNeeded(askForKey);
  /** @type {Session} */
  const session = await get("/v1/session");
  showSession(session);
  return session;
}

/** @param {Session} session */
function showSession(session) {
  const grader = session.model
    ? `Answers are graded by ${session.model}.`
    : "Answers are graded offline, by keywords: no language model is configured.";
  fill(find("#grader", HTMLElement), grader);
  const button = find("#sign", HTMLButtonElement);
  button.hidden = !session.keys;
  button.textContent = session.signed_in ? `Sign out ${session.name ?? ""}` : "Sign in";
  button.onclick = async () => {
    if (!session.signed_in) {
      if (await askForKey()) location.reload();
      return;
    }
    await send("DELETE", "/v1/session");
    location.reload();
  };
}

/** Whoever asks while the dialog is open waits for the same answer. */
/** @type {Promise<boolean> | null} */
let asking = null;

/**
 * Asks for an API key until one is right; gives whether one was.
 *
 * @returns {Promise<boolean>}
 */
function askForKey() {
  asking ??= openDialog().finally(() => {
    asking = null;
  });
  return asking;
}

/** @returns {Promise<boolean>} */
function openDialog() {
  const dialog = find("#sign-in", HTMLDialogElement);
  const field = find("#sign-in-key", HTMLInputElement);
  const error = find("#sign-in-error", HTMLElement);
  return new Promise((resolve) => {
    find("#sign-in-cancel", HTMLButtonElement).onclick = () => dialog.close();
    dialog.onclose = () => resolve(false);
    find("form", HTMLFormElement, dialog).onsubmit = async (event) => {
      event.preventDefault();
      try {
        /** @type {Session} */
        const session = await post("/v1/session", { key: field.value.trim() });
        field.value = "";
        showSession(session);
        dialog.onclose = null;
        dialog.close();
        resolve(true);
      } catch (problem) {
        error.textContent = problem instanceof ApiProblem ? problem.message : String(problem);
        field.select();
      }
    };
    error.textContent = "";
    if (!dialog.open) dialog.showModal();
  });
}

const THEMES = ["system", "light", "dark"];

function theme() {
  const button = find("#theme", HTMLButtonElement);
  const root = document.documentElement;
  const show = () => {
    button.textContent = `Theme: ${root.dataset.theme ?? "system"}`;
  };
  button.onclick = () => {
    const next = THEMES[(THEMES.indexOf(root.dataset.theme ?? "system") + 1) % THEMES.length];
    if (next === "system" || next === undefined) delete root.dataset.theme;
    else root.dataset.theme = next;
    try {
      localStorage.setItem("theme", next ?? "system");
    } catch {
      // It then holds for this page alone.
    }
    show();
  };
  show();
}

/**
 * Has a screen reader say something.
 *
 * @param {string} text
 */
export function say(text) {
  find("#live", HTMLElement).textContent = text;
}

/**
 * Makes what is shown where something failed: what it was, and what to do.
 *
 * @param {unknown} error
 * @param {(() => void) | null} [again] tries once more
 * @returns {HTMLElement}
 */
export function failure(error, again = null) {
  const told = error instanceof ApiProblem ? error.told : String(error);
  const id = error instanceof ApiProblem && error.requestId ? ` (request ${error.requestId})` : "";
  return h(
    "div",
    { class: "failure", role: "alert" },
    h("p", {}, `${told}${id}`),
    again && h("button", { type: "button", onclick: again }, "Try again"),
  );
}

/**
 * Shows that something takes its time, from a moment after it has begun.
 *
 * @template Result
 * @param {Element} place
 * @param {string} label
 * @param {Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function busy(place, label, work) {
  const shown = h("p", { class: "busy", role: "status" }, h("span", { class: "spinner", "aria-hidden": "true" }), label);
  const timer = setTimeout(() => place.append(shown), 200);
  place.setAttribute("aria-busy", "true");
  try {
    return await work;
  } finally {
    clearTimeout(timer);
    shown.remove();
    place.removeAttribute("aria-busy");
  }
}
