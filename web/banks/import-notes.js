// Interview notes in Markdown, read into a bank; what was read is shown before it is kept.

import { ApiProblem } from "../shared/api.js";
import { fill, h } from "../shared/dom.js";
import { busy, failure, say } from "../shared/shell.js";
import { backLink, heading } from "./around.js";
import { byTopic } from "./bank/filter.js";
import { NEW } from "./draft/draft.js";
import { placeWords } from "./draft/faults.js";
import { newId } from "./draft/ids.js";
import { elementId } from "./form/fields.js";
import { keepAsNew } from "./open-file.js";
import { importNotes } from "./source.js";

/** @typedef {import("./around.js").Around} Around */
/** @typedef {import("./source.js").Source} Source */

/** @param {Around} around */
export function showImport({ place, go }) {
  let follows = true;
  const title = h("input", { id: elementId(), required: true, autocomplete: "off", oninput: () => { if (follows) id.value = title.value ? newId(title.value, "bank", []) : ""; } });
  const id = h("input", { id: elementId(), required: true, autocomplete: "off", spellcheck: false, oninput: () => { follows = id.value === ""; } });
  const notes = h("textarea", { id: elementId(), rows: 14, required: true, spellcheck: false, class: "code", oninput: () => fill(result) });
  const file = h("input", { type: "file", id: elementId(), accept: ".md,.markdown,.txt,text/markdown,text/plain", onchange: () => take() });
  const result = h("div", {});
  const take = async () => {
    const chosen = file.files?.[0];
    if (!chosen) return;
    notes.value = await chosen.text();
    fill(result);
    if (title.value === "") {
      title.value = chosen.name.replace(/\.[^.]+$/, "").replace(/[-_]+/g, " ");
      id.value = newId(title.value, "bank", []);
    }
    say(`${chosen.name} is read into the field for notes.`);
  };
  /** @param {SubmitEvent} event */
  const read = async (event) => {
    event.preventDefault();
    fill(result);
    button.disabled = true;
    try {
      const { bank } = await busy(result, "Reading the notes …", importNotes(id.value.trim(), title.value.trim(), notes.value));
      preview(bank);
    } catch (error) {
      fill(result, error instanceof ApiProblem && error.errors.length > 0 ? faults(error) : failure(error));
    } finally {
      button.disabled = false;
    }
  };
  /** @param {ApiProblem} problem */
  const faults = (problem) =>
    h(
      "div",
      { class: "failure", role: "alert" },
      h("p", {}, "The notes cannot be read as questions and answers yet:"),
      h("ul", {}, ...problem.errors.map(({ pointer, detail }) => {
        const [place, line] = / \(line (\d+)[^)]*\)$/.exec(detail) ?? [];
        if (!place) return h("li", {}, `${placeWords(pointer)} ${detail}`);
        return h("li", {}, h("button", { type: "button", class: "inline", onclick: () => goTo(notes, Number(line)) }, `Line ${line}`), ` ${detail.slice(0, -place.length)}`);
      })),
    );
  /** @param {Source} bank */
  const preview = (bank) => {
    const count = bank.questions.length === 1 ? "1 question was read" : `${bank.questions.length} questions were read`;
    const keep = async () => {
      if (await keepAsNew(bank)) go(NEW, "The notes are a draft now. Add concepts to the questions, then save it.");
    };
    const head = h("h2", { tabIndex: -1 }, count);
    fill(
      result,
      h(
        "section",
        { class: "card" },
        head,
        h("p", {}, "Nothing is kept yet. Look whether questions and answers are parted as you mean it. Headings are questions; a heading with nothing but headings under it is a topic."),
        ...byTopic(bank.questions).flatMap(([topic, questions]) => [
          h("h3", {}, topic),
          ...questions.map((question) =>
            h("details", { class: "question" }, h("summary", {}, h("span", { class: "question-title" }, question.question)), h("p", { class: "answer", dir: "auto" }, (question.reference_answer ?? "").trim()))),
        ]),
        h("div", { class: "buttons" }, h("button", { type: "button", class: "primary", onclick: keep }, "Keep as a draft"), h("button", { type: "button", onclick: () => { fill(result); notes.focus(); } }, "Change the notes")),
      ),
    );
    head.focus();
    say(`${count}.`);
  };
  const button = h("button", { type: "submit", class: "primary" }, "Read the notes");
  fill(
    place,
    backLink(),
    heading("Import interview notes"),
    h("p", {}, "Each heading of the notes is a question, and the text under it its reference answer. Nothing is saved before you say so."),
    h(
      "form",
      { onsubmit: read },
      h("div", { class: "row" },
        h("div", {}, h("label", { for: title.id }, "Title of the bank"), title),
        h("div", {}, h("label", { for: id.id }, "Id of the bank"), id),
        h("div", {}, h("label", { for: file.id }, "A Markdown file"), file)),
      h("label", { for: notes.id }, "Notes in Markdown"),
      notes,
      h("div", { class: "buttons" }, button),
    ),
    result,
  );
}

/**
 * @param {HTMLTextAreaElement} area
 * @param {number} line from 1
 */
function goTo(area, line) {
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
}
