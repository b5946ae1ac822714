// What reviewers decide on /review, and what comes of it, with and without a mouse.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { axe, browserTests, shots } from "./harness.js";
import { ALL, INDEX, call, focused, grade, kept, known, open, part, review, saved } from "./review-steps.js";

describe("deciding", () => {
  const shared = browserTests(ALL);

  test("a whole review, and the next, by the keyboard alone", async () => {
    const { page } = shared;
    for (const answer of ["Signals notify parts of a project.", "Receivers connect to a sender.", "They do side effects."]) {
      await grade(shared, { question_id: "django/signals", candidate_answer: answer });
    }
    const queue = (await call(shared, "GET", "/v1/reviews/queue?question_id=django/signals", undefined)).grades.map((/** @type {any} */ one) => one.id);
    await open(page, "/review?question_id=django%2Fsignals");
    assert.equal(await page.locator("#left").innerText(), "3 left");
    const isOpen = async (/** @type {number} */ at) => {
      await page.waitForURL(new RegExp(`grade=${queue[at]}`));
      await page.locator(`button.pick[data-id="${queue[at]}"][aria-current]`).waitFor();
    };
    await isOpen(0);
    await page.keyboard.press("k");
    await page.locator("#told").getByText("This is the first one.").waitFor();
    await page.keyboard.press("j");
    await isOpen(1);
    await page.waitForFunction(() => document.activeElement?.tagName === "H2");

    // A score out of range, then a right one; letters in a field are letters.
    await page.keyboard.press("s");
    assert.equal(await focused(page), "INPUT score");
    await page.keyboard.type("1.5");
    await page.keyboard.press("Enter");
    await page.getByText("It must be from 0 to 1.").waitFor();
    assert.equal(await focused(page), "INPUT score");
    await page.keyboard.press("Control+a");
    await page.keyboard.type("0,75");
    await page.keyboard.press("Escape");
    assert.equal(await focused(page), "H2");
    await page.keyboard.press("n");
    await page.keyboard.type("jakus? fair");
    assert.equal(await page.locator("#note").inputValue(), "jakus? fair");
    await isOpen(1);
    await page.keyboard.press("Control+Enter");
    await page.getByRole("dialog", { name: "Who are you?" }).waitFor();
    await page.keyboard.type("Kim");
    await page.keyboard.press("Enter");
    await isOpen(2);
    await page.waitForFunction(() => document.activeElement?.tagName === "H2");
    assert.match(await page.locator("#told").innerText(), /Saved: 0\.75\. 2 left\./);
    assert.equal(await page.locator("#live").innerText(), "Saved: 0.75. 2 left.");
    const [first] = (await kept(shared, queue[1])).reviews;
    assert.deepEqual([first.reviewer, first.score, first.note, first.verdicts], ["Kim", 0.75, "jakus? fair", {}]);

    // The own score is accepted as it is, to the last digit.
    await page.keyboard.press("a");
    await isOpen(0);
    const second = await kept(shared, queue[2]);
    assert.equal(second.reviews[0].score, second.grade.score);
    assert.equal(second.reviews[0].reviewer, "Kim");

    // Nothing is undone, but judged again.
    await page.keyboard.press("u");
    await page.locator("#told").getByText("A review cannot be undone").waitFor();
    await page.keyboard.press("Enter");
    await isOpen(2);
    await page.waitForFunction(() => document.activeElement?.tagName === "H2");
    await page.keyboard.press("s");
    await page.keyboard.type("1");
    await page.keyboard.press("Enter");
    await isOpen(0);
    assert.deepEqual((await kept(shared, queue[2])).reviews.map((/** @type {any} */ one) => one.score), [second.grade.score, 1]);

    // The last one, and nothing waits.
    await page.waitForFunction(() => document.activeElement?.tagName === "H2");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).getByText("next grade, previous grade").waitFor();
    await axe(page);
    await page.keyboard.press("a");
    await page.keyboard.press("Escape");
    assert.equal((await kept(shared, queue[0])).reviews.length, 0, "behind a dialog, keys do nothing");
    await page.keyboard.press("a");
    await page.getByRole("heading", { name: "Nothing of this question waits" }).waitFor();
    assert.equal(await focused(page), "H2");
    assert.equal(await page.getByRole("list", { name: "Just reviewed" }).getByRole("listitem").count(), 3);
    await shots(page, "review-done");
  });

  test("verdicts and points are changed, and kept as they were entered until they are saved", async () => {
    const { page } = shared;
    await known(page, "lee");
    const made = await grade(shared, { ...INDEX, candidate_answer: "It speeds up lookups. Unrelated.", max_points: 20 });
    await grade(shared, { ...INDEX, candidate_answer: "It speeds up lookups, another says." });
    const before = Object.fromEntries(made.concepts.map((/** @type {any} */ one) => [one.id, one.verdict]));
    assert.deepEqual(before, { reads: "covered", writes: "missing" });
    await open(page, `/review?grade=${made.id}`);
    assert.match(await part(page, "Your decision").innerText(), new RegExp(`${made.points} of 20[^]*none yet[^]*You review as lee`));
    await page.getByLabel("Your verdict: Writes become slower").selectOption("partly covered");
    await page.getByText("Your verdicts alone come to 17.5 of 20.").waitFor();
    await page.getByLabel("Your verdict: Writes become slower").press("a");
    assert.equal(await page.locator(".outcome").innerText(), "", "in a field, a is a letter");
    await page.getByRole("button", { name: "Take 17.5" }).click();
    assert.equal(await page.getByLabel("Points").inputValue(), "17.5");
    await page.keyboard.press("Escape");
    await page.keyboard.press("a");
    await page.getByRole("alert").getByText("You changed the score or a verdict").waitFor();
    await page.getByLabel("Note").fill("In other words.");

    // Another grade is looked at in between.
    await page.locator(`button.pick:not([data-id="${made.id}"])`).first().click();
    await page.waitForURL((/** @type {URL} */ url) => !url.href.includes(made.id));
    await page.locator(`button.pick[data-id="${made.id}"]`).getByText("not saved").waitFor();
    await page.locator(`button.pick[data-id="${made.id}"]`).click();
    await page.getByLabel("Your verdict: Writes become slower").waitFor();
    assert.equal(await page.getByLabel("Your verdict: Writes become slower").inputValue(), "partial");
    assert.equal(await page.getByLabel("Note").inputValue(), "In other words.");
    await shots(page, "review-changed");
    await page.getByRole("button", { name: "Save and go on" }).click();
    await saved(page);
    const [only] = (await kept(shared, made.id)).reviews;
    assert.deepEqual([only.score, only.verdicts, only.note, only.reviewer], [0.875, { writes: "partial" }, "In other words.", "lee"]);

    // It can be opened again, and shows what was decided.
    await page.getByRole("list", { name: "Just reviewed" }).getByRole("button").first().click();
    await part(page, "History").getByText("lee").waitFor();
    assert.match(await part(page, "History").innerText(), /17\.5 of 20[^]*Writes become slower: partly covered[^]*In other words\./);
    assert.match(await page.locator("dl.scores").innerText(), /17\.5 of 20$/);
  });

  test("what somebody else decided meanwhile is shown before a second review is kept", async () => {
    const { page } = shared;
    await known(page, "lee");
    const made = await grade(shared, { ...INDEX, candidate_answer: "It speeds up lookups, meanwhile." });
    await open(page, `/review?grade=${made.id}`);
    await page.getByLabel("Score").fill("0.9");
    await page.getByLabel("Note").fill("mine");
    await review(shared, made.id, { reviewer: "kim", score: 0.2 });
    await page.getByRole("button", { name: "Save and go on" }).click();
    await page.getByRole("alert").getByText("somebody else wrote about this grade").waitFor();
    assert.match(await part(page, "History").innerText(), /kim[^]*Score: 0\.2/);
    assert.equal((await kept(shared, made.id)).reviews.length, 1);
    assert.equal(await page.getByLabel("Score").inputValue(), "0.9");
    await page.getByRole("button", { name: "Save and go on" }).click();
    await saved(page);
    assert.deepEqual((await kept(shared, made.id)).reviews.map((/** @type {any} */ one) => one.score), [0.2, 0.9]);
  });

  test("an answer without a score cannot be accepted, and gets one", async () => {
    const { page } = shared;
    await known(page, "lee");
    const made = await grade(shared, { ...INDEX, candidate_answer: "فهرس قاعدة البيانات يجعل القراءة أسرع بكثير ولكن الكتابة أبطأ من ذلك." });
    assert.equal(made.score, null);
    await open(page, `/review?grade=${made.id}`);
    assert.match(await part(page, "Why it waits").innerText(), /in another language/);
    await page.keyboard.press("a");
    await page.getByRole("alert").getByText("The grade has no score to accept").waitFor();
    await page.getByLabel("Score").fill("");
    await page.getByLabel("Score").press("Enter");
    await page.getByText("Give a number from 0 to 1.").waitFor();
    await page.getByLabel("Score").fill("1");
    await page.getByLabel("Score").press("Enter");
    await saved(page);
    assert.equal((await kept(shared, made.id)).score, 1);
  });

  test("one question is looked at alone, and single letters can be switched off", async () => {
    const { page } = shared;
    await grade(shared, { question_id: "django/settings", candidate_answer: "It holds the configuration." });
    await grade(shared, { question_id: "django/orm", candidate_answer: "It maps classes to tables." });
    await open(page, "/review");
    await page.getByLabel("Question").focus();
    await page.getByLabel("Question").selectOption("django/settings");
    await page.locator("#left").getByText(/^1 left$/).waitFor();
    await page.getByRole("heading", { name: /role of Django's settings\.py/ }).waitFor();
    assert.equal(await focused(page), "SELECT question");
    await page.getByRole("button", { name: "Keys ?" }).click();
    await page.getByLabel("Single letters do this").uncheck();
    await page.getByRole("button", { name: "Close" }).click();
    await page.keyboard.press("s");
    assert.notEqual(await focused(page), "INPUT score");
  });
});

describe("an appeal", () => {
  const shared = browserTests(ALL);

  test("is judged anew, by somebody else, without the first judgement", async () => {
    const { page } = shared;
    await known(page, "Kim");
    const made = await grade(shared, { ...INDEX, candidate_answer: "It speeds up lookups. Nothing else." });
    const waits = await grade(shared, { ...INDEX, candidate_answer: "Lookups are faster, and it waits." });
    await review(shared, made.id, { reviewer: "kim", score: 0.31, note: "Too short.", verdicts: { reads: "partial" } });
    await review(shared, made.id, { reason: "appeal", note: "I did say what it does." });
    await open(page, "/review");
    assert.match(page.url(), new RegExp(`grade=${made.id}`), "appeals come first");
    const main = page.getByRole("main");
    assert.match(await main.innerText(), /I did say what it does\./);
    assert.doesNotMatch(await page.content(), /0\.31|Too short/);
    assert.equal(await page.locator("mark, .sheet .badge").count(), 0);
    await page.getByText("You have judged this answer, so somebody else decides the appeal.").waitFor();
    assert.equal(await page.getByRole("button", { name: "Save and go on" }).count(), 0);
    await page.keyboard.press("a");
    await page.locator("#told").getByText("not for you to decide").waitFor();

    await page.getByRole("button", { name: "Change" }).click();
    await page.getByLabel("Your name").fill("lee");
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("button", { name: "Save and go on" }).waitFor();
    await shots(page, "review-appeal");
    await page.getByLabel("Your verdict: Lookups become faster").selectOption("covered");
    await page.getByLabel("Score").fill("0.6");
    await page.getByRole("button", { name: "Save and go on" }).click();
    await page.waitForURL(new RegExp(`grade=${waits.id}`));
    const record = await kept(shared, made.id);
    const last = record.reviews.at(-1);
    assert.deepEqual([record.score, record.review_state, last.reviewer, last.verdicts], [0.6, "reviewed", "lee", { reads: "covered" }]);
    await page.getByRole("list", { name: "Just reviewed" }).getByRole("button").click();
    await part(page, "History").getByText("Too short.").waitFor();
  });

  test("can be opened by an administrator who wants to", async () => {
    const { page } = shared;
    const made = await grade(shared, { ...INDEX, candidate_answer: "It speeds up lookups, administrators say." });
    await review(shared, made.id, { reason: "appeal" });
    await open(page, `/review?grade=${made.id}`);
    await page.getByText("You may see them, as an administrator").click();
    await page.getByRole("button", { name: "Show the first judgement" }).click();
    await page.locator("mark").first().waitFor();
  });
});

describe("with API keys", () => {
  const shared = browserTests(ALL);

  test("a reviewer signs in, judges an appeal blind under the key's name, and sees no reference", async () => {
    const { page, service, expectErrors } = shared;
    expectErrors(/401/);
    const first = await service.run("key", "create", "kim", "--scope", "grade,read,review,references");
    const second = await service.run("key", "create", "lee", "--scope", "read,review");
    const made = await grade(shared, { ...INDEX, candidate_answer: "It speeds up lookups. Elephant." }, first);
    await review(shared, made.id, { score: 0.31 }, first);
    await review(shared, made.id, { reason: "appeal", note: "Look again." }, first);
    await page.goto("/review");
    await page.getByLabel("API key").fill(second);
    await page.getByRole("dialog").getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("form", { name: "Review of this grade" }).waitFor();
    assert.match(await part(page, "Your decision").innerText(), /You review as lee/);
    assert.match(await part(page, "Reference answer").innerText(), /scopes lack “references”/);
    assert.match(await part(page, "Concepts").innerText(), /not shown to you/);
    assert.doesNotMatch(await page.content(), /Writes become slower|0\.31/);
    await page.getByLabel("Score").fill("0.5");
    await page.getByLabel("Score").press("Enter");
    await page.getByRole("heading", { name: "Nothing waits for a person" }).waitFor();
    const last = (await kept(shared, made.id, first)).reviews.at(-1);
    assert.deepEqual([last.reviewer, last.score], ["lee", 0.5]);
  });

  test("a key that may not review is told so", async () => {
    const { page, service, expectErrors } = shared;
    expectErrors(/401/, /403/);
    const key = await service.run("key", "create", "caller", "--scope", "grade");
    await page.goto("/review");
    await page.getByLabel("API key").fill(key);
    await page.getByRole("dialog").getByRole("button", { name: "Sign in" }).click();
    await page.getByText(/may not review|has not the scope/).first().waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Your API key may not review" }).waitFor();
    assert.match(await page.getByRole("main").innerText(), /lacks the scope read and the scope review/);
  });
});
