// Which questions of a bank are shown.

import { h } from "../../shared/dom.js";
import { elementId } from "../form/fields.js";

/**
 * @typedef {object} Findable
 * @property {string} id
 * @property {string | null} [topic]
 * @property {string | null} [level]
 * @property {string} question
 * @property {string | null} [reference_answer]
 * @property {{text: string, aliases?: string[]}[] | null} [concepts]
 */
/** @typedef {{text: string, topic: string, level: string}} Wanted */

export const NO_TOPIC = "Without a topic";

/**
 * Tells whether a question has all words that are looked for, somewhere.
 *
 * @param {Findable} question
 * @param {Wanted} wanted
 */
export function matches(question, { text, topic, level }) {
  if (topic && (question.topic || NO_TOPIC) !== topic) return false;
  if (level && question.level !== level) return false;
  const concepts = (question.concepts ?? []).flatMap((one) => [one.text, ...(one.aliases ?? [])]);
  const all = [question.id, question.question, question.topic ?? "", question.reference_answer ?? "", ...concepts].join("\n").toLowerCase();
  return text.toLowerCase().split(/\s+/).filter(Boolean).every((word) => all.includes(word));
}

/**
 * Groups questions by their topics, in the order in which these come up.
 *
 * @template {Findable} Question
 * @param {readonly Question[]} questions
 * @returns {[string, Question[]][]}
 */
export function byTopic(questions) {
  /** @type {Map<string, Question[]>} */
  const groups = new Map();
  for (const question of questions) {
    const topic = question.topic?.trim() || NO_TOPIC;
    groups.set(topic, [...(groups.get(topic) ?? []), question]);
  }
  return [...groups];
}

/**
 * Makes the fields; what is chosen stays with them.
 *
 * @param {() => void} change
 */
export function filterFields(change) {
  /** @type {Wanted} */
  const wanted = { text: "", topic: "", level: "" };
  const text = h("input", { type: "search", id: elementId(), oninput: () => set("text", text.value) });
  const topic = h("select", { id: elementId(), oninput: () => set("topic", topic.value) });
  const level = h("select", { id: elementId(), oninput: () => set("level", level.value) });
  const told = h("p", { class: "faint", role: "status" });
  /**
   * @param {keyof Wanted} name
   * @param {string} value
   */
  const set = (name, value) => {
    wanted[name] = value;
    change();
  };
  /**
   * @param {HTMLSelectElement} select
   * @param {string[]} options
   */
  const offer = (select, options) => {
    const chosen = select.value;
    select.replaceChildren(h("option", { value: "" }, "all"), ...options.map((one) => h("option", { value: one }, one)));
    select.value = options.includes(chosen) ? chosen : "";
  };
  const field = (/** @type {string} */ label, /** @type {HTMLElement} */ control) =>
    h("div", {}, h("label", { for: control.id }, label), control);
  const element = h(
    "search",
    { class: "filter" },
    h("div", { class: "row" }, field("Find in questions", text), field("Topic", topic), field("Level", level)),
    told,
  );
  return {
    element,
    wanted,
    /**
     * @param {readonly Findable[]} all
     * @param {number} shown
     */
    update: (all, shown) => {
      offer(topic, byTopic(all).map(([name]) => name));
      offer(level, ["junior", "intermediate", "senior"].filter((one) => all.some((question) => question.level === one)));
      wanted.topic = topic.value;
      wanted.level = level.value;
      const count = `${all.length} ${all.length === 1 ? "question" : "questions"}`;
      told.textContent = shown === all.length ? count : `${shown} of ${count}`;
    },
    clear: () => {
      Object.assign(wanted, { text: "", topic: "", level: "" });
      text.value = topic.value = level.value = "";
      change();
    },
  };
}
