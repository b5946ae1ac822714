// A button that copies a text, and says that it has.

import { h } from "../shared/dom.js";
import { say } from "../shared/shell.js";

/**
 * @param {string} label
 * @param {() => string} text
 * @returns {HTMLButtonElement}
 */
export function copyButton(label, text) {
  const button = h("button", { type: "button" }, label);
  let timer = 0;
  button.onclick = async () => {
    const copied = await copy(text());
    const told = copied ? "Copied" : "Not copied: select the text and press Ctrl+C";
    button.textContent = told;
    say(told);
    clearTimeout(timer);
    timer = setTimeout(() => {
      button.textContent = label;
      say("");
    }, 3000);
  };
  return button;
}

/**
 * Browsers offer the clipboard on HTTPS and on their own machine only; elsewhere a selection can still be copied.
 *
 * @param {string} text
 * @returns {Promise<boolean>}
 */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = h("textarea", { value: text, class: "unseen", "aria-hidden": "true" });
    const before = document.activeElement;
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    if (before instanceof HTMLElement) before.focus();
    return copied;
  }
}
