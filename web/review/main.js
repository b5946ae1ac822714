// Review: grades that wait for a person, one after the other.

import { ApiProblem, get } from "../shared/api.js";
import { fill, find } from "../shared/dom.js";
import { busy, failure, start } from "../shared/shell.js";
import { Desk } from "./desk.js";
import { lacksScopes, noStore } from "./empty.js";
import { listen } from "./keys.js";

const place = find("#place", HTMLElement);

async function begin() {
  fill(place);
  try {
    await busy(place, "Reading the queue …", prepared());
  } catch (error) {
    fill(place, error instanceof ApiProblem && error.code === "no_records" ? noStore() : failure(error, begin));
  }
}

async function prepared() {
  const asked = new URLSearchParams(location.search);
  let session = await start();
  const desk = new Desk(session, { question: asked.get("question_id") ?? "" });
  if (session.signed_in && !session.records) return fill(place, noStore());
  const lacking = lacks(session);
  if (lacking.length > 0) return fill(place, lacksScopes(lacking));
  await desk.refresh();
  if (!session.signed_in) {
    // Reading the queue had them sign in.
    session = await get("/v1/session");
    const stillLacking = lacks(session);
    if (stillLacking.length > 0) return fill(place, lacksScopes(stillLacking));
    desk.session = session;
    desk.mayKnow = session.scopes.includes("references");
  }
  find("#desk", HTMLElement).hidden = false;
  wire(desk);
  const grade = asked.get("grade");
  if (grade) desk.open(grade, { focus: false });
  else desk.openFirst(false);
}

/**
 * @param {import("./types.js").Session} session
 * @returns {string[]}
 */
function lacks({ signed_in: signedIn, scopes }) {
  if (!signedIn || scopes.includes("admin")) return [];
  return ["read", "review"].filter((scope) => !scopes.some((one) => one === scope));
}

/** @param {Desk} desk */
function wire(desk) {
  const question = find("#question", HTMLSelectElement);
  question.onchange = () => desk.choose(question.value);
  const who = find("#who", HTMLInputElement);
  who.checked = false;
  who.onchange = () => {
    desk.showsWho = who.checked;
    desk.redraw();
  };
  listen({
    next: () => desk.move(1),
    previous: () => desk.move(-1),
    accept: () => desk.accept(),
    score: () => desk.view?.focusScore(),
    note: () => desk.view?.focusNote(),
    undo: () => desk.undo(),
    save: () => desk.save(),
    leave: () => (desk.view ? desk.view.heading : desk.place).focus(),
  });
  addEventListener("beforeunload", (event) => {
    if (desk.hasDrafts()) event.preventDefault();
  });
}

begin();
