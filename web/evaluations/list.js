// The list of reports, where two runs can be chosen to stand side by side.

import { h } from "../shared/dom.js";
import { metricTitle } from "./metrics.js";
import { LISTED } from "./library.js";
import { link } from "./state.js";
import { conclusionBadge, count, figure, grader, named, plain, when } from "./words.js";

/** @typedef {import("./library.js").Entry} Entry */
/** @typedef {import("./library.js").Library} Library */
/** @typedef {import("./library.js").Unreadable} Unreadable */
/** @typedef {{key: string, run: string, modified: string | null}} Choice */

const COMMAND = "answer-grader eval fixtures/suites/django.toml --method keyword -o evaluations/first.json";

/**
 * @param {Library} library
 * @param {{again: () => void, forget: (key: string) => void, trouble: HTMLElement | null}} options
 * @returns {HTMLElement[]}
 */
export function list(library, { again, forget, trouble }) {
  const chooser = choosing();
  const opened = library.opened.length > 0 && [
    h("h2", {}, "Opened in this browser"),
    table("Reports opened in this browser", library.opened, chooser, forget),
  ];
  const refused = problems("These files could not be opened", library.refused);
  // One run alone stands beside nothing.
  chooser.element.hidden = library.entries.flatMap((entry) => entry.runs).length < 2;
  return [
    chooser.element,
    ...(opened || []),
    ...refused,
    h("h2", {}, "On the server"),
    ...(trouble ? [trouble] : stored(library, chooser, again)),
  ];
}

/**
 * @param {Library} library
 * @param {Chooser} chooser
 * @param {() => void} again
 * @returns {HTMLElement[]}
 */
function stored(library, chooser, again) {
  const folder = h("code", {}, plain(library.folder));
  const refresh = h("button", { type: "button", onclick: again }, "Look again");
  const unreadable = problems("These files in the folder cannot be read", library.unreadable);
  if (library.stored.length === 0) {
    const empty = h(
      "div",
      { class: "card" },
      h(
        "p",
        {},
        "There is no report yet in the server’s folder ",
        folder,
        ". This makes one, in the folder that holds ",
        h("code", {}, "fixtures"),
        ":",
      ),
      h("pre", { tabIndex: 0 }, COMMAND),
      h(
        "p",
        {},
        "Then look again. Where the server runs in another place, write the report into the folder named above, or open the file here.",
      ),
      refresh,
    );
    return [empty, ...unreadable];
  }
  return [
    h("div", { class: "between" }, h("p", { class: "faint" }, "Reports in ", folder), refresh),
    table("Reports on the server", library.stored, chooser, null),
    ...unreadable,
  ];
}

/**
 * @param {string} title
 * @param {readonly Unreadable[]} files
 * @returns {HTMLElement[]}
 */
function problems(title, files) {
  if (files.length === 0) return [];
  const items = files.map(({ name, detail }) => h("li", {}, h("strong", {}, named(name)), ": ", plain(detail, 600)));
  return [h("div", { class: "failure" }, h("p", {}, `${title}:`), h("ul", {}, items))];
}

/**
 * @param {string} caption
 * @param {readonly Entry[]} entries
 * @param {Chooser} chooser
 * @param {((key: string) => void) | null} forget
 * @returns {HTMLElement}
 */
function table(caption, entries, chooser, forget) {
  const heads = ["Report", "Gate", "Run"].map((title) => h("th", { scope: "col" }, title));
  const figures = ["Graded", ...LISTED.map(metricTitle)].map((title) =>
    h("th", { scope: "col", class: "number" }, title),
  );
  const bodies = entries.map((entry) => h("tbody", {}, rows(entry, chooser, forget)));
  const head = h("thead", {}, h("tr", {}, heads, figures, h("th", { scope: "col" }, "Compare")));
  const content = h("table", { class: "wide" }, h("caption", { class: "unseen" }, caption), head, bodies);
  return h("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": caption }, content);
}

/**
 * @param {Entry} entry
 * @param {Chooser} chooser
 * @param {((key: string) => void) | null} forget
 * @returns {HTMLElement[]}
 */
function rows(entry, chooser, forget) {
  const span = Math.max(1, entry.runs.length);
  const close =
    forget &&
    h(
      "button",
      { type: "button", class: "small", "aria-label": `Close ${plain(entry.name)}`, onclick: () => forget(entry.key) },
      "Close",
    );
  const report = h(
    "th",
    { scope: "rowgroup", rowSpan: span },
    h("a", { href: link({ a: entry.key }) }, named(entry.name)),
    h("div", { class: "hint" }, "suite ", named(entry.suite, 60), ", ", when(entry.modified)),
    close,
  );
  const gate = h("td", { rowSpan: span }, conclusionBadge(entry.conclusion));
  if (entry.runs.length === 0)
    return [h("tr", {}, report, gate, h("td", { colSpan: 3 + LISTED.length }, "It has no runs."))];
  return entry.runs.map((run, index) =>
    h(
      "tr",
      {},
      index === 0 && [report, gate],
      h(
        "td",
        {},
        h("a", { href: link({ a: entry.key, run: run.name }) }, named(run.name, 60)),
        h("div", { class: "hint" }, h("bdi", {}, grader(run))),
      ),
      h("td", { class: "number" }, `${count(run.graded)} of ${count(run.n)}`),
      LISTED.map((key) => h("td", { class: "number" }, figure(run.metrics[key] ?? null))),
      h(
        "td",
        {},
        chooser.box(
          { key: entry.key, run: run.name, modified: entry.modified },
          `${plain(entry.name)}, ${plain(run.name, 60)}`,
        ),
      ),
    ),
  );
}

/** @typedef {ReturnType<typeof choosing>} Chooser */

/** Lets two runs be chosen: the older one is then what the other is compared with. */
function choosing() {
  /** @type {Map<HTMLInputElement, Choice>} */
  const chosen = new Map();
  const told = h("span", { class: "faint" });
  const button = h("button", { type: "button", class: "primary", onclick: compare }, "Put side by side");
  const element = h("div", { class: "buttons choosing" }, button, told);

  function compare() {
    const [before, after] = [...chosen.values()].sort((one, other) =>
      (one.modified ?? "").localeCompare(other.modified ?? ""),
    );
    if (before && after) location.hash = link({ a: before.key, run: before.run, b: after.key, runB: after.run });
  }
  function show() {
    button.disabled = chosen.size !== 2;
    told.textContent =
      chosen.size === 2
        ? "Two runs are chosen."
        : `To compare, tick two runs in the lists below: ${chosen.size} of 2 chosen.`;
  }
  show();
  return {
    element,
    /**
     * @param {Choice} choice
     * @param {string} name
     */
    box: (choice, name) => {
      const box = h("input", { type: "checkbox", "aria-label": `Compare ${name}` });
      box.onchange = () => {
        chosen.delete(box);
        if (box.checked) chosen.set(box, choice);
        // A third one takes the place of the one that was chosen first.
        const [first] = chosen.keys();
        if (chosen.size > 2 && first) {
          first.checked = false;
          chosen.delete(first);
        }
        show();
      };
      return box;
    },
  };
}
