// A bank for those who must not see its key: the questions alone.

import { fill, h } from "../../shared/dom.js";
import { busy } from "../../shared/shell.js";
import { backLink, heading } from "../around.js";
import { plain } from "../source.js";
import { byTopic, filterFields, matches } from "./filter.js";
import { conceptCount, questionBadges } from "./question-view.js";

/** @typedef {import("../around.js").Around} Around */

/**
 * @param {Around} around
 * @param {string} id
 * @param {import("../around.js").May} may
 */
export async function showPlain({ place }, id, may) {
  const bank = await busy(place, "Loading the bank …", plain(id));
  const groups = h("div", {});
  const draw = () => {
    filter.update(bank.questions, bank.questions.length);
    const shown = bank.questions.filter((question) => matches(question, filter.wanted));
    filter.update(bank.questions, shown.length);
    fill(groups, ...byTopic(shown).flatMap(([topic, questions]) => [h("h2", {}, topic), h("ul", { class: "list" }, ...questions.map(item))]));
    if (shown.length === 0) groups.append(h("div", { class: "note" }, h("p", {}, "No question is like that."), h("button", { type: "button", onclick: filter.clear }, "Show all questions")));
  };
  const filter = filterFields(draw);
  /** @param {typeof bank.questions[number]} question */
  const item = (question) =>
    h(
      "li",
      { class: "plain-question" },
      h("p", { dir: "auto" }, question.question, " ", ...questionBadges(question, conceptCount(question.concepts_count))),
      h("p", {}, h("a", { href: `/try#question_id=${question.id}`, "aria-label": `Try this question: ${question.question}` }, "Try this question")),
    );
  draw();
  fill(
    place,
    backLink(),
    heading(bank.title),
    bank.as_of && h("p", { class: "faint" }, `As of ${bank.as_of}.`),
    h("p", { class: "note" }, may.why),
    filter.element,
    groups,
  );
}
