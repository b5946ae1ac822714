// Opening files of this computer: by a file picker, or dropped on the page. They are read here alone.

import { h } from "../shared/dom.js";

/** @typedef {(files: File[]) => void} Open */

/**
 * @param {Open} open
 * @returns {HTMLElement}
 */
export function picker(open) {
  const field = h("input", { type: "file", id: "files", accept: ".json,application/json", multiple: true });
  field.onchange = () => {
    open([...(field.files ?? [])]);
    // So that the same file can be chosen again once it has changed.
    field.value = "";
  };
  return h(
    "div",
    { class: "card picker" },
    h("label", { htmlFor: "files" }, "Open reports from this computer"),
    field,
    h("p", { class: "hint" }, "Or drop them anywhere on this page. They are read in this browser and sent nowhere."),
  );
}

/**
 * Takes files that are dropped anywhere on the page.
 *
 * @param {Open} open
 */
export function takeDrops(open) {
  const root = document.documentElement;
  const hasFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") === true;
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    root.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) root.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    root.classList.remove("dropping");
    if (!hasFiles(event)) return;
    event.preventDefault();
    open([...(event.dataTransfer?.files ?? [])]);
  });
}
