// The page of banks: which view is shown, and what it is given. What stands beside this file are the views of all
// banks and of new ones; `bank/` is one bank on the screen, `form/` its fields, `draft/` what is changed and not saved
// (nothing of it needs a browser's page), `saving/` the way from a draft to a saved bank.

import { get } from "../shared/api.js";
import { fill, find } from "../shared/dom.js";
import { failure, start } from "../shared/shell.js";
import { backLink, mayOf } from "./around.js";
import { showBank, showNew } from "./bank/page.js";
import { showCatalogue } from "./catalogue.js";
import { closeDialogs } from "./dialogs.js";
import { draftNames, live, NEW } from "./draft/draft.js";
import { showImport } from "./import-notes.js";

/** @typedef {import("../shared/shell.js").Session} Session */
/** @typedef {import("./around.js").Around} Around */

const view = find("#view", HTMLElement);
let shown = 0;
let message = "";
/** @type {Session} */
let session;

/** @param {boolean} moved whether somebody went there, and did not just load the page */
async function show(moved) {
  live.draft?.keep();
  live.draft = null;
  closeDialogs();
  shown += 1;
  const turn = shown;
  // A view that comes late must not take the place of one that was asked for after it.
  const place = document.createElement("div");
  fill(view, place);
  const told = message;
  message = "";
  /** @type {Around} */
  const around = {
    place,
    session,
    message: told,
    again: (text = "") => {
      if (turn !== shown) return;
      live.draft = null;
      message = text;
      show(true);
    },
    go: (to, text = "") => {
      if (turn !== shown) return;
      message = text;
      if (location.hash.slice(1) === to) show(true);
      else location.hash = to;
    },
  };
  try {
    await route(around);
    if (moved && turn === shown) {
      const heading = place.querySelector("h1");
      heading?.focus();
      if (!location.hash.includes("/")) scrollTo(0, 0);
    }
  } catch (error) {
    fill(place, location.hash.length > 1 && backLink(), failure(error, () => show(true)));
  }
}

/** @param {Around} around */
async function route(around) {
  if (!session.signed_in) {
    // Asks for the key, where one is needed; what may be done is known after.
    await get("/v1/banks");
    session = await get("/v1/session");
    around.session = session;
  }
  const [id, question] = decodeURIComponent(location.hash.slice(1)).split("/");
  const may = mayOf(session);
  if (id === NEW && may.edit) return showNew(around);
  if (id === "+import" && may.edit) return showImport(around);
  if (!id || id.startsWith("+")) return showCatalogue(around);
  return showBank(around, id, question);
}

addEventListener("hashchange", () => show(true));
addEventListener("beforeunload", (event) => {
  live.draft?.keep();
  if (live.draft?.isChanged || draftNames().length > 0) event.preventDefault();
});

try {
  session = await start();
  await show(false);
} catch (error) {
  fill(view, failure(error, () => location.reload()));
}
