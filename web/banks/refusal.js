// All that the server found wrong with a bank, with a way to each.

import { h } from "../shared/dom.js";

/** @typedef {import("./edit.js").EditQuestion} EditQuestion */
/** @typedef {import("./faults.js").Placed} Placed */

/**
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
      where && h("code", {}, where),
      ` ${detail} `,
      h("button", { type: "button", class: "inline", onclick: go, "aria-label": `Go there: ${where}` }, "Go there"),
    );
  };
  return h(
    "div",
    { class: "failure", role: "alert" },
    h("p", {}, `Not saved: ${count} wrong. Each is told at its field, too.`),
    h("ul", {}, ...placed.map(item)),
  );
}
