// What can be done with a bank as a whole.

import { download, fill, h } from "../shared/dom.js";
import { busy, failure } from "../shared/shell.js";
import { ask } from "./dialogs.js";
import { forgetDraft } from "./draft.js";
import { forgetSaved, toml } from "./source.js";

/** @typedef {import("./main.js").Around} Around */
/** @typedef {import("./draft.js").Draft} Draft */
/** @typedef {import("./source.js").Summary} Summary */
/** @typedef {import("./permissions.js").May} May */

/**
 * @param {object} about
 * @param {Around} about.around
 * @param {Draft} about.draft
 * @param {Summary | undefined} about.summary
 * @param {May} about.may
 */
export function bankActions({ around, draft, summary, may }) {
  if (!draft.base) return null;
  const { id } = draft.base;
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
  const throwAway = async () => {
    const agreed = await ask(
      "Throw the saved version away?",
      [
        "What was saved here of this bank is not used any more, nor are unsaved changes of it in this tab.",
        "What comes back: the bank as it came with the program, or as its file has it now. If it has neither, because it was made on this page, the bank is gone.",
        "Download it first, if you may want it again. Grades that were given stay as they are.",
      ],
      "Throw it away",
      "Keep it",
    );
    if (!agreed) return;
    await act("Throwing it away …", async () => {
      await forgetSaved(id);
      forgetDraft(id);
      draft.forget();
      around.go("", `What was saved of “${draft.base?.title}” is thrown away.`);
    });
  };
  return h(
    "div",
    {},
    h(
      "div",
      { class: "buttons" },
      h("button", { type: "button", onclick: save }, "Download as TOML"),
      may.edit && summary?.source === "edited" && h("button", { type: "button", onclick: throwAway }, "Throw the saved version away"),
    ),
    place,
  );
}
