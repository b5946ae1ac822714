// A mock interview, as somebody does it on the first page with nothing configured.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { axe, browserTests, shots } from "./harness.js";

const shared = browserTests();

const ANSWER =
  "I would measure the queries with explain() first. select_related() joins foreign keys in the same query, and " +
  "prefetch_related() loads many-to-many relations with one extra query and joins them in Python.";

/** Begins an interview of so many questions about one topic. */
async function begin(/** @type {import("playwright-core").Page} */ page, { topic = "orm", count = 1 } = {}) {
  await page.goto("/");
  await page.getByRole("heading", { name: "Topics" }).or(page.getByText("Topics")).first().waitFor();
  for (const box of await page.getByRole("checkbox").all()) {
    const own = (await box.getAttribute("value")) ?? topic;
    if (own !== topic) await box.uncheck();
  }
  await page.getByLabel("Questions", { exact: true }).fill(String(count));
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByLabel("Your answer").waitFor();
}

test("an interview from the first question to the report, over a reload", async () => {
  const { page } = shared;
  await page.goto("/");
  await page.getByRole("button", { name: "Begin" }).waitFor();
  await shots(page, "practice-1-setup");
  await begin(page, { count: 2 });
  assert.match(await page.locator(".steps").innerText(), /Question 1 of 2/);
  await shots(page, "practice-2-question");

  // What is written survives a reload, and the question stays the same.
  const question = await page.getByRole("heading", { level: 1 }).innerText();
  await page.getByLabel("Your answer").fill(ANSWER);
  await page.reload();
  assert.equal(await page.getByLabel("Your answer").inputValue(), ANSWER);
  assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), question);
  await page.getByRole("button", { name: "Submit the answer" }).click();

  // Without a language model ideas are counted, and no percentage is shown.
  const result = page.getByRole("heading", { name: /^Mentions \d+ of \d+ ideas$/ });
  await result.waitFor();
  assert.equal(await page.getByText(/\d ?%/).count(), 0);
  await page.getByText("A local model judges better").waitFor();
  await shots(page, "practice-3-feedback");
  const before = Number((await result.innerText()).match(/\d+/)?.[0]);

  // The idea that the follow-up is about is not given away, until it is answered.
  const waiting = page.getByText("The follow-up question above is about this one.");
  assert.equal(await waiting.count(), 1);
  const followUp = page.getByRole("form").or(page.locator("form.card")).first();
  await followUp.getByRole("textbox").fill("Querysets are lazy, and I would add database indexes to the filtered columns. N+1 means one query per row in a loop.");
  await followUp.getByRole("button", { name: "Answer" }).click();
  await waiting.waitFor({ state: "detached" });
  const after = Number((await page.locator("#result").innerText()).match(/\d+/)?.[0]);
  assert.ok(after >= before, `${after} ideas in both answers, and ${before} in the first alone`);
  assert.match(await page.locator(".answer").first().innerText(), /N\+1 means/);

  // The model answer can be opened now, and each idea leads to the documentation.
  await page.getByText("Model answer").click();
  assert.ok((await page.locator("details .answer").innerText()).length > 100);
  const links = await page.getByRole("link", { name: "Read about it" }).all();
  assert.ok(links.length > 3);
  for (const link of links) assert.match((await link.getAttribute("href")) ?? "", /^https:\/\/docs\.djangoproject\.com\//);
  await shots(page, "practice-4-follow-up");

  // The second question is passed over; the report survives a reload.
  await page.getByRole("button", { name: "Next question" }).click();
  await page.getByRole("button", { name: "Skip this question" }).click();
  await page.getByRole("heading", { name: /^Report/ }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: /^Report/ }).waitFor();
  await page.getByText("1 of 2 questions answered").waitFor();
  await page.getByText("Not answered.").waitFor();
  const chart = page.getByRole("table", { name: /By topic/ });
  assert.match(await chart.innerText(), /orm\s+\d+ of \d+ ideas/);
  await shots(page, "practice-5-report");

  // Both files hold the answer.
  for (const [name, check] of /** @type {const} */ ([
    ["Save as JSON", (/** @type {string} */ text) => assert.equal(JSON.parse(text).answers[0].answer, ANSWER)],
    ["Save as Markdown", (/** @type {string} */ text) => assert.ok(text.includes(`> ${ANSWER}`) && text.includes("## Gaps"))],
  ])) {
    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name }).click();
    check(readFileSync(await (await coming).path(), "utf8"));
  }

  // What was missed comes back in the next interview, before everything else.
  await page.getByRole("button", { name: "Practise again" }).click();
  await page.getByText("Begin with the questions of which you missed ideas last time (1)").waitFor();
  await begin(page, { count: 1 });
  assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), question);
});

