// A list in a form, whose entries are added, removed and moved.

import { fill, h } from "../../shared/dom.js";
import { say } from "../../shared/shell.js";

/**
 * @template Item
 * @param {object} about
 * @param {Item[]} about.items
 * @param {string} about.kind such as "concept"
 * @param {(item: Item) => string} about.name what an entry is called for those who do not see it
 * @param {(item: Item) => Node[]} about.show
 * @param {() => Item} about.make
 * @param {() => void} about.change
 * @returns {{element: HTMLElement, draw: () => void}}
 */
export function orderedList({ items, kind, name, show, make, change }) {
  const list = h("div", { class: "entries" });
  const add = h("button", { type: "button", onclick: () => insert() }, `Add ${article(kind)}`);

  /**
   * @param {number} index
   * @param {string} action
   */
  const focus = (index, action) => {
    const entry = list.children[index];
    const button = entry?.querySelector(`[data-action="${action}"]:not(:disabled)`) ?? entry?.querySelector("button:not(:disabled)");
    if (button instanceof HTMLElement) button.focus();
    else add.focus();
  };
  const insert = () => {
    items.push(make());
    changed();
    const field = list.lastElementChild?.querySelector("textarea, input");
    if (field instanceof HTMLElement) field.focus();
  };
  /**
   * @param {number} index
   * @param {number} by
   */
  const move = (index, by) => {
    const [item] = items.splice(index, 1);
    if (item === undefined) return;
    items.splice(index + by, 0, item);
    changed();
    focus(index + by, by < 0 ? "up" : "down");
    say(`${upper(kind)} moved to place ${index + by + 1} of ${items.length}.`);
  };
  /** @param {number} index */
  const remove = (index) => {
    items.splice(index, 1);
    changed();
    focus(Math.min(index, items.length - 1), "remove");
    say(`${upper(kind)} removed.`);
  };
  const changed = () => {
    draw();
    change();
  };
  const draw = () => fill(list, ...items.map((item, index) => entry(item, index)));
  /**
   * @param {Item} item
   * @param {number} index
   */
  const entry = (item, index) => {
    const called = () => name(item) || `${kind} ${index + 1}`;
    const button = (/** @type {string} */ action, /** @type {string} */ word, /** @type {boolean} */ off, /** @type {() => void} */ act) =>
      h("button", { type: "button", class: "quiet", disabled: off, onclick: act, "data-action": action, "aria-label": `${word}: ${called()}` }, word);
    return h(
      "fieldset",
      { class: "entry" },
      h("legend", {}, `${upper(kind)} ${index + 1}`),
      ...show(item),
      h(
        "div",
        { class: "entry-buttons" },
        button("up", "Move up", index === 0, () => move(index, -1)),
        button("down", "Move down", index === items.length - 1, () => move(index, 1)),
        button("remove", "Remove", false, () => remove(index)),
      ),
    );
  };
  draw();
  return { element: h("div", {}, list, h("div", { class: "buttons" }, add)), draw };
}

/** @param {string} kind */
const article = (kind) => `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`;
/** @param {string} kind */
const upper = (kind) => kind.charAt(0).toUpperCase() + kind.slice(1);
