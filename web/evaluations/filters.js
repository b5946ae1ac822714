// The fields that choose among cases: by kind, question, tag and name.

import { h } from "../shared/dom.js";
import { plain } from "./words.js";

/** @typedef {{only: string, question: string, tag: string, search: string}} Chosen */
/** @typedef {{key: string, title: string}} Kind */

/**
 * @param {object} options
 * @param {string} options.name keeps the fields apart from others
 * @param {readonly Kind[]} options.kinds
 * @param {{questions: string[], tags: string[]}} options.groups
 * @param {Omit<Chosen, "search">} options.chosen
 * @param {(chosen: Chosen) => void} options.change
 * @returns {{element: HTMLElement, choose: (change: Partial<Chosen>) => void, chosen: () => Chosen}}
 */
export function filters({ name, kinds, groups, chosen, change }) {
  const only = select(
    kinds.map(({ key, title }) => [key, title]),
    chosen.only,
  );
  const question = select(choices("Every question", groups.questions), chosen.question);
  const tag = select(choices("Every tag", groups.tags), chosen.tag);
  const search = h("input", { type: "search", autocomplete: "off", spellcheck: false });
  const now = () => ({
    only: only.value,
    question: question.value,
    tag: tag.value,
    search: search.value.trim().toLowerCase(),
  });
  const tell = () => change(now());
  for (const field of [only, question, tag]) field.onchange = tell;
  search.oninput = tell;
  const labelled = (/** @type {string} */ label, /** @type {HTMLInputElement | HTMLSelectElement} */ field) => {
    field.id = `${name}-${label.toLowerCase().replaceAll(" ", "-")}`;
    return h("div", {}, h("label", { htmlFor: field.id }, label), field);
  };
  const element = h(
    "div",
    { class: "row filters" },
    labelled("Show", only),
    labelled("Question", question),
    labelled("Tag", tag),
    labelled("Case id holds", search),
  );
  return {
    element,
    chosen: now,
    choose: (wanted) => {
      only.value = wanted.only ?? "";
      question.value = wanted.question ?? "";
      tag.value = wanted.tag ?? "";
      search.value = wanted.search ?? "";
      tell();
    },
  };
}

/**
 * @param {string} all
 * @param {readonly string[]} names
 * @returns {[string, string][]}
 */
function choices(all, names) {
  return [
    ["", all],
    ...names.filter((name) => name !== "").map((name) => /** @type {[string, string]} */ ([name, plain(name, 80)])),
  ];
}

/**
 * @param {readonly (readonly [string, string])[]} options
 * @param {string} chosen
 * @returns {HTMLSelectElement}
 */
function select(options, chosen) {
  const field = h(
    "select",
    {},
    options.map(([value, text]) => h("option", { value }, text)),
  );
  field.value = options.some(([value]) => value === chosen) ? chosen : "";
  return field;
}
