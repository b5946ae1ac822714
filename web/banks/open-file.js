// A file as a draft: it is compared with the bank of the same id, and nothing is saved.

import { ApiProblem } from "../shared/api.js";
import { h } from "../shared/dom.js";
import { ask, openDialog } from "./dialogs.js";
import { contentOf, Draft, draftNames, NEW } from "./draft/draft.js";
import { opened, openedAsNew } from "./draft/edit.js";
import { placeWords } from "./draft/faults.js";
import { load, read, toml } from "./source.js";

/** @typedef {import("./around.js").Around} Around */
/** @typedef {import("./source.js").Source} Source */

/**
 * @param {Around} around
 * @param {File} file TOML, or JSON of the same structure
 */
export async function openFile(around, file) {
  const isToml = !file.name.toLowerCase().endsWith(".json");
  const text = await file.text();
  const bank = await bankOf(file.name, text, isToml);
  if (!bank) return;
  const there = await loadIfThere(bank.id);
  const name = there ? bank.id : NEW;
  if (!(await mayReplace(name))) return;
  const edited = there ? opened(bank) : openedAsNew(bank);
  const origin = isToml ? { toml: text, content: contentOf(edited), differs: text !== there?.toml } : null;
  const draft = there ? new Draft(name, opened(there.source), there.etag, edited, origin) : new Draft(name, null, null, edited, origin);
  draft.keep();
  around.go(name, `${file.name} ${told(draft)}`);
}

/** @param {Draft} draft */
function told(draft) {
  const kept = draft.toml === null ? "" : " As long as you do not edit it, it is saved with its comments.";
  if (!draft.base) return `is opened as a new bank. It is not saved yet.${kept}`;
  if (draft.hasOtherContent) return `is opened. See how it differs from this bank before you save it.${kept}`;
  if (draft.isChanged) return `holds the same as this bank. Only comments or layout differ.${kept}`;
  return "is the same as this bank.";
}

/**
 * Gives the bank of a file; `null` where it holds none, which is then said.
 *
 * @param {string} name
 * @param {string} text
 * @param {boolean} isToml
 * @returns {Promise<Source | null>}
 */
async function bankOf(name, text, isToml) {
  try {
    return await read(text, isToml);
  } catch (error) {
    if (!(error instanceof ApiProblem) || ![400, 422].includes(error.status)) throw error;
    const faults = error.errors.map(({ pointer, detail }) => h("li", {}, pointer && h("strong", {}, placeWords(pointer)), ` ${detail}`));
    const why = faults.length > 0 ? h("ul", {}, ...faults) : h("p", {}, error.message);
    openDialog("This is not a bank", [`${name} is not opened. Mend the file, and open it again:`, why], (close) => [
      h("button", { type: "button", onclick: close }, "Close"),
    ]);
    return null;
  }
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

/** @param {string} id */
async function loadIfThere(id) {
  try {
    const [loaded, written] = await Promise.all([load(id), toml(id)]);
    return { ...loaded, toml: written };
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
