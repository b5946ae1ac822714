// The reviewer's desk: which grades wait, which one is open, what was entered, and what comes next.

import { fill, find, h } from "../shared/dom.js";
import { busy, failure, say } from "../shared/shell.js";
import { noneOfQuestion, nothingWaits } from "./empty.js";
import { adviceOn, keepReview, staleWords } from "./keeping.js";
import { markOpen, showDone, showQuestions, showQueue } from "./list.js";
import { scoreWords } from "./numbers.js";
import { kept, waiting } from "./records.js";
import { askReviewer, reviewer } from "./reviewer.js";
import { sight } from "./sight.js";
import { show } from "./view.js";

/** @typedef {import("./types.js").Kept} Kept */
/** @typedef {import("./types.js").ReviewRequest} ReviewRequest */
/** @typedef {import("./decision.js").Draft} Draft */
/** @typedef {import("./view.js").View} View */

export class Desk {
  /**
   * @param {import("./types.js").Session} session
   * @param {{question: string}} first
   */
  constructor(session, { question }) {
    this.session = session;
    this.mayKnow = session.scopes.includes("references");
    this.question = question;
    /** @type {import("./types.js").Listed[]} */
    this.queue = [];
    /** @type {Set<string>} */
    this.questions = new Set();
    /** @type {Map<string, Draft>} */
    this.drafts = new Map();
    /** @type {import("./list.js").Done[]} */
    this.done = [];
    /** @type {View | null} */
    this.view = null;
    /** @type {string | null} */
    this.openId = null;
    this.showsWho = false;
    this.revealed = false;
    this.saving = false;
    this.opening = new AbortController();
    this.place = find("#grade", HTMLElement);
  }

  /** Reads the queue anew. */
  async refresh() {
    this.queue = await waiting(this.question);
    for (const { question_id: id } of this.queue) if (id) this.questions.add(id);
    showQuestions(this.questions, this.question);
    this.drawQueue();
  }

  drawQueue() {
    showQueue(this.queue, (id) => this.drafts.has(id), (id) => this.open(id));
    markOpen(this.openId);
  }

  /**
   * Opens a grade.
   *
   * @param {string} id
   * @param {{focus?: boolean}} [options]
   */
  async open(id, { focus = true } = {}) {
    if (this.saving) return;
    this.keepDraft();
    this.opening.abort();
    this.opening = new AbortController();
    const { signal } = this.opening;
    [this.view, this.openId, this.revealed] = [null, id, false];
    this.remember();
    if (focus) this.place.focus({ preventScroll: true });
    fill(this.place);
    try {
      const record = await busy(this.place, "Opening the grade …", kept(id, this.mayKnow, signal));
      if (signal.aborted) return;
      const view = this.draw(record);
      if (focus) view.heading.focus();
    } catch (error) {
      if (signal.aborted) return;
      fill(this.place, failure(error, () => this.open(id)));
    }
  }

  /**
   * Shows a grade with what was entered for it.
   *
   * @param {Kept} record
   * @returns {View}
   */
  draw(record) {
    const id = this.openId ?? "";
    const byKey = this.session.keys;
    const view = show(sight(record, { showsWho: this.showsWho, revealed: this.revealed }), {
      id,
      draft: this.drafts.get(id) ?? null,
      mayKnow: this.mayKnow,
      me: byKey ? (this.session.name ?? "") : reviewer(),
      byKey,
      open: (other) => this.open(other),
      reveal: () => {
        this.revealed = true;
        this.redraw()?.heading.focus();
      },
      rename: async () => {
        if (await askReviewer()) this.redraw();
      },
      accept: () => this.accept(),
      save: () => this.save(),
    });
    this.view = view;
    fill(this.place, view.element);
    this.drawQueue();
    return view;
  }

  /** Shows the open grade again, without losing what was entered. */
  redraw() {
    const { view } = this;
    if (!view) return null;
    this.keepDraft();
    return this.draw(view.kept);
  }

  /** Keeps what was entered for the open grade, until it is saved. */
  keepDraft() {
    if (!this.view) return;
    const draft = this.view.draft();
    if (draft) this.drafts.set(this.view.id, draft);
    else this.drafts.delete(this.view.id);
  }

  hasDrafts() {
    this.keepDraft();
    return this.drafts.size > 0;
  }

  /** Opens what waits first, or says that nothing does. */
  async openFirst(focus = true) {
    const [first] = this.queue;
    if (first) return this.open(first.id, { focus });
    this.keepDraft();
    [this.view, this.openId] = [null, null];
    this.remember();
    markOpen(null);
    const empty = this.question ? noneOfQuestion(() => this.choose("")) : nothingWaits(() => this.choose(""));
    fill(this.place, empty);
    if (focus) find("h2", HTMLElement, empty).focus();
  }

