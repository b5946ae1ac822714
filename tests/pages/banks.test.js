// Banks, as somebody reads, changes, saves and makes them.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { browserTests, root, shots } from "./harness.js";

/** @typedef {import("playwright-core").Page} Page */

const TINY = {
  id: "tiny",
  title: "Tiny bank",
  as_of: "2026-11",
  questions: [
    {
      id: "lazy", topic: "orm", level: "junior", labelled: true, question: "When does a queryset run?",
      reference_answer: "When it is used: querysets are lazy.",
      concepts: [
        { id: "lazy", text: "A queryset runs when its rows are used", weight: 2, aliases: ["on demand", "evaluated late"] },
        { id: "chain", text: "Filters can be chained without a query", weight: 1 },
      ],
      misconceptions: [{ id: "at-once", text: "filter() asks the database at once", cap: 0.4 }],
      links: { lazy: "https://docs.example.org/lazy" },
      follow_ups: { lazy: "What happens when you call filter()?" },
    },
    { id: "index", topic: "databases", level: "senior", question: "What does an index cost?", reference_answer: "Space, and slower writes." },
  ],
};

const shared = browserTests();

/** Puts the tiny bank where the service keeps it, in whatever state it was, and gives its tag. */
async function putTiny(/** @type {any} */ bank = TINY) {
  const url = `${shared.service.address}/v1/banks/tiny/source`;
  const now = await fetch(url);
  const tag = now.headers.get("etag");
  const headers = { "content-type": "application/json", ...(now.ok && tag ? { "if-match": tag } : {}) };
  const put = await fetch(url, { method: "PUT", headers, body: JSON.stringify(bank) });
  assert.equal(put.status, 200, await put.text());
}

const saved = async () => (await fetch(`${shared.service.address}/v1/banks/tiny/source`)).json();

async function openTiny(/** @type {Page} */ page) {
  await page.goto("/banks#tiny");
  await page.getByRole("heading", { name: "Tiny bank", level: 1 }).waitFor();
}

async function edit(/** @type {Page} */ page, /** @type {string} */ question) {
  await page.locator("summary", { hasText: question }).click();
  await page.getByRole("button", { name: `Edit: ${question}` }).click();
}

const review = (/** @type {Page} */ page) => page.getByRole("button", { name: "See changes and save" }).click();

describe("reading", () => {
  test("banks are listed, with where they come from", async () => {
    const { page } = shared;
    await putTiny();
    await page.goto("/banks");
    const django = page.getByRole("listitem").filter({ hasText: "Django interview" });
    await django.waitFor();
    assert.match(await django.innerText(), /32 questions\. Comes with the program\.[^]*As of Django/);
    const tiny = page.getByRole("listitem").filter({ hasText: "Tiny bank" });
    assert.match(await tiny.innerText(), /2 questions\. Was saved on this page\./);
    await shots(page, "banks-1-list");
    await tiny.getByRole("link").click();
    await page.getByRole("heading", { name: "Tiny bank", level: 1 }).waitFor();
  });

  test("a question shows all that answers are graded by, and can be tried", async () => {
    const { page } = shared;
    await putTiny();
    await openTiny(page);
    const index = page.locator("details", { hasText: "What does an index cost?" });
    assert.match(await index.innerText(), /senior[^]*no concepts[^]*no labelled answers yet/);
    const lazy = page.locator("details.question", { hasText: "When does a queryset run?" });
    assert.doesNotMatch(await lazy.innerText(), /no labelled/);
    await lazy.locator("summary").click();
    await lazy.getByText("When it is used: querysets are lazy.").waitFor();
    const text = (await lazy.innerText()).replaceAll("\u00a0", " ");
    for (const part of ["querysets are lazy", "weight 2", "on demand · evaluated late", "What happens when you call filter()?", "gets 40 % at most"]) {
      assert.ok(text.includes(part), `${part} is not in\n${text}`);
    }
    assert.equal(await lazy.getByRole("link", { name: "Try this question" }).getAttribute("href"), "/try#question_id=tiny/lazy");
    await shots(page, "banks-2-read");
  });

  test("questions are found by their words, topics and levels", async () => {
    const { page } = shared;
    await page.goto("/banks#django");
    await page.getByText("32 questions", { exact: true }).waitFor();
    await page.getByLabel("Find in questions").fill("select_related n+1");
    const told = page.getByText(/^\d+ of 32 questions$/);
    await told.waitFor();
    const found = Number((await told.innerText()).split(" ")[0]);
    assert.equal(await page.locator("details.question").count(), found);
    await page.getByLabel("Find in questions").fill("");
    await page.getByLabel("Level").selectOption("senior");
    assert.ok((await page.locator("details.question").count()) < 32);
    for (const summary of await page.locator("details.question > summary").allInnerTexts()) assert.match(summary, /senior/);
    await page.getByLabel("Find in questions").fill("no such words");
    await page.getByRole("button", { name: "Show all questions" }).click();
    assert.equal(await page.locator("details.question").count(), 32);
  });

  test("the bank is downloaded as it is written", async () => {
    const { page } = shared;
    await page.goto("/banks#django");
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download as TOML" }).click()]);
    assert.equal(file.suggestedFilename(), "django.toml");
    const written = await (await fetch(`${shared.service.address}/v1/banks/django/source`, { headers: { accept: "application/toml" } })).text();
    assert.equal(readFileSync(/** @type {string} */ (await file.path()), "utf8"), written);
  });
});

