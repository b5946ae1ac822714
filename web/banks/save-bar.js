// What is told at the foot of a bank while it has unsaved changes.

import { fill, h } from "../shared/dom.js";
import { changes } from "./changes.js";
import { downloadDraft } from "./conflict.js";

/** @typedef {import("./draft.js").Draft} Draft */

/**
 * @param {Draft} draft
 * @param {() => void} review
 * @param {() => void} discard
 */
export function saveBar(draft, review, discard) {
  const told = h("p", { role: "status" });
  const element = h(
    "section",
    { class: "save-bar", "aria-label": "Unsaved changes", hidden: true },
    told,
    h(
      "div",
      { class: "buttons" },
      h("button", { type: "button", class: "primary", onclick: review }, "See changes and save"),
      h("button", { type: "button", onclick: () => downloadDraft(draft) }, "Download draft"),
      h("button", { type: "button", onclick: discard }, "Discard changes"),
    ),
  );
  return {
    element,
    update: () => {
      const count = draft.isChanged ? changes(draft.base, draft.bank).length : 0;
      element.hidden = !draft.isChanged;
      const kept = draft.isKept ? "" : " This browser does not keep them over a reload.";
      fill(told, count > 0 || draft.isChanged ? `${count} unsaved ${count === 1 ? "change" : "changes"}.${kept}` : "");
    },
  };
}
