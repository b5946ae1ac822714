// What stands above the questions of a bank: what can be done with it as a whole, and its own fields.

import { download, fill, h } from "../../shared/dom.js";
import { busy, failure } from "../../shared/shell.js";
import { ask } from "../dialogs.js";
import { forgetDraft } from "../draft/draft.js";
import { newId } from "../draft/ids.js";
import { faultsAt, idField, textField } from "../form/fields.js";
import { forgetSaved, toml } from "../source.js";

/** @typedef {import("../around.js").Around} Around */
/** @typedef {import("../around.js").May} May */
/** @typedef {import("../draft/draft.js").Draft} Draft */
/** @typedef {import("../draft/faults.js").Faults} Faults */
/** @typedef {import("../source.js").Summary} Summary */

/**
 * @param {object} about
 * @param {Around} about.around
 * @param {Draft} about.draft
 * @param {Summary | undefined} about.summary
 * @param {May} about.may
 */
export function bankActions({ around, draft, summary, may }) {
  if (!draft.base) return null;
  const { id, title } = draft.base;
  const place = h("div", {});
  /**
   * @param {string} told
   * @param {() => Promise<void>} work
   */
  const act = async (told, work) => {
    fill(place);
    try {
      await busy(place, told, work());
    } catch (error) {
      fill(place, failure(error));
    }
  };
  const save = () => act("Loading …", async () => download(`${id}.toml`, await toml(id), "application/toml"));
  /** @param {Summary} now */
  const throwAway = async ({ beneath }) => {
    const { then, after } = comesBack(beneath);
    const what = "What was saved here of this bank is not used any more, and unsaved changes of it in this tab are lost.";
    const keep = "Download it first, if you may want it again. Grades that were given stay as they are.";
    if (!(await ask("Throw the saved version away?", [what, then, keep], "Throw it away", "Keep it"))) return;
    await act("Throwing it away …", async () => {
      await forgetSaved(id, draft.etag);
      forgetDraft(id);
      draft.forget();
      around.go("", `What was saved of “${title}” is thrown away. ${after}`);
    });
  };
  return h(
    "div",
    {},
    h(
      "div",
      { class: "buttons" },
      h("button", { type: "button", onclick: save }, "Download as TOML"),
      may.edit &&
        summary?.source === "edited" &&
        h("button", { type: "button", onclick: () => throwAway(summary) }, "Throw the saved version away"),
    ),
    place,
  );
}

/**
 * Says what holds once the saved version is thrown away.
 *
 * @param {Summary["beneath"]} beneath
 * @returns {{then: string, after: string}}
 */
function comesBack(beneath) {
  if (beneath === "built_in") {
    return { then: "The bank comes back as it came with the program.", after: "The bank is as it came with the program." };
  }
  if (beneath === "file") {
    return { then: "The bank comes back as its file on the server has it now.", after: "The bank is as its file has it." };
  }
  return { then: "Nothing comes back: the bank was made on this page, so it is gone then.", after: "The bank is gone." };
}

/**
 * @param {Draft} draft
 * @param {Faults} faults
 * @param {string[]} taken ids of other banks
 * @param {() => void} change
 * @returns {HTMLElement}
 */
export function bankForm({ bank, base }, faults, taken, change) {
  const about = { faults, owner: bank };
  const id = base
    ? null
    : idField({
        ...about,
        made: () => newId(bank.title, "bank", taken),
        change,
        hint: "Made from the title. Letters a–z, digits and hyphens. It cannot be changed later.",
      });
  return h(
    "div",
    {},
    faultsAt(faults, bank, ""),
    h(
      "div",
      { class: "row" },
      textField({
        ...about, name: "title", label: "Title", value: bank.title,
        change: (title) => {
          bank.title = title;
          id?.follow();
          change();
        },
      }),
      id?.field ?? null,
      textField({
        ...about, name: "as_of", label: "As of", hint: "What the answers were checked against, and when.", value: bank.as_of,
        change: (asOf) => {
          bank.as_of = asOf;
          change();
        },
      }),
    ),
    faultsAt(faults, bank, "questions"),
  );
}
