// What is offered where somebody else saved the bank meanwhile: above all, to take one's own changes along.

import { ApiProblem } from "../../shared/api.js";
import { download, fill, h } from "../../shared/dom.js";
import { busy } from "../../shared/shell.js";
import { openDialog } from "../dialogs.js";
import { closed } from "../draft/edit.js";
import { placeWords } from "../draft/faults.js";
import { written } from "../source.js";

/** @typedef {import("../draft/draft.js").Draft} Draft */

const TOLD =
  "Somebody else saved this bank after you loaded it, so yours is not saved: it would undo theirs. Download yours, load theirs, " +
  "and open your file there: the page then shows how the two differ.";

/**
 * Makes a button that downloads a draft: as TOML or, where the server writes none, as JSON, so that it is never lost.
 *
 * @param {string} label
 * @param {Draft} draft
 * @param {HTMLElement} place where it is said why it is JSON
 */
export function downloadButton(label, draft, place) {
  const save = async () => {
    fill(place);
    const bank = closed(draft.bank);
    const name = `${bank.id || "bank"}-draft`;
    try {
      const toml = draft.toml ?? (await busy(place, "Writing the TOML …", written(bank)));
      download(`${name}.toml`, toml, "application/toml");
    } catch (error) {
      download(`${name}.json`, JSON.stringify(bank, null, 2), "application/json");
      fill(place, h("p", { class: "note", role: "status" }, `It is downloaded as JSON, because the server wrote no TOML of it: ${why(error, bank)}`));
    }
  };
  return h("button", { type: "button", onclick: save }, label);
}

/**
 * @param {unknown} error
 * @param {object} bank
 */
function why(error, bank) {
  if (!(error instanceof ApiProblem)) return String(error);
  if (error.errors.length === 0) return error.told;
  return `${error.errors.map(({ pointer, detail }) => `${placeWords(pointer, bank)} ${detail}`).join("; ")}.`;
}

/**
 * @param {Draft} draft
 * @param {HTMLElement} place
 * @param {() => void} loadTheirs
 * @returns {HTMLElement[]}
 */
function buttons(draft, place, loadTheirs) {
  const giveUp = () => {
    draft.forget();
    loadTheirs();
  };
  return [
    downloadButton("Download mine", draft, place),
    h("button", { type: "button", onclick: giveUp }, "Load theirs, and give up mine"),
  ];
}

/**
 * @param {Draft} draft
 * @param {() => void} loadTheirs
 */
export function conflictDialog(draft, loadTheirs) {
  const place = h("div", {});
  openDialog("Changed meanwhile", [TOLD, place], (close) => [
    ...buttons(draft, place, () => {
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
  const place = h("div", {});
  return h("div", { class: "failure", role: "alert" }, h("p", {}, TOLD), h("div", { class: "buttons" }, ...buttons(draft, place, loadTheirs)), place);
}
