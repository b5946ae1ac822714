// The questions of a bank, by topic, each folded until it is opened, and its form where it is edited.

import { fill, h } from "../../shared/dom.js";
import { say } from "../../shared/shell.js";
import { ask } from "../dialogs.js";
import { questionParts } from "../draft/changes.js";
import { emptyQuestion } from "../draft/edit.js";
import { questionForm } from "../form/question-form.js";
import { byTopic, filterFields, matches } from "./filter.js";
import { conceptCount, questionBadges, questionView } from "./question-view.js";

/** @typedef {import("../draft/edit.js").EditQuestion} EditQuestion */
/** @typedef {import("../draft/draft.js").Draft} Draft */
/** @typedef {import("../draft/faults.js").Faults} Faults */
/** @typedef {import("../around.js").May} May */

/**
 * @param {object} about
 * @param {Draft} about.draft
 * @param {Faults} about.faults
 * @param {May} about.may
 * @param {() => void} about.change
 */
export function questionList({ draft, faults, may, change }) {
  /** @type {Set<EditQuestion>} */
  const open = new Set();
  /** @type {Set<EditQuestion>} */
  const edited = new Set();
  /** @type {Map<EditQuestion, HTMLDetailsElement>} */
  const cards = new Map();
  const groups = h("div", {});
  const { bank } = draft;
  const filter = filterFields(() => draw());

  const draw = () => {
    filter.update(bank.questions, 0);
    const shown = bank.questions.filter((one) => edited.has(one) || matches(one, filter.wanted));
    filter.update(bank.questions, shown.length);
    cards.clear();
    fill(groups, ...byTopic(shown).flatMap(([topic, questions]) => [h("h2", {}, topic), ...questions.map((one) => card(one, questions))]));
    if (shown.length === 0) groups.append(nothing());
  };
  const nothing = () =>
    bank.questions.length > 0
      ? h("div", { class: "note" }, h("p", {}, "No question is like that."), h("button", { type: "button", onclick: filter.clear }, "Show all questions"))
      : h("p", { class: "note" }, may.edit ? "There are no questions yet. Add the first one below." : "This bank has no questions.");

  /**
   * @param {EditQuestion} question
   * @param {EditQuestion[]} group
   */
  const card = (question, group) => {
    const body = h("div", { class: "question-body" });
    const details = h(
      "details",
      { class: "card question", open: open.has(question), ontoggle: () => toggled() },
      h("summary", {}, h("span", { class: "question-title", dir: "auto" }, question.question || "A question without text"), " ",
        ...questionBadges(question, conceptCount(question.concepts.length), stateOf(question))),
      body,
    );
    const toggled = () => {
      if (details.open) open.add(question);
      else open.delete(question);
      if (details.open && !body.hasChildNodes()) fill(body, ...content(question, group));
    };
    cards.set(question, details);
    if (open.has(question)) fill(body, ...content(question, group));
    return details;
  };

  /** @param {EditQuestion} question */
  const stateOf = (question) => {
    if (!draft.base) return "";
    const was = draft.base.questions.find(({ id }) => id === question.was);
    if (!was) return "new";
    return questionParts(was, question).length > 0 ? "changed" : "";
  };

  /**
   * @param {EditQuestion} question
   * @param {EditQuestion[]} group
   */
  const content = (question, group) => {
    if (edited.has(question)) {
      const done = () => h("div", { class: "buttons" }, h("button", { type: "button", "data-action": "done", onclick: () => close(question) }, "Done with this question"));
      return [done(), questionForm(question, bank, faults, may.propose, change), done()];
    }
    return [h("div", { class: "buttons" }, ...actions(question, group)), ...questionView(question)];
  };

  /**
   * @param {EditQuestion} question
   * @param {EditQuestion[]} group
   */
  const actions = (question, group) => {
    const saved = draft.base && question.was !== null;
    const place = group.indexOf(question);
    const button = (/** @type {string} */ action, /** @type {string} */ word, /** @type {boolean} */ off, /** @type {() => void} */ act) =>
      h("button", { type: "button", disabled: off, onclick: act, "data-action": action, "aria-label": `${word}: ${question.question}` }, word);
    return [
      ...(may.edit ? [button("edit", "Edit", false, () => edit(question))] : []),
      ...(saved ? [h("a", { class: "button", href: `/try#question_id=${draft.base?.id}/${question.was}` }, "Try this question")] : []),
      ...(may.edit
        ? [
            button("up", "Move up", place === 0, () => move(question, group[place - 1], "up")),
            button("down", "Move down", place === group.length - 1, () => move(question, group[place + 1], "down")),
            button("remove", "Remove", false, () => remove(question)),
          ]
        : []),
    ];
  };

  /**
   * @param {EditQuestion} question
   * @param {string} [action] the button, or else the first field
   */
  const focus = (question, action) => {
    const details = cards.get(question);
    const wanted = action && details?.querySelector(`[data-action="${action}"]:not(:disabled)`);
    const target = wanted || details?.querySelector(action ? "summary" : ".question-form textarea");
    if (target instanceof HTMLElement) target.focus();
  };
  /** @param {EditQuestion} question */
  const edit = (question) => {
    open.add(question);
    edited.add(question);
    draw();
    focus(question);
  };
  /** @param {EditQuestion} question */
  const close = (question) => {
    edited.delete(question);
    draw();
    focus(question, "edit");
  };
  /**
   * @param {EditQuestion} question
   * @param {EditQuestion | undefined} other the one whose place it takes
   * @param {string} action
   */
  const move = (question, other, action) => {
    if (!other) return;
    const to = bank.questions.indexOf(other);
    bank.questions.splice(bank.questions.indexOf(question), 1);
    bank.questions.splice(to, 0, question);
    change();
    draw();
    focus(question, action);
    say(`Question moved to place ${to + 1} of ${bank.questions.length}.`);
  };
  /** @param {EditQuestion} question */
  const remove = async (question) => {
    const title = question.question || "this question";
    if (!(await ask("Remove the question?", [title, draft.base && "The saved bank keeps it until you save."], "Remove", "Keep it"))) return;
    bank.questions.splice(bank.questions.indexOf(question), 1);
    open.delete(question);
    edited.delete(question);
    change();
    draw();
    add.focus();
    say("Question removed.");
  };
  const add = h("button", { type: "button", onclick: () => {
    const question = { ...emptyQuestion(), topic: filter.wanted.topic };
    bank.questions.push(question);
    change();
    edit(question);
  } }, "Add a question");

  draw();
  return {
    element: h("div", {}, filter.element, groups, may.edit && h("div", { class: "buttons" }, add)),
    draw,
    /**
     * Opens the forms of questions.
     *
     * @param {Iterable<EditQuestion>} questions
     */
    reveal: (questions) => {
      for (const question of questions) {
        open.add(question);
        edited.add(question);
      }
      draw();
    },
    /**
     * Opens a question to be read.
     *
     * @param {string} id
     */
    show: (id) => {
      const question = bank.questions.find((one) => one.id === id);
      if (!question) return;
      open.add(question);
      draw();
      cards.get(question)?.scrollIntoView();
    },
  };
}
