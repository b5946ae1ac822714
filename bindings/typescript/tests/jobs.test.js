import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";

import { AnswerGrader, ApiError, NetworkError, TimeoutError } from "answer-grader";
import { events } from "../dist/events.js";
import { lines } from "../dist/lines.js";
import { proxy, slowModel } from "./faults.js";
import { serve } from "./service.js";

const answers = (/** @type {number} */ count, more = {}) =>
  Array.from({ length: count }, (_, at) => ({ question_id: "django/signals", candidate_answer: `A signal notifies ${at} 🎉.`, ...more }));

async function all(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}

describe("jobs of the real service", () => {
  /** @type {Awaited<ReturnType<typeof serve>>} */
  let service;
  /** @type {Awaited<ReturnType<typeof slowModel>>} */
  let model;
  /** @type {Awaited<ReturnType<typeof proxy>>} */
  let way;
  /** @type {AnswerGrader} */
  let grader;
  before(async () => {
    model = await slowModel(0);
    service = await serve({ environment: { ...model.environment, ANSWER_GRADER__LLM__BREAKER_FAILURES: "0" } });
  });
  after(async () => {
    await service?.stop();
    await model?.close();
  });
  beforeEach(async () => {
    way = await proxy(service.address);
    grader = new AnswerGrader({ baseUrl: way.address, apiKey: service.key, timeout: 20_000 });
    model.milliseconds = 0;
  });
  afterEach(() => way.close());

  /** A job that takes so many milliseconds, since each answer waits for the model and is then graded by keywords. */
  const slowJob = (/** @type {number} */ milliseconds, count = 2) => {
    model.milliseconds = milliseconds;
    return grader.jobs.create(answers(count), { method: "auto", fallback: "keyword" });
  };

  test("an array is a job: it is followed, and its results are read", async () => {
    const job = await grader.jobs.create(answers(450), { method: "keyword" });
    assert.equal(job.total, 450);
    const states = await all(grader.jobs.progress(job.id));
    assert.deepEqual(states.at(-1)?.state, "done");
    assert.equal(states.at(-1)?.graded, 450);
    const results = await all(grader.jobs.results(job.id));
    assert.deepEqual(results.map(({ index }) => index), Array.from({ length: 450 }, (_, at) => at));
    assert.equal(results[7]?.grade?.method, "keyword");
    assert.equal((await grader.jobs.get(job.id)).state, "done");
    assert.equal(way.seen[0]?.headers["content-type"], "application/x-ndjson");
    const events = way.seen.find(({ path }) => path.endsWith("/events"));
    assert.equal(events?.headers.authorization, `Bearer ${service.key}`);
  });

  test("an async iterable is a job, too", async () => {
    async function* coming() {
      for (const answer of answers(3, { method: "keyword" })) {
        await new Promise((done) => setTimeout(done, 50));
        yield answer;
      }
    }
    // Its own time is not that of the sending.
    const job = await grader.jobs.create(coming(), { timeout: 5_000 });
    assert.equal(job.total, 3);
    assert.equal((await all(grader.jobs.progress(job.id))).at(-1)?.graded, 3);
  });

  test("what an iterable throws is thrown, and no job is begun", async () => {
    const before = (await grader.api.GET("/v1/jobs")).data?.jobs.length;
    async function* failing() {
      yield* answers(2);
      throw new Error("the file ended");
    }
    await assert.rejects(grader.jobs.create(failing()), { message: "the file ended" });
    assert.equal((await grader.api.GET("/v1/jobs")).data?.jobs.length, before);
  });

  test("an iterable that stands still can be aborted, and is let go", async () => {
    let isLetGo = false;
    async function* still() {
      try {
        yield* answers(1);
        await new Promise((done) => setTimeout(done, 2_000));
        yield* answers(1);
      } finally {
        isLetGo = true;
      }
    }
    const reason = new Error("stop");
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 200);
    const started = Date.now();
    await assert.rejects(grader.jobs.create(still(), { signal: controller.signal }), reason);
    assert.ok(Date.now() - started < 1_800);
    assert.equal(way.seen.length, 0);
    await new Promise((done) => setTimeout(done, 2_200));
    assert.ok(isLetGo);
  });

  test("wrong lines are told by their place", async () => {
    const wrong = [...answers(1), { question_id: "none", candidate_answer: "x" }, { candidate_answer: "y" }];
    const told = { name: "ApiError", code: "invalid_request", status: 422 };
    await assert.rejects(grader.jobs.create(wrong), (error) => {
      assert.ok(error instanceof ApiError);
      assert.deepEqual([...new Set(error.errors.map(({ pointer }) => pointer.split("/")[1]))], ["1", "2"]);
      return true;
    });
    async function* coming() {
      for (let at = 0; at < 5_000; at += 1) yield { candidate_answer: "x".repeat(1_000) };
    }
    // The service refuses before it has all of it.
    const direct = new AnswerGrader({ baseUrl: service.address, apiKey: service.key });
    await assert.rejects(direct.jobs.create(coming()), told);
    await assert.rejects(grader.jobs.create([]), told);
  });

  test("an upload that is lost is sent again by its name, and is one job", async () => {
    way.faults.push({ kind: "lose" }, { kind: "reset" });
    const job = await grader.jobs.create(answers(2, { method: "keyword" }));
    const uploads = way.seen.filter(({ method }) => method === "POST");
    assert.equal(uploads.length, 3);
    assert.equal(new Set(uploads.map(({ headers }) => headers["idempotency-key"])).size, 1);
    assert.equal((await grader.api.GET("/v1/jobs")).data?.jobs[0]?.id, job.id);
    const [first, second] = [await grader.jobs.create(answers(1), { idempotencyKey: "j" }), await grader.jobs.create(answers(1), { idempotencyKey: "j" })];
    assert.equal(first.id, second.id);
    // So can what came by and by.
    way.faults.push({ kind: "reset" });
    async function* coming() {
      yield* answers(1, { method: "keyword" });
    }
    assert.equal((await grader.jobs.create(coming())).total, 1);
  });

  test("progress goes on where its connection breaks off, and ends with the job", async () => {
    const { id } = await slowJob(6_000);
    while ((await grader.jobs.get(id)).state !== "running") await new Promise((done) => setTimeout(done, 100));
    // Within the first event, and then right behind it, so that the next connection begins with the same.
    const { data } = await grader.api.GET("/v1/jobs/{id}", { params: { path: { id } }, parseAs: "text" });
    const whole = `event: progress\ndata: ${data}\n\n`;
    way.faults.push({ kind: "cut", bytes: 120 }, { kind: "cut", bytes: Buffer.byteLength(whole) }, { kind: "reset" }, { kind: "status", status: 503 });
    const states = await all(grader.jobs.progress(id));
    const connections = way.seen.filter(({ path }) => path.endsWith("/events")).length;
    assert.ok(connections >= 5, `${connections} connections`);
    assert.ok(states.length >= 2 && states.slice(0, -1).every(({ state }) => state !== "done"));
    assert.equal(states.at(-1)?.state, "done");
    const texts = states.map((state) => JSON.stringify(state));
    assert.equal(new Set(texts).size, texts.length, "nothing is told twice");
    // A job that has ended is told, and that is all.
    assert.deepEqual((await all(grader.jobs.progress(id))).map(({ state }) => state), ["done"]);
  });

  test("progress outlives the service's own restart", async () => {
    const { id } = await slowJob(3_000);
    const following = all(grader.jobs.progress(id));
    await new Promise((done) => setTimeout(done, 500));
    await service.restart(1_000);
    model.milliseconds = 0;
    const signal = AbortSignal.timeout(60_000);
    const states = await Promise.race([following, new Promise((_, failed) => signal.addEventListener("abort", failed))]);
    assert.equal(states.at(-1)?.state, "done");
    assert.equal(states.at(-1)?.graded, 2);
  });

  test("who stops following, or aborts, leaves no connection behind", async () => {
    const { id } = await slowJob(1_500);
    for await (const job of grader.jobs.progress(id)) {
      assert.equal(job.id, id);
      break;
    }
    const reason = new Error("the page is closed");
    const controller = new AbortController();
    await assert.rejects(async () => {
      for await (const _ of grader.jobs.progress(id, { signal: controller.signal })) setTimeout(() => controller.abort(reason), 50);
    }, reason);
    await new Promise((done) => setTimeout(done, 200));
    const followed = way.seen.filter(({ path }) => path.endsWith("/events"));
    assert.deepEqual(followed.map(({ isClosed }) => isClosed), [true, true]);
    await all(grader.jobs.progress(id));
  });

  test("progress of nothing is told, and reconnecting has an end", async () => {
    await assert.rejects(all(grader.jobs.progress("none")), { code: "unknown_job", status: 404 });
    const { id } = await grader.jobs.create(answers(1, { method: "keyword" }));
    way.seen.length = 0;
    way.faults.push({ kind: "reset" }, { kind: "reset" });
    await assert.rejects(all(grader.jobs.progress(id, { reconnects: 1 })), NetworkError);
    assert.equal(way.seen.length, 2);
    way.faults.push({ kind: "hang" });
    await assert.rejects(all(grader.jobs.progress(id, { reconnects: 0, timeout: 200 })), TimeoutError);
  });

  test("results go on where their connection breaks off", async () => {
    const { id } = await grader.jobs.create(answers(300), { method: "keyword" });
    await all(grader.jobs.progress(id));
    way.faults.push({ kind: "cut", bytes: 10_000 }, { kind: "cut", bytes: 100_000 });
    const results = await all(grader.jobs.results(id));
    assert.deepEqual(results.map(({ index }) => index), Array.from({ length: 300 }, (_, at) => at));
    way.faults.push({ kind: "cut", bytes: 10_000 });
    await assert.rejects(all(grader.jobs.results(id, { retries: 0 })), NetworkError);
    const reason = new Error("enough");
    const controller = new AbortController();
    await assert.rejects(async () => {
      for await (const _ of grader.jobs.results(id, { signal: controller.signal })) controller.abort(reason);
    }, reason);
  });

  test("a stream that breaks off again and again with nothing new has an end", async () => {
    const { id } = await grader.jobs.create(answers(300), { method: "keyword" });
    const ended = (await all(grader.jobs.progress(id))).at(-1);
    way.seen.length = 0;
    // Each time the same first results, and the beginning of the last.
    way.faults.push(...Array.from({ length: 12 }, () => /** @type {const} */ ({ kind: "cut", bytes: 10_000 })));
    await assert.rejects(all(grader.jobs.results(id, { retries: 2 })), NetworkError);
    assert.equal(way.seen.length, 3);
    // Each time the same event, of a job that goes on.
    const told = `event: progress\ndata: ${JSON.stringify({ ...ended, state: "running" })}\n\n`;
    const headers = { "content-type": "text/event-stream" };
    way.seen.length = 0;
    way.faults.length = 0;
    way.faults.push(...Array.from({ length: 12 }, () => /** @type {const} */ ({ kind: "status", status: 200, headers, body: told })));
    await assert.rejects(all(grader.jobs.progress(id, { reconnects: 2 })), NetworkError);
    assert.equal(way.seen.length, 3);
    way.faults.length = 0;
  });

  test("results that end in the middle of a line are broken off, and go on", async () => {
    const { id } = await grader.jobs.create(answers(50), { method: "keyword" });
    await all(grader.jobs.progress(id));
    way.seen.length = 0;
    way.faults.push({ kind: "end", bytes: 10_000 });
    const results = await all(grader.jobs.results(id));
    assert.deepEqual(results.map(({ index }) => index), Array.from({ length: 50 }, (_, at) => at));
    assert.equal(way.seen.length, 2);
    way.faults.push({ kind: "end", bytes: 10_000 });
    await assert.rejects(all(grader.jobs.results(id, { retries: 0 })), { name: "NetworkError", message: /broke off/ });
  });

  test("results may have blank lines, and what is none is told at once", async () => {
    const { id } = await grader.jobs.create(answers(2), { method: "keyword" });
    await all(grader.jobs.progress(id));
    const [first, second] = (await all(grader.jobs.results(id))).map((result) => JSON.stringify(result));
    const body = (/** @type {string} */ body) => /** @type {const} */ ({ kind: "status", status: 200, headers: { "content-type": "application/x-ndjson" }, body });
    way.faults.push(body(`\n${first}\r\n\r\n  \n${second}\n\n`));
    assert.deepEqual((await all(grader.jobs.results(id))).map(({ index }) => index), [0, 1]);
    for (const wrong of [`${first}\n{"ind\n${second}\n`, "<html>Sign in</html>", '{"hello": 1}\n', "[]\n"]) {
      way.seen.length = 0;
      way.faults.push(body(wrong));
      await assert.rejects(all(grader.jobs.results(id)), { name: "ApiError", code: "unexpected_response" });
      assert.equal(way.seen.length, 1);
    }
  });

  test("a job is cancelled, and what has no grade is taken up again", async () => {
    const { id } = await slowJob(20_000);
    await assert.rejects(all(grader.jobs.results(id)), { code: "job_unfinished" });
    assert.deepEqual(await all(grader.jobs.results(id, { partial: true })), []);
    assert.equal((await grader.jobs.cancel(id)).state, "cancelled");
    await assert.rejects(grader.jobs.cancel(id), { code: "job_ended" });
    model.milliseconds = 0;
    assert.notEqual((await grader.jobs.retry(id)).state, "cancelled");
    assert.equal((await grader.jobs.get(id)).total, 2);
    await grader.jobs.cancel(id).catch(() => {});
    await assert.rejects(grader.jobs.retry("none"), { code: "unknown_job" });
  });
});

async function* given(...parts) {
  yield* parts;
}

test("lines are found wherever they are cut", async () => {
  assert.deepEqual(await all(lines(given("a\nb", "c\r", "\n", "d\re\n", "\nf"))), ["a", "bc", "d", "e", "", "f"]);
  assert.deepEqual(await all(lines(given("a\r"))), ["a"]);
  assert.deepEqual(await all(lines(given())), []);
});

test("server-sent events are read as the standard says", async () => {
  const text = ": hello\n\nevent: progress\ndata: one\ndata:two\nid: 3\n\ndata\n\ndata: \u{1f389}\r\n\r\nevent: ended\ndata: cut";
  for (const size of [1, 2, 7, 1_000]) {
    const parts = [];
    for (let at = 0; at < text.length; at += size) parts.push(text.slice(at, at + size));
    assert.deepEqual(await all(events(given(...parts))), [
      { event: "progress", data: "one\ntwo" },
      { event: "message", data: "" },
      { event: "message", data: "🎉" },
    ]);
  }
});
