import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { open } from "./browser.js";
import { proxy, slowModel } from "./faults.js";
import { serve } from "./service.js";

describe("in Chromium, on the service's own origin", () => {
  let service, model, way, browser;
  before(async () => {
    model = await slowModel(0);
    service = await serve({ environment: { ...model.environment, ANSWER_GRADER__LLM__BREAKER_FAILURES: "0" } });
    way = await proxy(service.address);
    browser = await open(way.address);
    // What each test needs; it runs in the page.
    await browser.page.evaluate(async (apiKey) => {
      // @ts-ignore the page's import map knows it
      const client = await import("answer-grader");
      const made = { client, apiKey, grader: new client.AnswerGrader({ baseUrl: "", apiKey }) };
      Object.assign(globalThis, made);
    }, service.key);
  });
  after(async () => {
    assert.deepEqual(browser?.wrong, []);
    await browser?.close();
    await way?.close();
    await service?.stop();
    await model?.close();
  });
  /** Runs a function in the page, where `client` and `grader` are. */
  const inPage = (run, argument) => browser.page.evaluate(run, argument);

  test("an answer is graded, and its evidence marked beside emoji", async () => {
    const [text, quote] = await inPage(async () => {
      const { grader, client } = /** @type {any} */ (globalThis);
      const answer = "🎉👩‍👧 \ud83d I call select_related() so that a foreign key comes along in the same query by a JOIN.";
      const grade = await grader.grade({ question_id: "django/orm-performance", candidate_answer: answer, method: "keyword" });
      const { evidence } = grade.concepts.find(({ id }) => id === "select-related");
      const range = client.evidenceRange(answer, evidence);
      const place = document.querySelector("#answer");
      place?.append(answer);
      const marked = new Range();
      const node = /** @type {Text} */ (place?.firstChild);
      marked.setStart(node, range.start);
      marked.setEnd(node, range.end);
      return [marked.toString(), evidence.quote];
    });
    assert.match(quote, /^select_related/);
    assert.equal(text, quote);
  });

  test("a grade whose connection fails is made once", async () => {
    way.seen.length = 0;
    way.faults.push({ kind: "lose" });
    const ids = await inPage(async () => {
      const { grader } = /** @type {any} */ (globalThis);
      const request = { question_id: "django/signals", candidate_answer: "It notifies.", subject: "lost", method: "keyword" };
      const { id } = await grader.grade(request);
      const ids = [id];
      for await (const grade of grader.grades({ subject: "lost" })) ids.push(grade.id);
      return ids;
    });
    assert.equal(ids.length, 2);
    assert.equal(ids[0], ids[1]);
    assert.equal(way.seen.filter(({ path }) => path === "/v1/grade").length, 2);
  });

  test("a job of an array and one of an async iterable are followed, with the key, to their end", async () => {
    model.milliseconds = 2_000;
    const told = await inPage(async () => {
      const { grader } = /** @type {any} */ (globalThis);
      const answers = [1, 2].map((at) => ({ question_id: "django/signals", candidate_answer: `It notifies ${at} 🎉.` }));
      async function* coming() {
        yield* answers;
      }
      const jobs = [];
      for (const requests of [answers, coming()]) {
        const { id } = await grader.jobs.create(requests, { fallback: "keyword" });
        const states = [];
        for await (const job of grader.jobs.progress(id)) states.push(job.state);
        const results = [];
        for await (const result of grader.jobs.results(id)) results.push(result.grade.method);
        jobs.push({ states, results });
      }
      return jobs;
    });
    for (const { states, results } of told) {
      assert.ok(states.length > 1);
      assert.equal(states.at(-1), "done");
      assert.deepEqual(results, ["keyword", "keyword"]);
    }
    const followed = way.seen.filter(({ path }) => path.endsWith("/events"));
    assert.ok(followed.every(({ headers }) => headers.authorization === `Bearer ${service.key}`));
  });

  test("progress reconnects", async () => {
    model.milliseconds = 1_500;
    const id = await inPage(async () => {
      const { grader } = /** @type {any} */ (globalThis);
      return (await grader.jobs.create([{ question_id: "django/signals", candidate_answer: "It tells." }], { fallback: "keyword" })).id;
    });
    way.seen.length = 0;
    way.faults.push({ kind: "cut", bytes: 100 }, { kind: "reset" });
    const states = await inPage(async (id) => {
      const states = [];
      for await (const job of /** @type {any} */ (globalThis).grader.jobs.progress(id)) states.push(job.state);
      return states;
    }, id);
    assert.equal(states.at(-1), "done");
    assert.ok(way.seen.length >= 3);
  });

  test("refusals, time-outs, broken connections and aborts are told apart", async () => {
    way.faults.push({ kind: "status", status: 422 });
    way.faults.push({ kind: "hang" });
    way.faults.push({ kind: "reset" });
    way.faults.push({ kind: "hang" });
    const names = await inPage(async () => {
      const { grader, client } = /** @type {any} */ (globalThis);
      const controller = new AbortController();
      const calls = [
        () => grader.banks(),
        () => grader.banks({ timeout: 200 }),
        () => grader.banks({ retries: 0 }),
        () => grader.banks({ signal: controller.signal }),
      ];
      const names = [];
      for (const call of calls) {
        const called = call();
        if (names.length === 3) setTimeout(() => controller.abort(), 100);
        const error = await called.catch((error) => error);
        names.push(`${error.name} ${error instanceof client.AnswerGraderError}`);
      }
      return names;
    });
    assert.deepEqual(names, ["ApiError true", "TimeoutError true", "NetworkError true", "AbortError false"]);
  });

  test("who has signed in by cookie needs no key", async () => {
    const count = await inPage(async () => {
      const { client, apiKey } = /** @type {any} */ (globalThis);
      const grader = new client.AnswerGrader({ baseUrl: location.origin });
      await grader.api.POST("/v1/session", { body: { key: apiKey } });
      const { banks } = await grader.banks();
      await grader.api.DELETE("/v1/session");
      return banks.length;
    });
    assert.equal(count, 1);
  });
});

test("in Chromium the core grades without a service, and sends nothing", async () => {
  const service = await serve();
  const browser = await open(service.address);
  try {
    const asked = [];
    browser.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    const [score, quote, shown, model] = await browser.page.evaluate(async () => {
      // @ts-ignore the page's import map knows it
      const { Grader } = await import("answer-grader/core");
      const grader = await Grader.load();
      const answer = "🎉👩‍👧 An index makes lookups faster.";
      const task = grader.task({ question: "What does an index do?", reference_answer: "It speeds up lookups. Writes become slower." });
      const grade = task.grade(answer);
      const { evidence } = /** @type {any} */ (grade.concepts.find(({ evidence }) => evidence));
      const failed = await task.gradeWith(() => Promise.reject(new Error("offline")), answer);
      return [grade.score, evidence.quote, answer.slice(evidence.range.start, evidence.range.end), failed.degraded?.reason];
    });
    assert.ok(Number(score) > 0.3);
    assert.equal(shown, quote);
    assert.equal(model, "model_failed");
    assert.ok(asked.includes("/client/dist/core/module/core.wasm.gz"));
    assert.ok(asked.every((path) => path.startsWith("/client/dist/")), asked.join(" "));
    assert.deepEqual(browser.wrong, []);
  } finally {
    await browser.close();
    await service.stop();
  }
});