test("markup, right-to-left text and emoji are text, and the evidence is marked where it stands", async () => {
  const { page } = shared;
  const hostile = "🙂🙂 <script>document.title='owned'</script> שלום עולם <b>select_related()</b> joins foreign keys in the same query.";
  await begin(page);
  await page.evaluate(() => {
    const kept = JSON.parse(localStorage.getItem("practice.interview") ?? "{}");
    kept.questions = [{ id: "django/orm-performance", question: "<img src=x onerror=alert(1)>", topic: "<i>orm</i>", labelled: true }];
    localStorage.setItem("practice.interview", JSON.stringify({ ...kept, draft: "x" }));
  });
  await page.reload();
  await page.getByRole("heading", { name: "<img src=x onerror=alert(1)>" }).waitFor();
  await page.getByLabel("Your answer").fill(hostile);
  await page.keyboard.press("Control+Enter");
  await page.locator("#result").waitFor();
  assert.equal(await page.locator(".answer").first().innerText(), hostile);
  assert.match(await page.locator("mark").first().innerText(), /^select_related/);
  assert.notEqual(await page.title(), "owned");
  assert.equal(await page.locator("main script, main b, main img, main i").count(), 0);
  await axe(page);
});

test("whoever is heard agreed to it, and the answer is graded as speech", async () => {
  const { page } = shared;
  // Chromium without a person has no recogniser: one that says what it is told stands in for it.
  await page.addInitScript(() => {
    class Recogniser {
      start() {
        const result = Object.assign([{ transcript: "a signal lets a sender notify receivers" }], { isFinal: true });
        /** @type {any} */ (this).onresult({ resultIndex: 0, results: [result] });
      }
      stop() {}
    }
    Object.defineProperty(globalThis, "SpeechRecognition", { value: Recogniser });
  });
  await begin(page, { topic: "signals" });
  await page.getByRole("button", { name: "Dictate" }).click();
  const dialog = page.getByRole("dialog", { name: "Your voice would leave this computer" });
  await dialog.getByText("Google").first().waitFor();
  await axe(page);
  await dialog.getByRole("button", { name: "I would rather type" }).click();
  assert.equal(await page.getByLabel("Your answer").inputValue(), "");
  await page.getByRole("button", { name: "Dictate" }).click();
  await dialog.getByRole("button", { name: /^Send audio/ }).click();
  assert.equal(await page.getByLabel("Your answer").inputValue(), "a signal lets a sender notify receivers");
  const sent = page.waitForRequest("**/v1/grade");
  await page.getByRole("button", { name: "Submit the answer" }).click();
  assert.equal((await sent).postDataJSON().answer_source, "speech");
  await page.locator("#result").waitFor();
});

test("a server that is gone is said, and the answer stays", async () => {
  const { page } = shared;
  shared.expectErrors(/Failed to load resource/);
  await begin(page);
  await page.getByLabel("Your answer").fill(ANSWER);
  await page.route("**/v1/grade", (/** @type {any} */ route) => route.abort());
  await page.getByRole("button", { name: "Submit the answer" }).click();
  await page.getByRole("alert").getByText("The server does not answer").waitFor();
  assert.equal(await page.getByLabel("Your answer").inputValue(), ANSWER);
  await page.unroute("**/v1/grade");
  await page.getByRole("button", { name: "Submit the answer" }).click();
  await page.locator("#result").waitFor();
});

test("the first page is small", async () => {
  const { page } = shared;
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  session.on("Network.loadingFinished", (/** @type {{encodedDataLength: number}} */ { encodedDataLength }) => (bytes += encodedDataLength));
  await page.addInitScript(() => {
    new MutationObserver(() => {
      if (document.querySelector("button[type=submit].primary:not(dialog *)")) performance.mark("usable");
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto("/");
  await page.getByRole("button", { name: "Begin" }).waitFor();
  assert.ok(bytes > 1_000 && bytes < 150_000, `${bytes} bytes`);
  // Told and not demanded: how long it takes is the machine's affair, too.
  const usable = await page.evaluate(() => Math.round(performance.getEntriesByName("usable")[0]?.startTime ?? NaN));
  console.log(`first load: ${bytes} bytes, usable after ${usable} ms`);
});