describe("changing", () => {
  test("a draft outlives a reload, shows its changes, and is saved", async () => {
    const { page } = shared;
    await putTiny();
    await openTiny(page);
    await edit(page, "What does an index cost?");
    await page.getByLabel("Reference answer").fill("Space on disk, and slower writes.");
    await page.getByRole("button", { name: "Add a concept" }).click();
    await page.getByLabel("Concept", { exact: true }).fill("Every write has to change the indexes, too");
    assert.equal(await page.getByRole("group", { name: "Concept 1", exact: true }).getByLabel("Id").inputValue(), "every-write-change-indexes-too");
    await page.getByLabel("Aliases").fill("slower inserts\n\n  more work for writes ");
    await page.getByText("1 unsaved change.").waitFor();
    await shots(page, "banks-3-edit");

    // The browser asks before the page goes, and the draft is there again.
    const asked = page.waitForEvent("dialog");
    const reloaded = page.reload();
    const dialog = await asked;
    assert.equal(dialog.type(), "beforeunload");
    await dialog.accept();
    await reloaded;
    await page.getByText("Your unsaved changes of this bank are as you left them.").waitFor();

    await review(page);
    const changes = page.getByRole("dialog", { name: "Save these changes?" });
    assert.equal((await changes.locator("ins").first().innerText()).trim(), "on disk");
    assert.match(await changes.innerText(), /New: concept every-write-change-indexes-too/);
    await shots(page, "banks-4-changes");
    await changes.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText(/Saved as version \d+\./).first().waitFor();
    const [, index] = (await saved()).questions;
    assert.equal(index.reference_answer, "Space on disk, and slower writes.");
    assert.deepEqual(index.concepts, [{ id: "every-write-change-indexes-too", text: "Every write has to change the indexes, too", weight: 1, aliases: ["slower inserts", "more work for writes"] }]);
    assert.equal(await page.getByRole("region", { name: "Unsaved changes" }).count(), 0);
    await page.reload();
    await page.getByRole("heading", { name: "Tiny bank", level: 1 }).waitFor();
    assert.equal(await page.getByText("as you left them").count(), 0);
  });

  test("questions and concepts are moved and removed, and any of it is taken back", async () => {
    const { page } = shared;
    await putTiny();
    await openTiny(page);
    await edit(page, "When does a queryset run?");
    await page.getByRole("button", { name: "Move up: Filters can be chained" }).click();
    const first = page.getByRole("group", { name: "Concept 1", exact: true });
    assert.equal(await first.getByLabel("Id").inputValue(), "chain");
    await page.getByRole("button", { name: "Remove: filter() asks" }).click();
    await page.getByRole("button", { name: "Done with this question" }).first().click();
    await page.locator("summary", { hasText: "When does a queryset run?" }).getByText("changed").waitFor();

    await page.locator("summary", { hasText: "What does an index cost?" }).click();
    await page.getByRole("button", { name: "Remove: What does an index cost?" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await page.getByText("2 unsaved changes.").waitFor();
    await review(page);
    const text = await page.getByRole("dialog").innerText();
    assert.match(text, /Order of the concepts/);
    assert.match(text, /Removed: misconception at-once/);
    await page.getByRole("button", { name: "Bring it back: What does an index cost?" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText(/Saved as version/).first().waitFor();
    const { questions } = await saved();
    assert.deepEqual(questions.map((/** @type {any} */ one) => one.id), ["lazy", "index"]);
    assert.deepEqual(questions[0].concepts.map((/** @type {any} */ one) => one.id), ["chain", "lazy"]);
    assert.equal(questions[0].misconceptions?.length ?? 0, 0);
    assert.deepEqual(questions[0].links, TINY.questions[0]?.links);
  });

  test("what the server refuses is told at the fields", async () => {
    const { page } = shared;
    shared.expectErrors(/422/);
    await putTiny();
    await openTiny(page);
    await edit(page, "When does a queryset run?");
    const second = page.getByRole("group", { name: "Concept 2", exact: true });
    await second.getByLabel("Weight").fill("0");
    await second.getByLabel("Aliases").fill("chained\nchained");
    const link = page.getByRole("group", { name: "Concept 1", exact: true }).getByLabel("Link", { exact: true });
    await page.getByRole("group", { name: "Concept 1", exact: true }).getByText("Link and follow-up").click();
    await link.fill("http://example.org");
    await review(page);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Not saved: 3 things are wrong.").waitFor();
    const weight = page.getByRole("group", { name: "Concept 2", exact: true }).getByLabel("Weight");
    assert.equal(await weight.getAttribute("aria-invalid"), "true");
    const told = (/** @type {import("playwright-core").Locator} */ field) =>
      field.evaluate((one) => (one.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent).join(" "));
    assert.match(await told(weight), /must be above 0/);
    assert.match(await told(page.getByRole("group", { name: "Concept 2", exact: true }).getByLabel("Aliases")), /line 2 repeats an alias/);
    assert.match(await told(link), /https/);
    await shots(page, "banks-5-refused");
    await page.getByRole("button", { name: /^Go there: .*weight/ }).click();
    assert.ok(await weight.evaluate((one) => one === document.activeElement));
    await weight.fill("2");
    assert.equal(await weight.getAttribute("aria-invalid"), null);
  });

  test("what somebody else saved meanwhile is not overwritten", async () => {
    const { page } = shared;
    shared.expectErrors(/412/);
    await putTiny();
    await openTiny(page);
    await edit(page, "What does an index cost?");
    await page.getByLabel("Reference answer").fill("Mine.");
    await putTiny({ ...TINY, title: "Tiny bank of theirs" });
    await review(page);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Changed meanwhile" });
    const [file] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("button", { name: "Download mine" }).click()]);
    assert.match(readFileSync(/** @type {string} */ (await file.path()), "utf8"), /^reference_answer = "Mine\."$/m);
    await shots(page, "banks-6-conflict");
    await dialog.getByRole("button", { name: "Not now" }).click();
    page.once("dialog", (/** @type {import("playwright-core").Dialog} */ one) => one.accept());
    await page.reload();
    await page.getByRole("alert").getByText("Somebody else saved this bank").waitFor();
    await page.getByRole("button", { name: "Load theirs" }).click();
    await page.getByRole("heading", { name: "Tiny bank of theirs", level: 1 }).waitFor();
    assert.equal((await saved()).questions[1].reference_answer, "Space, and slower writes.");
    assert.equal(await page.getByRole("region", { name: "Unsaved changes" }).count(), 0);
  });

  test("a draft that is no bank yet is downloaded as JSON, and says why", async () => {
    const { page } = shared;
    shared.expectErrors(/422/);
    await putTiny();
    await openTiny(page);
    await edit(page, "What does an index cost?");
    await page.getByLabel("Reference answer").fill("");
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download draft" }).click()]);
    assert.equal(file.suggestedFilename(), "tiny-draft.json");
    assert.equal(JSON.parse(readFileSync(/** @type {string} */ (await file.path()), "utf8")).questions[1].question, "What does an index cost?");
    await page.getByText("the server wrote no TOML of it: question index needs a reference_answer or concepts").waitFor();
  });

  test("a saved version of a bank of the program gives way to that again", async () => {
    const { page } = shared;
    const url = `${shared.service.address}/v1/banks/django/source`;
    const now = await fetch(url);
    const body = JSON.stringify({ ...(await now.json()), title: "Django of ours" });
    const put = await fetch(url, { method: "PUT", headers: { "content-type": "application/json", "if-match": now.headers.get("etag") ?? "" }, body });
    assert.equal(put.status, 200);
    await page.goto("/banks#django");
    await page.getByRole("heading", { name: "Django of ours", level: 1 }).waitFor();
    await page.getByRole("button", { name: "Throw the saved version away" }).click();
    assert.match(await page.getByRole("dialog").innerText(), /The bank comes back as it came with the program\./);
    await page.getByRole("button", { name: "Throw it away" }).click();
    await page.getByText("What was saved of “Django of ours” is thrown away. The bank is as it came with the program.").first().waitFor();
    await page.getByRole("link", { name: "Django interview" }).waitFor();
  });

  test("a saved version of a file's bank gives way to the file", async () => {
    const { page } = shared;
    await putTiny();
    // The service of the tests has no file of a bank.
    await page.route("**/v1/banks", async (/** @type {any} */ route) => {
      const response = await route.fetch();
      const { banks } = await response.json();
      await route.fulfill({ response, json: { banks: banks.map((/** @type {any} */ one) => ({ ...one, beneath: one.id === "tiny" ? "file" : one.beneath })) } });
    });
    await openTiny(page);
    await page.getByRole("button", { name: "Throw the saved version away" }).click();
    assert.match(await page.getByRole("dialog").innerText(), /The bank comes back as its file on the server has it now\./);
  });

  test("a saved version is thrown away after a question that says that nothing comes back", async () => {
    const { page } = shared;
    await putTiny();
    await openTiny(page);
    await page.getByRole("button", { name: "Throw the saved version away" }).click();
    const dialog = page.getByRole("dialog");
    assert.match(await dialog.innerText(), /Nothing comes back: the bank was made on this page/);
    await dialog.getByRole("button", { name: "Keep it" }).click();
    assert.equal((await saved()).id, "tiny");
    await page.getByRole("button", { name: "Throw the saved version away" }).click();
    await page.getByRole("button", { name: "Throw it away" }).click();
    await page.getByText("What was saved of “Tiny bank” is thrown away. The bank is gone.").first().waitFor();
    assert.equal(await page.getByRole("link", { name: "Tiny bank" }).count(), 0);
  });
});

describe("making", () => {
  async function openFile(/** @type {Page} */ page, /** @type {string} */ text, name = "opened.toml") {
    const path = join(shared.service.folder, name);
    writeFileSync(path, text);
    await page.goto("/banks");
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Open a file" }).click()]);
    await chooser.setFiles(path);
  }

  test("a TOML file is compared with the bank of its id, and nothing is saved", async () => {
    const { page } = shared;
    await putTiny();
    const url = `${shared.service.address}/v1/banks/tiny/source`;
    const text = await (await fetch(url, { headers: { accept: "application/toml" } })).text();
    await openFile(page, text.replace("Space, and slower writes.", "Space, and slower writes, mostly."));
    await page.getByText("See how it differs from this bank").first().waitFor();
    await page.getByText("1 unsaved change.").waitFor();
    await review(page);
    assert.equal(await page.getByRole("dialog").locator("ins").innerText(), ", mostly");
    assert.equal((await saved()).questions[1].reference_answer, "Space, and slower writes.");
  });

  const written = async () => (await fetch(`${shared.service.address}/v1/banks/tiny/source`, { headers: { accept: "application/toml" } })).text();

  test("a TOML file that is not edited is saved word for word, also over a reload", async () => {
    const { page } = shared;
    await putTiny();
    const text = `# Asked since 2024.\n${(await written()).replace("Space, and slower writes.", "Space, and slower writes, mostly.")}`;
    await openFile(page, text);
    await page.getByText("As long as you do not edit it, it is saved with its comments.").first().waitFor();
    assert.equal(await page.getByText("as you left them").count(), 0);
    page.once("dialog", (/** @type {import("playwright-core").Dialog} */ one) => one.accept());
    await page.reload();
    await page.getByText("as you left them").waitFor();
    await review(page);
    await page.getByText("The file that you opened is saved word for word, with its comments.").waitFor();
    await shots(page, "banks-10-file");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText(/Saved as version/).first().waitFor();
    assert.equal(await written(), text);

    // Comments alone are worth saving, too.
    await openFile(page, text.replace("since 2024", "since 2025"));
    await page.getByText("Only comments or layout differ.").first().waitFor();
    await review(page);
    await page.getByText("Only comments or layout of the file differ.").waitFor();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText(/Saved as version/).first().waitFor();
    assert.match(await written(), /^# Asked since 2025/);
  });

  test("a TOML file that is edited is saved without its comments, which is said before", async () => {
    const { page } = shared;
    await putTiny();
    await openFile(page, `# Asked since 2024.\n${await written()}`);
    await page.getByText("Only comments or layout differ.").first().waitFor();
    await edit(page, "What does an index cost?");
    await page.getByLabel("Reference answer").fill("Space, and time.");
    await review(page);
    await page.getByText("You edited what the file holds, so its comments and layout are not saved.").waitFor();
    await page.getByRole("button", { name: /^Undo this/ }).click();
    await page.getByText("The file that you opened is saved word for word").waitFor();
    await page.getByRole("button", { name: "Not yet" }).click();
    await edit(page, "What does an index cost?");
    await page.getByLabel("Reference answer").fill("Space, and time.");
    await review(page);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText(/Saved as version/).first().waitFor();
    assert.equal((await saved()).questions[1].reference_answer, "Space, and time.");
    assert.doesNotMatch(await written(), /# Asked/);
  });

  test("a bank whose TOML has comments is told to lose them when it is edited here", async () => {
    const { page } = shared;
    await putTiny();
    const url = `${shared.service.address}/v1/banks/tiny/source`;
    const tag = (await fetch(url)).headers.get("etag") ?? "";
    const put = await fetch(url, { method: "PUT", headers: { "content-type": "application/toml", "if-match": tag }, body: `# Asked since 2024.\n${await written()}` });
    assert.equal(put.status, 200);
    await openTiny(page);
    await edit(page, "What does an index cost?");
    await page.getByLabel("Reference answer").fill("Space, and time.");
    await review(page);
    await page.getByText("Comments and layout that the TOML of this bank has are lost: it is written anew.").waitFor();
  });

  test("a JSON file is opened, too", async () => {
    const { page } = shared;
    await putTiny();
    await openFile(page, JSON.stringify({ ...TINY, title: "Tiny bank, renamed" }), "opened.json");
    await page.getByText("opened.json is opened. See how it differs").first().waitFor();
    await page.getByText("1 unsaved change.").waitFor();
  });

  test("the built-in bank comes back from its file as it is", async () => {
    const { page } = shared;
    await openFile(page, readFileSync(join(root, "fixtures/banks/django.toml"), "utf8"));
    await page.getByText("opened.toml is the same as this bank.").first().waitFor();
    await page.getByText("32 questions", { exact: true }).waitFor();
    assert.equal(await page.getByRole("region", { name: "Unsaved changes" }).count(), 0);
  });

  test("a file that is no bank is refused, with the place", async () => {
    const { page } = shared;
    shared.expectErrors(/4(00|22)/);
    const refused = async (/** @type {string} */ text, /** @type {string} */ told, name = "opened.toml") => {
      await openFile(page, text, name);
      await page.getByRole("dialog", { name: "This is not a bank" }).getByText(told).waitFor();
      await page.getByRole("button", { name: "Close" }).click();
    };
    await refused('id = "x"\ntitle = "X\n', "(line 2, column 11)");
    await refused('id = "x"\ntitle = "X"\n[[questions]]\nid = "q"\nquestion = "Q"\nwieght = 2\n', "unknown field `wieght`");
    await refused('id = "x"\ntitle = "X"\n[[questions]]\nid = "q"\nquestion = "Q"\n', "needs a reference_answer or concepts");
    await refused("{", "opened.json is not opened", "opened.json");
    assert.equal(await page.getByText("not saved").count(), 0);
  });

  test("notes are previewed, kept, given concepts, and saved", async () => {
    const { page } = shared;
    shared.expectErrors(/422/);
    await fetch(`${shared.service.address}/v1/banks/web-notes/source`, { method: "DELETE" });
    await page.goto("/banks");
    await page.getByRole("link", { name: "Import notes" }).click();
    await page.getByLabel("Title of the bank").fill("Web notes");
    assert.equal(await page.getByLabel("Id of the bank").inputValue(), "web-notes");
    const notes = page.getByLabel("Notes in Markdown");
    await notes.fill("# HTTP\n\n## What does a 304 response say?\n\n## Name a safe method.\n\nGET is safe. It changes nothing.\n");
    await page.getByRole("button", { name: "Read the notes" }).click();
    await page.getByText("the question has no answer under it").waitFor();
    await page.getByRole("button", { name: "Line 3" }).click();
    assert.equal(await notes.evaluate((one) => /** @type {HTMLTextAreaElement} */ (one).value.slice(one.selectionStart, one.selectionEnd)), "## What does a 304 response say?");
    await notes.fill("# HTTP\n\n## What does a 304 response say?\n\nThe copy the client holds is still good. The server therefore sends no body.\n\n## Name a safe method.\n\nGET is safe. It changes nothing.\n");
    await page.getByRole("button", { name: "Read the notes" }).click();
    await page.getByRole("heading", { name: "2 questions were read" }).waitFor();
    await shots(page, "banks-7-import");
    await page.getByRole("button", { name: "Keep as a draft" }).click();
    await page.getByRole("heading", { name: "New bank" }).waitFor();
    assert.equal((await fetch(`${shared.service.address}/v1/banks/web-notes`)).status, 404);

    // Of what is proposed, nothing is kept but what is accepted, and what was rejected does not come back.
    await edit(page, "What does a 304 response say?");
    await page.getByRole("button", { name: "Propose concepts" }).click();
    await page.getByRole("heading", { name: /^2 proposed/ }).waitFor();
    assert.equal(await page.getByRole("group", { name: "Concept 1", exact: true }).count(), 0);
    await shots(page, "banks-8-proposals");
    await page.getByRole("button", { name: /^Reject: The copy/ }).click();
    await page.getByLabel("Proposed concept").fill("No body is sent");
    await page.getByLabel("Weight").fill("2.5");
    await page.getByRole("button", { name: /^Accept/ }).click();
    const concept = page.getByRole("group", { name: "Concept 1", exact: true });
    assert.equal(await concept.getByLabel("Concept", { exact: true }).inputValue(), "No body is sent");
    assert.equal(await concept.getByLabel("Weight").inputValue(), "2.5");
    await page.getByRole("button", { name: "Propose concepts" }).click();
    await page.getByText(/^Nothing new is proposed/).waitFor();

    await review(page);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("heading", { name: "Web notes", level: 1 }).waitFor();
    const bank = await (await fetch(`${shared.service.address}/v1/banks/web-notes/source`)).json();
    assert.deepEqual(bank.questions[0].concepts.map((/** @type {any} */ one) => [one.text, one.weight]), [["No body is sent", 2.5]]);
  });

  test("a new bank needs an id of its own, and a question", async () => {
    const { page } = shared;
    shared.expectErrors(/4(12|22)/);
    await page.goto("/banks#+new");
    await page.getByLabel("Title").fill("Django");
    await page.getByText("unsaved change").waitFor();
    await review(page);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("a bank needs at least one question").first().waitFor();
    await page.getByRole("button", { name: "Add a question" }).click();
    await page.getByLabel("Question", { exact: true }).fill("What is a view?");
    await page.getByLabel("Reference answer").fill("It answers a request.");
    await page.getByLabel("Id", { exact: true }).first().fill("django");
    await review(page);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("is the id of a bank that is there already").first().waitFor();
    await page.getByRole("button", { name: "Discard changes" }).click();
    await page.getByRole("button", { name: "Discard them" }).click();
    await page.getByRole("heading", { name: "Banks", level: 1 }).waitFor();
    assert.equal(await page.getByText("not saved").count(), 0);
  });
});
