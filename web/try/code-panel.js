// The request as code, a tab for each language.

import { fill, find, h } from "../shared/dom.js";
import { KEY, LANGUAGES } from "./code.js";
import { copyButton } from "./copy.js";

/** @typedef {import("../shared/api.js").Schemas["GradeRequest"]} GradeRequest */

/**
 * Puts the panel into the page and gives what renews it.
 *
 * @param {() => GradeRequest} request
 * @param {() => string} url where it goes
 * @param {boolean} key whether the service asks for an API key
 * @returns {() => void}
 */
export function codePanel(request, url, key) {
  let chosen = 0;
  const code = h("pre", { class: "wrapped" });
  const panel = h("div", { role: "tabpanel", id: "code-panel", tabIndex: 0 }, code);
  const tabs = LANGUAGES.map(({ name }, index) =>
    h("button", { type: "button", role: "tab", id: `code-tab-${index}`, "aria-controls": "code-panel", onclick: () => choose(index) }, name),
  );
  const list = h("div", { role: "tablist", class: "tabs", "aria-labelledby": "code-title", onkeydown: move }, ...tabs);

  const renew = () => {
    code.textContent = LANGUAGES[chosen]?.write(request(), url(), key) ?? "";
  };

  /** @param {number} index */
  function choose(index) {
    chosen = index;
    tabs.forEach((tab, place) => {
      tab.setAttribute("aria-selected", String(place === index));
      tab.tabIndex = place === index ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", `code-tab-${index}`);
    renew();
  }

  /** @param {KeyboardEvent} event */
  function move(event) {
    const to = { ArrowRight: chosen + 1, ArrowLeft: chosen - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose((to + tabs.length) % tabs.length);
    tabs[chosen]?.focus();
  }

  choose(0);
  fill(
    find("#code", HTMLElement),
    h("p", {}, "Made from the form as it stands.", key && [" The API key is taken from the variable ", h("code", {}, KEY), "."]),
    h("div", { class: "tab-row" }, list, copyButton("Copy", () => code.textContent ?? "")),
    panel,
  );
  return renew;
}