  /**
   * Opens the next grade, or the one before.
   *
   * @param {1 | -1} step
   */
  move(step) {
    if (this.saving) return;
    const at = this.queue.findIndex(({ id }) => id === this.openId);
    const to = this.queue[at === -1 ? 0 : at + step];
    if (to) this.open(to.id);
    else this.tell(this.queue.length === 0 ? "Nothing waits." : step > 0 ? "This is the last one." : "This is the first one.");
  }

  /**
   * Looks at the grades of one question only, or at all.
   *
   * @param {string} question
   */
  async choose(question) {
    this.question = question;
    this.remember();
    try {
      await busy(find("#waiting", HTMLElement), "Reading the queue …", this.refresh());
      const stays = this.queue.some(({ id }) => id === this.openId);
      if (!stays) await this.openFirst(document.activeElement?.id !== "question");
    } catch (error) {
      fill(find("#waiting", HTMLElement), failure(error, () => this.choose(question)));
    }
  }

  /** Gives the open grade where it can be decided, and says so where it cannot. */
  decidable() {
    if (!this.view || this.view.canDecide) return this.view;
    this.tell("This grade is not for you to decide; it says why.");
    return null;
  }

  accept() {
    const decided = this.decidable()?.accepted();
    if (typeof decided === "string") this.refuse(decided);
    else if (decided) this.keep(decided);
  }

  save() {
    const decided = this.decidable()?.decided();
    if (decided) this.keep(decided);
  }

  /**
   * @param {ReviewRequest} decided
   */
  async keep(decided) {
    const { view } = this;
    if (!view || this.saving) return;
    this.saving = true;
    view.lock(true);
    try {
      const name = this.session.keys ? null : reviewer() || (await askReviewer());
      if (name === "" || (name === null && !this.session.keys)) return;
      const review = keepReview(view, name === null ? decided : { ...decided, reviewer: name });
      const score = (await busy(view.outcome, "Saving …", review)).score ?? 0;
      this.saving = false;
      await this.goOn(view, score);
    } catch (error) {
      this.saving = false;
      await this.notKept(view, error);
    } finally {
      this.saving = false;
      view.lock(false);
    }
  }

  /**
   * @param {View} view
   * @param {number} score
   */
  async goOn(view, score) {
    const before = this.queue.map(({ id }) => id);
    this.drafts.delete(view.id);
    this.view = null;
    const question = view.kept.question.trim() || view.id;
    this.done = [{ id: view.id, question, score, maxPoints: view.maxPoints }, ...this.done.filter(({ id }) => id !== view.id)];
    showDone(this.done, (id) => this.open(id));
    try {
      await this.refresh();
    } catch {
      this.queue = this.queue.filter(({ id }) => id !== view.id);
      this.drawQueue();
    }
    this.tell(`Saved: ${scoreWords(score, view.maxPoints)}. ${find("#left", HTMLElement).textContent}.`);
    const after = before.slice(before.indexOf(view.id) + 1);
    const next = before.includes(view.id) && after.find((id) => this.queue.some((grade) => grade.id === id));
    if (next) await this.open(next);
    else await this.openFirst();
  }

  /**
   * Says why a review was not kept, with the grade as it is by now.
   *
   * @param {View} view
   * @param {unknown} error
   */
  async notKept(view, error) {
    const stale = staleWords(error);
    if (!stale) {
      fill(view.outcome, failure(error), adviceOn(error));
      view.outcome.focus();
      return;
    }
    this.keepDraft();
    try {
      this.draw(await kept(view.id, this.mayKnow));
    } catch (other) {
      fill(view.outcome, failure(other));
    }
    this.refuse(stale);
    this.refresh().catch(() => {});
  }

  /** @param {string} text */
  refuse(text) {
    if (!this.view) return;
    fill(this.view.outcome, h("p", { class: "failure", role: "alert" }, text));
    this.view.outcome.focus();
  }

  /** Says that a review stays, and offers to review the same grade once more. */
  undo() {
    const [last] = this.done;
    const again = last && h("button", { type: "button", onclick: () => this.open(last.id) }, "Review the last one again");
    const then = last ? "Review it again instead: the last review counts. " : "On this visit you have reviewed nothing yet.";
    this.tell(`A review cannot be undone: reviews are only ever added. ${then}`, again);
    again?.focus();
  }

  /**
   * @param {string} text
   * @param {Node} [action]
   */
  tell(text, action) {
    say(text);
    fill(find("#told", HTMLElement), h("p", {}, text), action ?? null);
  }

  /** Has the address say what is looked at, so that it can be read again or handed on. */
  remember() {
    const at = new URLSearchParams();
    if (this.question) at.set("question_id", this.question);
    if (this.openId) at.set("grade", this.openId);
    history.replaceState(null, "", at.size > 0 ? `?${at}` : location.pathname);
  }
}
