// What a bank's page tells about saving: that there are unsaved changes, and what the server refused.

import { fill, h } from "../../shared/dom.js";
import { changes } from "../draft/changes.js";
import { downloadButton } from "./conflict.js";

/** @typedef {import("../draft/draft.js").Draft} Draft */
/** @typedef {import("../draft/edit.js").EditQuestion} EditQuestion */
/** @typedef {import("../draft/faults.js").Placed} Placed */

/**
 * @param {Draft} draft
 * @param {() => void} review
 * @param {() => void} discard
 */
export function saveBar(draft, review, discard) {
  const told = h("p", { role: "status" });
  const place = h("div", {});
  const element = h(
    "section",
    { class: "save-bar", "aria-label": "Unsaved changes", hidden: true },
    told,
    h(
      "div",
      { class: "buttons" },
      h("button", { type: "button", class: "primary", onclick: review }, "See changes and save"),
      downloadButton("Download draft", draft, place),
      h("button", { type: "button", onclick: discard }, "Discard changes"),
    ),
    place,
  );
  return {
    element,
    update: () => {
      element.hidden = !draft.isChanged;
      const kept = draft.isKept ? "" : " This browser does not keep them over a reload.";
      fill(told, draft.isChanged ? `${countWords(draft)}${kept}` : "");
    },
  };
}

/** @param {Draft} draft */
function countWords(draft) {
  const count = changes(draft.base, draft.bank).length;
  if (count === 0) return "Comments or layout differ from what is saved.";
  return `${count} unsaved ${count === 1 ? "change" : "changes"}.`;
}

/**
 * Lists all that the server found wrong with a bank, with a way to each.
 *
 * @param {Placed[]} placed
 * @param {(questions: EditQuestion[]) => void} reveal opens forms that were closed meanwhile
 */
export function refusal(placed, reveal) {
  const count = placed.length === 1 ? "one thing is" : `${placed.length} things are`;
  /** @param {Placed} fault */
  const item = ({ where, detail, question, focus }) => {
    const go = () => {
      if (question) reveal([question]);
      focus();
    };
    return h(
      "li",
      {},
      where && h("strong", {}, where),
      ` ${detail} `,
      where && h("button", { type: "button", class: "inline", onclick: go, "aria-label": `Go there: ${where}` }, "Go there"),
    );
  };
  return h(
    "div",
    { class: "failure", role: "alert" },
    h("p", {}, `Not saved: ${count} wrong. Each is told at its field, too.`),
    h("ul", {}, ...placed.map(item)),
  );
}
