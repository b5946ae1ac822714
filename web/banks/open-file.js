// A TOML file as a draft: it is compared with the bank of the same id, and nothing is saved.

import { ApiProblem } from "../shared/api.js";
import { h } from "../shared/dom.js";
import { ask, openDialog } from "./dialogs.js";
import { Draft, draftNames, NEW } from "./draft.js";
import { opened, openedAsNew } from "./edit.js";
import { bankOf } from "./shape.js";
import { load } from "./source.js";
import { readToml } from "./toml-read.js";
import { TomlFault } from "./toml-values.js";

/** @typedef {import("./main.js").Around} Around */
/** @typedef {import("./source.js").Source} Source */

/**
 * @param {Around} around
 * @param {File} file
 */
export async function openFile(around, file) {
  const { bank, faults } = read(await file.text());
  if (!bank) {
    const told = [h("p", {}, `${file.name} is not opened. Mend the file, and open it again:`), h("ul", {}, ...faults.map((one) => h("li", {}, one)))];
    openDialog("This is not a bank", told, (close) => [h("button", { type: "button", onclick: close }, "Close")]);
    return;
  }
  const there = await loadIfThere(bank.id);
  const name = there ? bank.id : NEW;
  if (!(await mayReplace(name))) return;
  const draft = there ? new Draft(name, opened(there.source), there.etag, opened(bank)) : new Draft(name, null, null, openedAsNew(bank));
  draft.keep();
  const told = !there
    ? `${file.name} is opened as a new bank. It is not saved yet.`
    : draft.isChanged
      ? `${file.name} is opened. See how it differs from this bank before you save it.`
      : `${file.name} is the same as this bank.`;
  around.go(name, told);
}

/**
 * Keeps a bank that was made elsewhere as the draft of a new one; gives whether it did.
 *
 * @param {Source} bank
 * @returns {Promise<boolean>}
 */
export async function keepAsNew(bank) {
  if (!(await mayReplace(NEW))) return false;
  new Draft(NEW, null, null, openedAsNew(bank)).keep();
  return true;
}

/** @param {string} text */
function read(text) {
  try {
    return bankOf(readToml(text));
  } catch (error) {
    if (!(error instanceof TomlFault)) throw error;
    return { bank: null, faults: [error.message] };
  }
}

/** @param {string} id */
async function loadIfThere(id) {
  try {
    return await load(id);
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

/** @param {string} name */
async function mayReplace(name) {
  if (!draftNames().includes(name)) return true;
  const which = name === NEW ? "There is a new bank that you have not saved." : "There are unsaved changes of this bank.";
  return ask("Replace your draft?", [`${which} What you open now takes their place.`], "Replace it", "Keep my draft");
}
