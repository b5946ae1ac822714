// Words and parts that several views share.

import { h } from "../shared/dom.js";

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
