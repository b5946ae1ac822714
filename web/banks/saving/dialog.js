// Saving: what has changed is shown, then sent; whatever the server says against it is told where it belongs.

import { ApiProblem } from "../../shared/api.js";
import { fill, h } from "../../shared/dom.js";
import { busy, failure } from "../../shared/shell.js";
import { openDialog } from "../dialogs.js";
import { closed } from "../draft/edit.js";
import { save } from "../source.js";
import { changesView } from "./changes-view.js";
import { conflictDialog } from "./conflict.js";

/** @typedef {import("../draft/draft.js").Draft} Draft */
/** @typedef {import("../draft/faults.js").FieldError} FieldError */

/**
 * @param {object} about
 * @param {Draft} about.draft
 * @param {() => void} about.undone after a change was taken back
 * @param {(version: number, id: string) => void} about.saved
 * @param {(errors: FieldError[]) => void} about.refused
 * @param {() => void} about.loadTheirs
 */
export function saveDialog({ draft, undone, saved, refused, loadTheirs }) {
  const place = h("div", {});
  const button = h("button", { type: "button", class: "primary", onclick: () => send() }, "Save");
  const comments = h("p", {}, commentWords(draft));
  const view = changesView(draft, () => {
    button.disabled = !draft.isChanged;
    fill(comments, commentWords(draft));
    undone();
  });
  const { dialog } = openDialog(
    draft.base ? "Save these changes?" : "Save this new bank?",
    [h("p", {}, "Answers are graded by them from then on. Grades that were given stay as they are."), comments, view, place],
    (close) => [button, h("button", { type: "button", onclick: close }, "Not yet")],
    "wide",
  );
  const send = async () => {
    button.disabled = true;
    fill(place);
    try {
      const bank = closed(draft.bank);
      const { version } = await busy(place, "Saving …", save(bank, draft.toml, draft.base ? draft.etag : null));
      draft.forget();
      dialog.close();
      saved(version, bank.id);
    } catch (error) {
      button.disabled = false;
      told(error);
    }
  };
  /** @param {unknown} error */
  const told = (error) => {
    const problem = error instanceof ApiProblem ? error : null;
    if (problem?.code === "changed_meanwhile") {
      dialog.close();
      if (draft.base) conflictDialog(draft, loadTheirs);
      else refused([{ pointer: "/id", detail: "is the id of a bank that is there already; choose another" }]);
    } else if (problem?.status === 422 && problem.errors.length > 0) {
      dialog.close();
      refused(problem.errors);
    } else {
      fill(place, failure(error));
    }
  };
}

/**
 * Says what becomes of comments, which only a text that is saved word for word keeps.
 *
 * @param {Draft} draft
 */
function commentWords(draft) {
  if (draft.toml !== null) return "The file that you opened is saved word for word, with its comments.";
  if (draft.file) return "You edited what the file holds, so its comments and layout are not saved.";
  return draft.base ? "Comments and layout that the TOML of this bank has are lost: it is written anew." : "";
}
