// Who a grade is about, which is shown only when a reviewer asks for it.

import { h } from "../shared/dom.js";

/** @typedef {import("./sight.js").Sight} Sight */

/**
 * @param {Sight} seen
 * @returns {HTMLElement | null}
 */
export function aboutPart({ kept, showsWho }) {
  if (!showsWho) return null;
  const { subject, metadata, redaction } = kept.request ?? {};
  /** @type {[string, string][]} */
  const facts = Object.entries(metadata ?? {}).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  if (redaction?.names?.length) facts.unshift(["Masked for the grader", redaction.names.join(", ")]);
  if (subject) facts.unshift(["Subject", subject]);
  return h(
    "section",
    { class: "card" },
    h("h3", {}, "Who it is about"),
    facts.length > 0
      ? h("dl", { class: "facts" }, facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", { dir: "auto" }, value))))
      : h("p", { class: "faint" }, "Nothing is kept of that."),
  );
}
