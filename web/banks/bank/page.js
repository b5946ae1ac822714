// One bank: what it is, its questions, and everything that can be done with it.

import { fill, h } from "../../shared/dom.js";
import { busy, say } from "../../shared/shell.js";
import { backLink, heading, mayOf, originWords } from "../around.js";
import { ask } from "../dialogs.js";
import { Draft, keptDraft, live, NEW } from "../draft/draft.js";
import { emptyBank, opened } from "../draft/edit.js";
import { Faults } from "../draft/faults.js";
import { conflictNote } from "../saving/conflict.js";
import { saveDialog } from "../saving/dialog.js";
import { refusal, saveBar } from "../saving/told.js";
import { load, summaries } from "../source.js";
import { bankActions, bankForm } from "./head.js";
import { showPlain } from "./plain.js";
import { questionList } from "./questions.js";

/** @typedef {import("../around.js").Around} Around */
/** @typedef {import("../source.js").Summary} Summary */

/**
 * @param {Around} around
 * @param {string} id
 * @param {string | undefined} questionId
 */
export async function showBank(around, id, questionId) {
  const { place, session } = around;
  const may = mayOf(session);
  if (!may.see) return showPlain(around, id, may);
  const [all, { source, etag }] = await busy(place, "Loading the bank …", Promise.all([summaries(), load(id)]));
  const summary = all.find((one) => one.id === id);
  const kept = may.edit ? keptDraft(id) : null;
  const draft = kept ?? new Draft(id, opened(source), etag, opened(source));
  const isOld = draft.etag !== etag;
  const note = isOld
    ? conflictNote(draft, around.again)
    : kept?.isChanged && !around.message && h("p", { class: "note" }, "Your unsaved changes of this bank are as you left them.");
  const page = showDraft(around, draft, summary, all, note || null);
  if (questionId) page.show(questionId);
}

/** @param {Around} around */
export async function showNew(around) {
  const all = await busy(around.place, "Loading …", summaries());
  showDraft(around, keptDraft(NEW) ?? new Draft(NEW, null, null, emptyBank()), undefined, all, null);
}

/**
 * @param {Around} around
 * @param {Draft} draft
 * @param {Summary | undefined} summary
 * @param {Summary[]} all
 * @param {HTMLElement | null} note
 */
function showDraft(around, draft, summary, all, note) {
  const { place, session, again, go } = around;
  const may = mayOf(session);
  const faults = new Faults();
  const change = () => draft.touch();
  const wrong = h("div", {});
  const form = h("div", {});
  const taken = all.map(({ id }) => id);
  const drawForm = () => fill(form, bankForm(draft, faults, taken, change));
  const list = questionList({ draft, faults, may, change });
  const redraw = () => {
    drawForm();
    list.draw();
  };
  const discard = async () => {
    const what = draft.base ? "The bank is then as it was saved." : "The new bank is then gone.";
    if (!(await ask("Discard all unsaved changes?", [what], "Discard them", "Keep them"))) return;
    draft.forget();
    if (draft.base) again();
    else go("");
  };
  const review = () => {
    draft.keep();
    saveDialog({ draft, undone: redraw, refused, loadTheirs: again, saved });
  };
  /**
   * @param {number} version
   * @param {string} id
   */
  const saved = (version, id) => {
    const told = `Saved as version ${version}. Answers are graded by it from now on.`;
    if (draft.base) again(told);
    else go(id, told);
  };
  /** @param {import("../draft/faults.js").FieldError[]} errors */
  const refused = (errors) => {
    const placed = faults.place(draft.bank, errors);
    drawForm();
    const details = form.closest("details");
    if (details && placed.some(({ question }) => question === null)) details.open = true;
    list.reveal(placed.flatMap(({ question }) => question ?? []));
    fill(wrong, refusal(placed, list.reveal));
    const first = wrong.querySelector("button");
    if (first) first.focus();
    else placed[0]?.focus();
  };
  const bar = saveBar(draft, review, discard);
  draft.onchange = bar.update;
  live.draft = may.edit ? draft : null;
  drawForm();
  fill(
    place,
    backLink(),
    heading(draft.base ? draft.base.title : "New bank"),
    summary && h("p", { class: "faint" }, [summary.as_of && `As of ${summary.as_of}.`, originWords(summary.source)].filter(Boolean).join(" ")),
    around.message && h("p", { class: "note" }, around.message),
    note,
    may.why && h("p", { class: "note" }, may.why),
    bankActions({ around, draft, summary, may }),
    may.edit && (draft.base ? h("details", { class: "card" }, h("summary", {}, "Title and date of the bank"), form) : form),
    wrong,
    list.element,
    may.edit && bar.element,
  );
  bar.update();
  if (around.message) say(around.message);
  return list;
}
