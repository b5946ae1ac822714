// What is offered where somebody else saved the bank meanwhile.

import { download, h } from "../shared/dom.js";
import { openDialog } from "./dialogs.js";
import { closed } from "./edit.js";
import { bankToml } from "./toml-write.js";

/** @typedef {import("./draft.js").Draft} Draft */

/** @param {Draft} draft */
export function downloadDraft(draft) {
  const bank = closed(draft.bank);
  download(`${bank.id || "bank"}-draft.toml`, bankToml(bank), "application/toml");
}

const TOLD =
  "Somebody else saved this bank after you loaded it, so yours is not saved: it would undo theirs. Download yours, load theirs, " +
  "and open your file there: the page then shows how the two differ.";

/**
 * @param {Draft} draft
 * @param {() => void} loadTheirs
 * @returns {HTMLElement[]}
 */
function buttons(draft, loadTheirs) {
  return [
    h("button", { type: "button", onclick: () => downloadDraft(draft) }, "Download mine"),
    h("button", { type: "button", onclick: () => { draft.forget(); loadTheirs(); } }, "Load theirs, and give up mine"),
  ];
}

/**
 * @param {Draft} draft
 * @param {() => void} loadTheirs
 */
export function conflictDialog(draft, loadTheirs) {
  openDialog("Changed meanwhile", [TOLD], (close) => [
    ...buttons(draft, () => {
      close();
      loadTheirs();
    }),
    h("button", { type: "button", onclick: close }, "Not now"),
  ]);
}

/**
 * @param {Draft} draft
 * @param {() => void} loadTheirs
 */
export function conflictNote(draft, loadTheirs) {
  return h("div", { class: "failure", role: "alert" }, h("p", {}, TOLD), h("div", { class: "buttons" }, ...buttons(draft, loadTheirs)));
}
