// What every view of this page is given, may do, and has at its head.

import { h } from "../shared/dom.js";

/** @typedef {import("../shared/shell.js").Session} Session */

/**
 * @typedef {object} Around what a view is given
 * @property {HTMLElement} place
 * @property {Session} session
 * @property {string} message told once, at the head of the view
 * @property {(message?: string) => void} again shows the same view anew
 * @property {(view: string, message?: string) => void} go shows another: a bank's id, or one that begins with +
 */
/** @typedef {{see: boolean, edit: boolean, propose: boolean, why: string}} May */

/**
 * Says what whoever is there may do with banks, and why not more.
 *
 * @param {Session} session
 * @returns {May}
 */
export function mayOf({ scopes, records }) {
  const has = (/** @type {Session["scopes"][number]} */ scope) => scopes.includes(scope);
  const see = has("references");
  const edit = see && has("admin") && records;
  return { see, edit, propose: has("grade"), why: edit ? "" : why(see, has("admin")) };
}

/**
 * @param {boolean} see
 * @param {boolean} isAdmin
 */
function why(see, isAdmin) {
  if (!see) {
    return "You see the questions only. Reference answers, concepts and misconceptions are the key to them: your key needs the scope “references” to see them, and “admin” to change them.";
  }
  if (!isAdmin) return "You can read banks and download them. To change them, your key needs the scope “admin”.";
  return "You can read banks and download them. They cannot be changed here, since this service has no database to keep them in: change their files.";
}

/** @type {Record<string, string>} */
const ORIGINS = {
  built_in: "Comes with the program.",
  file: "Comes from a file of this service.",
  edited: "Was saved on this page.",
};

/** @param {string | undefined} origin */
export const originWords = (origin) => ORIGINS[origin ?? ""] ?? "";

export const backLink = () => h("p", {}, h("a", { href: "#" }, "← All banks"));

/** @param {string} text */
export function heading(text) {
  document.title = `${text} – answer-grader`;
  return h("h1", { tabIndex: -1 }, text);
}
