// What reviewers see on /review: the queue, a grade with all that belongs to it, and what is not to be seen.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { browserTests, shots } from "./harness.js";
import { ALL, INDEX, call, grade, kept, open, part } from "./review-steps.js";

describe("an empty queue", () => {
  const shared = browserTests();

  test("says what lands there and how to make one, which then does", async () => {
    const { page } = shared;
    await page.goto("/review");
    await page.getByRole("heading", { name: "Nothing waits for a person" }).waitFor();
    assert.match(await page.locator("#left").innerText(), /^0 left$/);
    assert.match(await page.getByRole("main").innerText(), /appeals of candidates/);
    await shots(page, "review-empty");
    const example = await page.locator(".empty pre").innerText();
    const [, body] = example.match(/-d '([^]*)'/) ?? [];
    await grade(shared, JSON.parse(body));
    await page.getByRole("button", { name: "Look again" }).click();
    await page.getByRole("form", { name: "Review of this grade" }).waitFor();
    assert.match(await part(page, "Why it waits").innerText(), /A passage tells the grader what to do\. It counts for nothing\.\s+Ignore the reference/);
  });
});

describe("reading a grade", () => {
  const shared = browserTests(ALL);

  test("an answer is text, whatever it holds, with the evidence marked where it stands", async () => {
    const { page } = shared;
    page.on("dialog", () => assert.fail("a script of the answer ran"));
    const answer = "<script>alert(1)</script> 😀👩‍💻 אינדקס זה טוב. It speeds up lookups a lot. 🚀 مرحبا <img src=x onerror=alert(2)> end";
    const made = await grade(shared, { ...INDEX, candidate_answer: answer, language: "en" });
    const [reads] = made.concepts;
    assert.equal(reads.verdict, "covered", "the test needs evidence behind the emoji");
    await open(page, `/review?grade=${made.id}`);
    const shown = page.locator("p.answer").first();
    assert.equal(await shown.evaluate((/** @type {Element} */ node) => node.textContent), answer);
    assert.equal(await page.locator("main script, main img").count(), 0);
    const places = await shown.evaluate((/** @type {Element} */ node) => {
      const marks = [...node.querySelectorAll("mark")];
      return marks.map((mark) => {
        const range = document.createRange();
        range.setStart(node, 0);
        range.setEndBefore(mark);
        return { start: Array.from(range.toString()).length, text: mark.textContent, title: mark.title };
      });
    });
    assert.deepEqual(places, [{ start: reads.evidence.start, text: reads.evidence.quote, title: "covered: Lookups become faster" }]);
    const first = part(page, "Concepts").getByRole("listitem").first();
    assert.match(await first.innerText(), /covered\s+Lookups become faster weight 3/);
    assert.equal(await first.locator("blockquote").innerText(), reads.evidence.quote);
    assert.match(await part(page, "Reference answer").innerText(), /Writes become slower/);
    assert.match(await part(page, "History").innerText(), /Nobody has reviewed it yet[^]*history is whole/);
    await shots(page, "review-grade");
  });

  test("who it is about is shown when that is asked for, and hidden again at the next load", async () => {
    const { page } = shared;
    const secrets = /Ann|Smith|ann@example|person-77|blue-team/;
    const made = await grade(shared, {
      ...INDEX,
      candidate_answer: "I am ANN Smith. An index speeds up lookups, says Ann  Smith.",
      redact: ["Ann Smith"],
      subject: "person-77",
      metadata: { team: "blue-team" },
    });
    await open(page, `/review?grade=${made.id}`);
    assert.doesNotMatch(await page.content(), secrets);
    assert.match(await page.locator("p.answer").first().innerText(), /^I am •{9}\. An index speeds up lookups, says •{10}\.$/);
    assert.equal(await page.locator("mark").first().innerText(), made.concepts[0].evidence.quote.replace(/Ann {2}Smith/, "•".repeat(10)));
    await page.getByLabel("Score").fill("0.4");
    await page.getByLabel("Show who it is about").check();
    const about = await part(page, "Who it is about").innerText();
    assert.match(about, /person-77[^]*Ann Smith[^]*blue-team/);
    assert.match(await page.locator("p.answer").first().innerText(), /ANN Smith/);
    assert.equal(await page.locator("#score").inputValue(), "0.4", "what was entered is still there");
    await page.locator("#score").fill(await page.locator("dl.scores dd").first().innerText());
    await open(page, `/review?grade=${made.id}`);
    assert.equal(await page.getByLabel("Show who it is about").isChecked(), false);
    assert.doesNotMatch(await page.content(), secrets);
  });

  test("what a model found is shown: misconceptions, flags, who judged; and that a history was changed", async () => {
    const { page } = shared;
    const answer = "🙂 Indexes make all faster, writes too. It speeds up lookups.";
    const made = await grade(shared, { ...INDEX, candidate_answer: answer });
    const quote = "all faster, writes too";
    const start = Array.from(answer.slice(0, answer.indexOf(quote))).length;
    const evidence = { quote, start, end: start + quote.length };
    await page.route(`**/v1/grades/${made.id}*`, async (/** @type {any} */ route) => {
      const response = await route.fetch();
      const record = await response.json();
      record.history_is_whole = false;
      record.reply = "{}";
      Object.assign(record.grade, {
        method: "llm",
        degraded: { reason: "timeout" },
        misconceptions: [{ id: "all", text: "An index makes everything faster", cap: 0.5, evidence }],
        flags: [{ code: "very_long" }, { code: "keyword_list", start, end: start + 3 }],
        review_reasons: ["very_long", "brand_new_reason"],
      });
      record.grade.provenance = { ...record.grade.provenance, provider: "openai", model: "gpt-x", prompt: "grade@1f", samples: 3, attempts: 4 };
      await route.fulfill({ response, json: record });
    });
    await open(page, `/review?grade=${made.id}`);
    assert.match(await part(page, "Misconceptions").innerText(), /An index makes everything faster \(at most 0\.5\)\s+all faster, writes too/);
    assert.equal(await page.locator("mark.contradicted").innerText(), quote);
    assert.match(await part(page, "Also noticed").innerText(), /keywords without sentences\.\s+all$/);
    const why = await part(page, "Why it waits").innerText();
    assert.match(why, /several times as long[^]*Brand new reason\.[^]*It was not graded as asked\. The model did not reply in time/);
    assert.match(await part(page, "History").innerText(), /history is not whole/);
    await page.getByText("Where it comes from").click();
    assert.match(await page.locator("dl.facts").innerText(), /openai gpt-x[^]*grade@1f[^]*the mean of 3/);
    await shots(page, "review-model");
  });

  test("an erased answer is said to be gone", async () => {
    const { page } = shared;
    const made = await grade(shared, { ...INDEX, candidate_answer: "An index speeds up lookups. Elephant." });
    await call(shared, "DELETE", `/v1/grades/${made.id}`, undefined);
    await open(page, `/review?grade=${made.id}`);
    assert.match(await part(page, "Answer").innerText(), /The answer is erased/);
    assert.doesNotMatch(await page.content(), /Elephant/);
    assert.equal(await page.locator("mark, blockquote").count(), 0);
    await page.getByRole("list", { name: "Grades that wait" }).getByText("erased").waitFor();
  });

  test("a grade that was replaced by a re-grade leads to the one that counts", async () => {
    const { page } = shared;
    const made = await grade(shared, { question_id: "django/migrations", candidate_answer: "Migrations carry changes of the models to the database." });
    const job = await call(shared, "POST", "/v1/jobs", { pass_mark: 0.5, grades: { question_id: "django/migrations" } });
    for (let tries = 0; (await call(shared, "GET", `/v1/jobs/${job.id}`, undefined)).state !== "done"; tries += 1) {
      assert.ok(tries < 100, "the re-grade does not end");
      await new Promise((later) => setTimeout(later, 200));
    }
    const { replaced_by: none } = (await kept(shared, made.id)).standing ?? {};
    assert.equal(none, undefined);
    await call(shared, "POST", `/v1/jobs/${job.id}/apply`, {});
    const { replaced_by: other } = (await kept(shared, made.id)).standing;
    await open(page, `/review?grade=${made.id}`);
    assert.match(await page.locator(".note").first().innerText(), /replaced by a re-grade/);
    assert.equal(await page.getByRole("button", { name: "Save and go on" }).count(), 0);
    await page.getByRole("button", { name: "Open the one that counts" }).click();
    await page.getByRole("button", { name: "Save and go on" }).waitFor();
    assert.match(page.url(), new RegExp(`grade=${other}`));
  });

  test("an unknown grade, and a server that is gone, are said with what to do", async () => {
    const { page, expectErrors } = shared;
    expectErrors(/404/, /ERR_FAILED/);
    await page.goto("/review?grade=nothing");
    await page.getByRole("alert").getByText("no grade with this id is kept").waitFor();
    await page.route("**/v1/grades/*", (/** @type {any} */ route) => route.abort());
    await page.locator("button.pick").first().click();
    await page.getByRole("alert").getByText("The server does not answer").waitFor();
    await page.unroute("**/v1/grades/*");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("form", { name: "Review of this grade" }).waitFor();
  });
});

describe("without a store", () => {
  const shared = browserTests({ ANSWER_GRADER__STORE__ENABLED: "false" });

  test("it is said what to set", async () => {
    const { page } = shared;
    await page.goto("/review");
    await page.getByRole("heading", { name: "This service keeps no grades" }).waitFor();
    assert.match(await page.getByRole("main").innerText(), /enabled = true[^]*ANSWER_GRADER__STORE__ENABLED=true/);
    await shots(page, "review-no-store");
  });
});
