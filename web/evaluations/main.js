// The page of evaluations: what the address names is what is shown.

import { fill, find, h } from "../shared/dom.js";
import { busy, failure, say, start } from "../shared/shell.js";
import { ApiProblem } from "../shared/api.js";
import { beside } from "./beside.js";
import { detail } from "./detail.js";
import { picker, takeDrops } from "./files.js";
import { Library, NotHere, isLocal } from "./library.js";
import { list } from "./list.js";
import { NoReport } from "./report.js";
import { go, link, readState } from "./state.js";
import { counted, named, plain } from "./words.js";

const library = new Library();
const place = find("#evaluations", HTMLElement);
const picked = find("#pick", HTMLElement);
/** @type {unknown} why the server's list is not there */
let trouble = null;
/** One request at a time may ask for a key. */
let signedIn = false;
/** Which drawing is the latest: one that took longer must not come over it. */
let latest = 0;

/** @param {boolean} [moved] whether a person went there, so that the focus goes along */
async function draw(moved = true) {
  const mine = ++latest;
  const state = readState();
  picked.hidden = state.a !== "";
  let content;
  try {
    content = state.a === "" ? drawList() : await busy(place, "Reading the report…", drawReports(state));
  } catch (error) {
    content = unshown(error);
  }
  if (mine !== latest) return;
  fill(place, content);
  const title = place.querySelector("h2");
  document.title = `${state.a === "" ? "Evaluations" : title?.textContent} – answer-grader`;
  if (moved) {
    scrollTo(0, 0);
    if (state.a !== "" && title) title.focus({ preventScroll: true });
    else find("h1", HTMLElement).focus({ preventScroll: true });
  }
}

function drawList() {
  const forget = (/** @type {string} */ key) => {
    library.forget(key);
    draw(false);
  };
  return list(library, { again: look, forget, trouble: trouble === null ? null : failure(trouble, look) });
}

/** @param {import("./state.js").State} state */
async function drawReports(state) {
  // Who did not sign in for the list is not asked once more.
  if (keyNeeded() && [state.a, state.b].some((key) => key !== "" && !isLocal(key))) throw trouble;
  const report = await library.report(state.a);
  const entry = library.entry(state.a);
  const name = entry?.name ?? state.a;
  if (state.b === "") return detail({ key: state.a, name, entry, report, wanted: state.run, entries: library.entries });
  const other = await library.report(state.b);
  const otherEntry = library.entry(state.b);
  const run = chosen(report, state.run, name);
  const otherRun = chosen(other, state.runB, otherEntry?.name ?? state.b);
  return beside(
    { key: state.a, name, entry, report, run },
    { key: state.b, name: otherEntry?.name ?? state.b, entry: otherEntry, report: other, run: otherRun },
    library.entries,
  );
}

function keyNeeded() {
  return trouble instanceof ApiProblem && trouble.code === "key_required";
}

/**
 * @param {import("./report.js").Report} report
 * @param {string} wanted
 * @param {string} name
 */
function chosen(report, wanted, name) {
  const run = report.runs.find((one) => one.name === wanted) ?? (wanted === "" ? report.runs[0] : undefined);
  if (run) return run;
  const has = report.runs.map((one) => plain(one.name, 40)).join(", ");
  throw new NoReport(`${plain(name, 80)} has no run ${plain(wanted, 60)}; it has ${has || "none"}.`);
}

/**
 * Says why what the address names cannot be shown.
 *
 * @param {unknown} error
 * @returns {HTMLElement[]}
 */
function unshown(error) {
  const back = h("p", {}, h("a", { href: link({}) }, "All reports"));
  picked.hidden = false;
  if (error instanceof NotHere) {
    const told = h(
      "p",
      {},
      named(error.file),
      " was opened from a computer and is not kept here. Open it again above, and it is shown.",
    );
    return [back, h("h2", { tabIndex: -1 }, "This file is not open"), h("div", { class: "note" }, told)];
  }
  const wrong =
    error instanceof NoReport ? error.message : error instanceof SyntaxError ? "The file is not JSON." : null;
  const shown =
    wrong === null ? failure(error, look) : h("div", { class: "failure", role: "alert" }, h("p", {}, wrong));
  const gone = error instanceof ApiProblem && error.status === 404;
  return [
    back,
    h("h2", { tabIndex: -1 }, "This report cannot be shown"),
    shown,
    ...(gone ? [h("p", {}, "Perhaps it was renamed or removed. All reports that are there stand in the list.")] : []),
  ];
}

/** Asks the server for its list, and shows what there is then. */
async function look() {
  try {
    const listed = library.refresh();
    // What is shown then is read meanwhile; why it cannot be is said when it is drawn.
    const { a, b } = readState();
    const keys = signedIn ? new Set([a, b].filter((key) => key !== "")) : [];
    const read = [...keys].map((key) => library.report(key));
    await busy(find("#busy", HTMLElement), "Looking for reports…", Promise.allSettled([listed, ...read]));
    await listed;
    trouble = null;
    say(`${counted(library.stored.length, "report")} on the server.`);
  } catch (error) {
    trouble = error;
  }
  await draw(false);
}

/** @param {File[]} files */
async function open(files) {
  const keys = await busy(
    find("#busy", HTMLElement),
    "Reading files…",
    Promise.all(files.map((file) => library.open(file))),
  );
  const opened = keys.filter((key) => key !== null);
  say(`${counted(opened.length, "report")} opened, ${counted(files.length - opened.length, "file")} refused.`);
  const state = readState();
  const [only] = opened;
  const awaited = [state.a, state.b].some((key) => opened.includes(key));
  if (awaited || state.a === "" || !only) await draw(false);
  if (!awaited && state.a !== "") go(opened.length === 1 && only ? { a: only } : {});
}

async function begin() {
  fill(picked, picker(open));
  picked.hidden = readState().a !== "";
  takeDrops(open);
  addEventListener("hashchange", () => draw());
  // Its own address would take the place of what is shown.
  find(".skip", HTMLAnchorElement).onclick = (event) => {
    event.preventDefault();
    find("#main", HTMLElement).focus();
  };
  try {
    signedIn = (await start()).signed_in;
  } catch (error) {
    trouble = error;
  }
  await look();
}

begin();
