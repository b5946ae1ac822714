// All banks, and ways to a new one.

import { fill, h } from "../shared/dom.js";
import { busy, failure, say } from "../shared/shell.js";
import { heading, mayOf, originWords } from "./around.js";
import { draftNames, NEW } from "./draft/draft.js";
import { openFile } from "./open-file.js";
import { summaries } from "./source.js";

/** @typedef {import("./around.js").Around} Around */
/** @typedef {import("./source.js").Summary} Summary */

/** @param {Around} around */
export async function showCatalogue(around) {
  const { place, message } = around;
  const banks = await busy(place, "Loading the banks …", summaries());
  const may = mayOf(around.session);
  const drafts = draftNames();
  fill(
    place,
    heading("Banks"),
    h("p", {}, "A bank holds questions, and what answers to them are graded by."),
    message && h("p", { class: "note" }, message),
    may.why && h("p", { class: "note" }, may.why),
    may.edit && makers(around),
    drafts.includes(NEW) && h("p", { class: "note" }, "There is a new bank in this tab that you have not saved. ", h("a", { href: `#${NEW}` }, "Go on with it")),
    banks.length > 0
      ? h("ul", { class: "list banks" }, ...banks.map((bank) => item(bank, drafts.includes(bank.id))))
      : h("p", { class: "note" }, "There are no banks yet. Make one, or name files in the settings of this service."),
  );
  if (message) say(message);
}

/**
 * @param {Summary} bank
 * @param {boolean} isDrafted
 */
function item({ id, title, questions, as_of: asOf, source }, isDrafted) {
  return h(
    "li",
    { class: "card" },
    h("h2", {}, h("a", { href: `#${id}` }, title)),
    h("p", {}, `${questions} ${questions === 1 ? "question" : "questions"}. ${originWords(source)} `, isDrafted && h("span", { class: "badge partial" }, "unsaved changes")),
    h("p", { class: "hint" }, h("code", {}, id), asOf ? ` · As of ${asOf}.` : " · It does not say what its answers were checked against."),
  );
}

/** @param {Around} around */
function makers(around) {
  const place = h("div", {});
  const input = h("input", { type: "file", accept: ".toml,.json,application/toml,application/json", hidden: true, "aria-label": "TOML or JSON file", onchange: () => open() });
  const open = async () => {
    const file = input.files?.[0];
    input.value = "";
    if (!file) return;
    try {
      await busy(place, "Opening the file …", openFile(around, file));
    } catch (error) {
      fill(place, failure(error));
    }
  };
  return h(
    "div",
    {},
    h(
      "div",
      { class: "buttons" },
      h("a", { class: "button", href: `#${NEW}` }, "New bank"),
      h("a", { class: "button", href: "#+import" }, "Import notes"),
      h("button", { type: "button", onclick: () => input.click() }, "Open a file"),
      input,
    ),
    place,
  );
}
