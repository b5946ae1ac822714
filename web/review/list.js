// The queue as a list, and what was reviewed just now.

import { fill, find, h } from "../shared/dom.js";
import { methodWords } from "../shared/reasons.js";
import { scoreWords } from "./numbers.js";
import { MOST } from "./records.js";

/** @typedef {import("./types.js").Listed} Listed */
/** @typedef {{id: string, question: string, score: number, maxPoints: number}} Done */

/**
 * @param {Listed[]} grades
 * @param {(id: string) => boolean} hasDraft
 * @param {(id: string) => void} open
 */
export function showQueue(grades, hasDraft, open) {
  const count = grades.length < MOST ? `${grades.length} left` : `${MOST} or more left`;
  find("#left", HTMLElement).textContent = count;
  const items = grades.map((grade) =>
    h(
      "li",
      {},
      h(
        "button",
        { type: "button", class: "pick", "data-id": grade.id, onclick: () => open(grade.id) },
        h("span", { class: "pick-name" }, grade.question_id ?? "A question of no bank"),
        h("span", { class: "pick-facts" }, facts(grade), hasDraft(grade.id) ? " · not saved" : ""),
      ),
    ),
  );
  fill(
    find("#waiting", HTMLElement),
    items.length > 0 ? h("ul", { class: "picks", "aria-label": "Grades that wait" }, items) : h("p", { class: "faint" }, "Nothing waits."),
  );
}

/** @param {Listed} grade */
function facts(grade) {
  const erased = grade.erased ? " · erased" : "";
  if (grade.review_state === "appealed") return [h("span", { class: "badge partial" }, "appeal"), erased];
  const by = grade.method === "llm" ? (grade.model ?? methodWords("llm")) : grade.method;
  const sure = typeof grade.score === "number" ? `confidence ${grade.confidence.toFixed(2)}` : "not judged";
  return [`${sure} · ${by}${erased}`];
}

/**
 * Marks the grade that is open.
 *
 * @param {string | null} id
 */
export function markOpen(id) {
  for (const button of document.querySelectorAll("button.pick")) {
    const isOpen = button.getAttribute("data-id") === id;
    if (isOpen) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    if (isOpen) button.scrollIntoView({ block: "nearest" });
  }
}

/**
 * @param {Done[]} done the latest first
 * @param {(id: string) => void} open
 */
export function showDone(done, open) {
  const items = done.map(({ id, question, score, maxPoints }) =>
    h(
      "li",
      {},
      h(
        "button",
        { type: "button", class: "pick", "data-id": id, onclick: () => open(id) },
        h("span", { class: "pick-name", dir: "auto" }, question),
        h("span", { class: "pick-facts" }, `reviewed: ${scoreWords(score, maxPoints)}`),
      ),
    ),
  );
  fill(
    find("#just", HTMLElement),
    items.length > 0 && [h("h3", {}, "Just reviewed"), h("ul", { class: "picks", "aria-label": "Just reviewed" }, items)],
  );
}

/**
 * @param {Iterable<string>} questions
 * @param {string} chosen
 */
export function showQuestions(questions, chosen) {
  const known = [...new Set([...questions, ...(chosen ? [chosen] : [])])].sort();
  const option = (/** @type {string} */ value, /** @type {string} */ words) =>
    h("option", { value, selected: value === chosen }, words);
  fill(find("#question", HTMLSelectElement), option("", "All questions"), known.map((id) => option(id, id)));
}
