// Another model or prompt than the service's own, for who may name one.

import { find, h } from "../shared/dom.js";

/** @typedef {import("../shared/shell.js").Session} Session */

/**
 * Shows what may be chosen; gives the path that a request then goes to.
 *
 * @param {Session | null} session
 * @returns {() => string}
 */
export function choice(session) {
  const model = lists("#model", session?.models ?? [], session?.model ? `the service’s own (${session.model})` : "");
  const prompt = lists("#prompt", session?.prompts ?? [], "the service’s own");
  find("#choice", HTMLElement).hidden = model === null && prompt === null;
  return () => {
    const query = new URLSearchParams();
    if (model?.value) query.set("model", model.value);
    if (prompt?.value) query.set("prompt", prompt.value);
    return query.size === 0 ? "/v1/grade" : `/v1/grade?${query}`;
  };
}

/**
 * @param {string} selector
 * @param {string[]} names
 * @param {string} own
 * @returns {HTMLSelectElement | null} null where there is nothing to choose from
 */
function lists(selector, names, own) {
  const list = find(selector, HTMLSelectElement);
  const none = names.length === 0;
  if (list.parentElement) list.parentElement.hidden = none;
  if (none) return null;
  list.append(h("option", { value: "" }, own), ...names.map((name) => h("option", { value: name }, name)));
  return list;
}
