// The end of an interview: how it went by topic, what was strong, what is missing, and every answer.

import { download, fill, find, h } from "../shared/dom.js";
import { badge, headline, highlighted, percent } from "../shared/words.js";
import { asJson, asMarkdown, summary } from "./summary.js";
import { together } from "./feedback.js";
import { localModel } from "./local-model.js";
import { clock } from "./timer.js";

/** @typedef {import("./state.js").Interview} Interview */
/** @typedef {import("./key.js").Key} Key */

/**
 * @param {HTMLElement} place
 * @param {Interview} interview
 * @param {Key} key
 * @param {() => void} again
 */
export function showReport(place, interview, key, again) {
  const sum = summary(interview);
  const name = `interview-${interview.bank}-${interview.begun.slice(0, 10)}`;
  fill(
    place,
    h("h1", { tabIndex: -1 }, `Report: ${interview.title}`),
    h(
      "p",
      {},
      `${sum.answered} of ${interview.questions.length} questions answered on ${new Date(interview.begun).toLocaleDateString()}` +
        (sum.answered > 0 ? `, in ${clock(sum.seconds)} minutes.` : "."),
    ),
    sum.answered > 0 && h("p", { class: "total" }, totals(sum)),
    sum.byKeywords && localModel(),
    sum.topics.length > 0 && chart(sum),
    h(
      "div",
      { class: "columns" },
      ideaList("Strengths", "Nothing was covered yet.", sum.strengths, interview, key),
      ideaList("Gaps", "Nothing was missing.", sum.gaps, interview, key),
    ),
    h("h2", {}, "Every answer"),
    answers(interview),
    h(
      "div",
      { class: "buttons" },
      h("button", { type: "button", class: "primary", onclick: again }, "Practise again"),
      h("button", { type: "button", onclick: () => print() }, "Print"),
      h("button", { type: "button", onclick: () => download(`${name}.md`, asMarkdown(interview), "text/markdown") }, "Save as Markdown"),
      h("button", { type: "button", onclick: () => download(`${name}.json`, asJson(interview), "application/json") }, "Save as JSON"),
    ),
  );
  find("h1", HTMLElement, place).focus();
}

/** @param {import("./summary.js").Summary} sum */
function totals(sum) {
  const ideas = `${sum.covered} of ${sum.concepts} ideas mentioned`;
  // What keywords find is a count; only a model's score is one.
  return sum.byKeywords || sum.score === null ? ideas : `${percent(sum.score)} – ${ideas}`;
}

/** @param {import("./summary.js").Summary} sum */
function chart(sum) {
  const rows = sum.topics.map((topic) => {
    const share = sum.byKeywords || topic.score === null ? topic.covered / Math.max(1, topic.concepts) : topic.score;
    const told = sum.byKeywords || topic.score === null ? `${topic.covered} of ${topic.concepts} ideas` : percent(topic.score);
    const bar = h("span", { class: "bar-value", "aria-hidden": "true" });
    bar.style.inlineSize = `${(share * 100).toFixed(1)}%`;
    return h("tr", {}, h("th", { scope: "row" }, topic.topic), h("td", { class: "bar-cell" }, bar), h("td", { class: "number" }, told));
  });
  const measure = sum.byKeywords ? "ideas mentioned" : "mean score";
  return h("table", { class: "chart" }, h("caption", {}, `By topic: ${measure}`), h("tbody", {}, rows));
}

/**
 * @param {string} title
 * @param {string} none
 * @param {import("./summary.js").Idea[]} list
 * @param {Interview} interview
 * @param {Key} key
 */
function ideaList(title, none, list, interview, key) {
  const item = (/** @type {import("./summary.js").Idea} */ idea) => {
    const question = interview.questions[idea.question];
    const href = question && key.link(question.id, idea.id);
    return h("li", {}, idea.text, " ", href && h("a", { href, target: "_blank", rel: "noopener noreferrer" }, "Read about it"));
  };
  return h("section", {}, h("h2", {}, title), list.length === 0 ? h("p", { class: "faint" }, none) : h("ul", {}, list.map(item)));
}

/** @param {Interview} interview */
function answers(interview) {
  return h(
    "ol",
    { class: "answers" },
    interview.questions.map((question, at) => {
      const answered = interview.answers[at];
      if (!answered) return h("li", {}, h("h3", {}, question.question), h("p", { class: "faint" }, "Not answered."));
      const { grade, followUp } = answered;
      return h(
        "li",
        {},
        h("h3", {}, question.question),
        h("p", {}, headline(grade), ` (${clock(answered.seconds)} minutes)`),
        highlighted(together(answered.text, followUp?.answer ?? ""), grade.concepts),
        followUp && followUp.answer !== "" && h("p", { class: "hint" }, `The last part answers: ${followUp.question}`),
        h("ul", { class: "verdicts" }, grade.concepts.map((one) => h("li", {}, badge(one.verdict), " ", one.text ?? one.id))),
      );
    }),
  );
}
