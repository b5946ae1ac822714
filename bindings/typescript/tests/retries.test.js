import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";

import { AnswerGrader, ApiError, NetworkError, TimeoutError } from "answer-grader";
import { retryAfter, thrown } from "../dist/failure.js";
import { mayPass, waitAfter } from "../dist/retry.js";
import { proxy, slowModel } from "./faults.js";
import { serve } from "./service.js";

const request = {
  question: "What does an index do?",
  reference_answer: "It speeds up lookups. Writes become slower.",
  candidate_answer: "It makes lookups faster.",
};

describe("through a proxy that fails", () => {
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
    service = await serve({ environment: model.environment });
  });
  after(async () => {
    await service?.stop();
    await model?.close();
  });
  beforeEach(async () => {
    way = await proxy(service.address);
    grader = new AnswerGrader({ baseUrl: way.address, apiKey: service.key, timeout: 20_000 });
    Object.assign(model, { calls: 0, milliseconds: 0 });
  });
  afterEach(() => way.close());

  const keptOf = async (/** @type {string} */ subject) => {
    const direct = new AnswerGrader({ baseUrl: service.address, apiKey: service.key });
    const ids = [];
    for await (const { id } of direct.grades({ subject })) ids.push(id);
    return ids;
  };
  const status = (/** @type {number} */ code, /** @type {Record<string, string>} */ headers = {}) =>
    /** @type {const} */ ({ kind: "status", status: code, headers });

  for (const kind of /** @type {const} */ (["reset", "lose"])) {
    test(`a grade whose connection fails (${kind}) is asked for again by its name, and made once`, async () => {
      way.faults.push({ kind }, { kind });
      const subject = `once-${kind}`;
      const grade = await grader.grade({ ...request, subject });
      assert.equal(way.seen.length, 3);
      const names = way.seen.map(({ headers }) => headers["idempotency-key"]);
      assert.match(String(names[0]), /^[0-9a-f]{32}$/);
      assert.deepEqual(names, [names[0], names[0], names[0]]);
      assert.deepEqual(await keptOf(subject), [grade.id]);
      assert.equal(model.calls, 1, "the model was asked, and billed, once");
    });
  }

  test("a grade that is still being made is waited for", async () => {
    // Longer than two retries take.
    model.milliseconds = 4_000;
    way.faults.push({ kind: "leave" });
    const grade = await grader.grade({ ...request, subject: "under-way", candidate_answer: "Faster lookups." });
    assert.ok(way.seen.length > 3, "409 request_under_way came, and was waited out");
    assert.deepEqual(await keptOf("under-way"), [grade.id]);
    assert.equal(model.calls, 1);
    // It ends with the time.
    way.faults.push({ kind: "leave" });
    const late = grader.grade({ ...request, candidate_answer: "Lookups, faster." }, { timeout: 2_000 });
    await assert.rejects(late, (error) => error instanceof TimeoutError || (error instanceof ApiError && error.code === "request_under_way"));
    // Somebody else's request of that name is no attempt of this call.
    model.milliseconds = 800;
    const slow = { ...request, candidate_answer: "Lookups." };
    const [first, second] = [grader.grade(slow, { idempotencyKey: "same" }), grader.grade(slow, { idempotencyKey: "same" })];
    const results = await Promise.allSettled([first, second]);
    const refused = results.find((result) => result.status === "rejected");
    assert.equal(refused?.reason.code, "request_under_way");
  });

  test("a model that is too slow is not asked again", async () => {
    model.milliseconds = 5_000;
    const slow = { ...request, method: /** @type {const} */ ("llm"), candidate_answer: "Lookups get faster.", deadline_ms: 500 };
    await assert.rejects(grader.grade(slow), { name: "ApiError", status: 504, code: "deadline" });
    assert.equal(way.seen.length, 1);
    assert.equal(model.calls, 1);
  });

  test("what the service has tried and failed at is not tried again, though a name would allow it", async () => {
    const problem = (/** @type {number} */ code, /** @type {string} */ word) => ({ ...status(code), body: JSON.stringify({ code: word, detail: "" }) });
    const said = { 503: ["schema_violation", "truncated", "server_error", "storage_unavailable"], 504: ["deadline", "timeout", "request_timeout"] };
    for (const [code, words] of Object.entries(said)) {
      for (const word of words) {
        for (const idempotencyKey of [undefined, `failed-${word}`]) {
          way.seen.length = 0;
          way.faults.push(problem(Number(code), word));
          await assert.rejects(grader.grade(request, { idempotencyKey }), { status: Number(code), code: word });
          assert.equal(way.seen.length, 1, `it was sent again after ${word}`);
        }
      }
    }
    // A proxy that waits no longer has ended the model's call by that, and would again.
    way.faults.push({ ...status(504), body: "<html>504</html>" });
    way.seen.length = 0;
    await assert.rejects(grader.grade(request), { status: 504, code: "unexpected_response" });
    assert.equal(way.seen.length, 1);
    // So do limits of the service's own where nothing is billed.
    way.faults.push(problem(504, "request_timeout"));
    await assert.rejects(grader.banks(), { code: "request_timeout" });
    assert.equal(way.seen.length, 2);
  });

  test("a grade is asked for again where the service has not begun, or a proxy cannot reach it", async () => {
    way.faults.push({ ...status(502), body: "<html>502</html>" }, { ...status(503), body: '{"code":"saturated","detail":""}' });
    const grade = await grader.grade({ ...request, subject: "begun-once" });
    assert.equal(way.seen.length, 3);
    assert.deepEqual(await keptOf("begun-once"), [grade.id]);
    assert.equal(model.calls, 1);
  });

  test("a redirect is not followed: the key and the answer go nowhere else", async () => {
    const elsewhere = await proxy(service.address);
    try {
      for (const code of [301, 302, 303, 307, 308]) {
        for (const call of [() => grader.grade(request), () => grader.banks()]) {
          way.seen.length = 0;
          way.faults.push(status(code, { location: `${elsewhere.address}/v1/grade` }));
          await assert.rejects(call(), (error) => {
            assert.ok(error instanceof NetworkError && error.name === "NetworkError" && !error.neverSent);
            assert.match(error.message, /redirect/);
            return true;
          });
          assert.equal(way.seen.length, 1, "a redirect does not pass");
        }
      }
      way.faults.push(status(307, { location: `${elsewhere.address}/v1/jobs/x/results` }));
      await assert.rejects(async () => {
        for await (const _ of grader.jobs.results("x"));
      }, { name: "NetworkError", message: /redirect/ });
      assert.equal(elsewhere.seen.length, 0);
    } finally {
      await elsewhere.close();
    }
    // Browsers do not say where it leads, nor that it is one but by this.
    const opaque = Object.defineProperties(Response.error(), { type: { value: "opaqueredirect" } });
    const browser = new AnswerGrader({ baseUrl: service.address, fetch: async () => opaque });
    await assert.rejects(browser.banks(), { name: "NetworkError", message: /redirect/ });
  });

  test("a key that does not come is not waited for longer than the call may take", async () => {
    const never = () => new Promise(() => {});
    const hanging = new AnswerGrader({ baseUrl: way.address, apiKey: /** @type {() => Promise<string>} */ (never) });
    const started = Date.now();
    await assert.rejects(hanging.banks({ timeout: 200 }), TimeoutError);
    const reason = new Error("the candidate left");
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 200);
    await assert.rejects(hanging.grade(request, { signal: controller.signal }), reason);
    await assert.rejects(async () => {
      for await (const _ of hanging.jobs.results("x", { timeout: 200, retries: 0 }));
    }, TimeoutError);
    assert.ok(Date.now() - started < 5_000);
    assert.equal(way.seen.length, 0);
    // One that comes too late, or not at all, is nobody's fault by then; what it throws before is told.
    const late = () => new Promise((_, failed) => setTimeout(() => failed(new Error("no key")), 300));
    const failing = new AnswerGrader({ baseUrl: way.address, apiKey: /** @type {() => Promise<string>} */ (late) });
    await assert.rejects(failing.banks({ timeout: 100 }), TimeoutError);
    await assert.rejects(failing.banks(), { message: "no key" });
    assert.equal(way.seen.length, 0);
  });

  test("a response that breaks off is asked for again", async () => {
    way.faults.push({ kind: "cut", bytes: 40 });
    assert.equal((await grader.bank("django")).questions.length, 32);
    assert.equal(way.seen.length, 2);
    way.faults.push({ kind: "cut", bytes: 40 });
    await assert.rejects(grader.bank("django", { retries: 0 }), { name: "NetworkError", neverSent: false });
  });

  test("503, 502 and 504 are retried twice, with waits that grow, and then told", async () => {
    way.faults.push(status(503), status(502));
    await grader.banks();
    const [first, second, third] = way.seen.map(({ at }) => at);
    assert.ok(second - first >= 245 && second - first < 5_000, `waited ${second - first} ms`);
    assert.ok(third - second >= 495 && third - second < 5_000, `waited ${third - second} ms`);
    way.faults.push(status(504), status(504), status(504));
    await assert.rejects(grader.banks(), { name: "ApiError", status: 504, code: "made_up" });
    assert.equal(way.seen.length, 6);
  });

  test("what does not pass is not retried", async () => {
    for (const code of [400, 401, 403, 404, 409, 422, 500]) {
      way.faults.push(status(code));
      await assert.rejects(grader.banks(), { name: "ApiError", status: code });
    }
    for (const code of ["budget_exhausted", "too_many_wrong_keys", "llm_not_configured"]) {
      way.faults.push({ ...status(429), body: JSON.stringify({ code, detail: "" }) });
      await assert.rejects(grader.banks(), { code });
    }
    assert.equal(way.seen.length, 10);
  });

  test("what would be billed again is repeated only where it was certainly not begun", async () => {
    const { id } = await grader.grade(request);
    const calls = {
      gradeBatch: () => grader.gradeBatch([request]),
      concepts: () => grader.concepts({ question: request.question, reference_answer: request.reference_answer }),
      review: () => grader.review(id ?? "", { reviewer: "kim", score: 1 }),
      retry: () => grader.jobs.retry("none"),
      "grade by another model": () => grader.grade(request, { model: "other" }),
      "api.POST": () => grader.api.POST("/v1/grade", { body: request }),
    };
    for (const [name, call] of Object.entries(calls)) {
      for (const fault of [{ kind: "reset" }, status(502), status(504), status(503)]) {
        way.faults.push(/** @type {any} */ (fault));
        way.seen.length = 0;
        await assert.rejects(call(), (error) => error instanceof ApiError || error instanceof NetworkError, name);
        assert.equal(way.seen.length, 1, `${name} was sent again after ${JSON.stringify(fault)}`);
        assert.equal(way.seen[0]?.headers["idempotency-key"], undefined, name);
      }
    }
    way.seen.length = 0;
    way.faults.push(status(429), { ...status(503), body: '{"code":"saturated","detail":""}' });
    assert.equal((await grader.gradeBatch([request])).length, 1);
    assert.equal(way.seen.length, 3);
  });

  test("what would be billed is sent again where no connection came about", async () => {
    await way.close();
    const batch = grader.gradeBatch([request]);
    await new Promise((done) => setTimeout(done, 150));
    way = await proxy(service.address, Number(new URL(way.address).port));
    assert.equal((await batch)[0]?.status, 200);
    assert.equal(way.seen.length, 1);
  });

  test("retries can be switched off, and grades then have no name", async () => {
    way.faults.push({ kind: "reset" });
    await assert.rejects(grader.grade(request, { retries: 0 }), NetworkError);
    assert.equal(way.seen.length, 1);
    assert.equal(way.seen[0]?.headers["idempotency-key"], undefined);
  });

  test("Retry-After is obeyed up to the limit, and told beyond it", async () => {
    way.faults.push(status(429, { "retry-after": "1" }));
    await grader.banks();
    const waited = (way.seen[1]?.at ?? 0) - (way.seen[0]?.at ?? 0);
    assert.ok(waited >= 995 && waited < 5_000, `waited ${waited} ms`);
    const error = { name: "ApiError", status: 429, retryAfter: 61_000 };
    way.faults.push(status(429, { "retry-after": "61" }));
    await assert.rejects(grader.banks(), error);
    const strict = new AnswerGrader({ baseUrl: way.address, apiKey: service.key, retryAfterLimit: 500 });
    way.faults.push(status(503, { "retry-after": "1" }));
    await assert.rejects(strict.banks(), { status: 503, retryAfter: 1_000 });
    // A wait that would end after the time is up is not begun.
    way.faults.push(status(503, { "retry-after": "30" }));
    const started = Date.now();
    await assert.rejects(grader.banks({ timeout: 2_000 }), { status: 503, retryAfter: 30_000 });
    assert.ok(Date.now() - started < 1_900);
  });

  test("the service's own limit of a key is obeyed", async () => {
    const apiKey = service.makeKey("hurried", "grade", "--requests-per-minute", "60");
    const hurried = new AnswerGrader({ baseUrl: service.address, apiKey, retries: 0 });
    const results = await Promise.allSettled(Array.from({ length: 62 }, () => hurried.banks()));
    const refused = results.find((result) => result.status === "rejected");
    assert.equal(refused?.reason.code, "too_many_requests");
    assert.ok(refused?.reason.retryAfter >= 1_000);
    const patient = new AnswerGrader({ baseUrl: service.address, apiKey });
    assert.equal((await patient.banks()).banks.length, 1);
  });

  test("time that is up is no network error, and not retried", async () => {
    way.faults.push({ kind: "hang" });
    const started = Date.now();
    await assert.rejects(grader.grade(request, { timeout: 300 }), (error) => {
      assert.ok(error instanceof TimeoutError && !(/** @type {any} */ (error) instanceof NetworkError));
      return true;
    });
    assert.ok(Date.now() - started < 5_000);
    assert.equal(way.seen.length, 1);
    // It is the time of the whole call, with its retries.
    way.faults.push(status(503), { kind: "hang" });
    await assert.rejects(grader.banks({ timeout: 1_500 }), TimeoutError);
    assert.equal(way.seen.length, 3);
  });

  test("a caller's abort ends a call, a wait and a body, with the caller's reason", async () => {
    const reason = new Error("the candidate left");
    await assert.rejects(grader.banks({ signal: AbortSignal.abort(reason) }), reason);
    assert.equal(way.seen.length, 0);
    const faults = [{ kind: "hang" }, status(429, { "retry-after": "10" })];
    for (const fault of faults) {
      way.faults.push(/** @type {any} */ (fault));
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 200);
      const started = Date.now();
      await assert.rejects(grader.grade(request, { signal: controller.signal }), reason);
      assert.ok(Date.now() - started < 5_000);
    }
    const controller = new AbortController();
    way.faults.push({ kind: "hang" });
    setTimeout(() => controller.abort(), 100);
    await assert.rejects(grader.grade(request, { signal: controller.signal }), { name: "AbortError" });
    way.faults.push({ kind: "hang" });
    const signal = AbortSignal.timeout(100);
    await assert.rejects(grader.api.GET("/v1/banks", { signal }), (error) => error === signal.reason);
    // A signal that is kept for many calls does not gather listeners.
    const kept = new AbortController();
    let listeners = 0;
    const add = kept.signal.addEventListener.bind(kept.signal);
    const remove = kept.signal.removeEventListener.bind(kept.signal);
    kept.signal.addEventListener = (...all) => ((listeners += 1), add(.../** @type {[any, any]} */ (all)));
    kept.signal.removeEventListener = (...all) => ((listeners -= 1), remove(.../** @type {[any, any]} */ (all)));
    await grader.banks({ signal: kept.signal });
    assert.equal(listeners, 0);
  });
});

test("a failure is read, however it is told", () => {
  const now = Date.parse("2026-01-31T12:00:00Z");
  assert.equal(retryAfter("Sat, 31 Jan 2026 12:00:05 GMT", now), 5_000);
  assert.equal(retryAfter("Sat, 31 Jan 2026 11:00:00 GMT", now), 0);
  assert.equal(retryAfter("soon", now), undefined);
  assert.equal(retryAfter(null, now), undefined);
  const late = thrown(Object.assign(new TypeError("fetch failed"), { cause: { code: "UND_ERR_HEADERS_TIMEOUT" } }), "x");
  assert.ok(late instanceof TimeoutError && !mayPass(late), "Node's own patience is time that is up");
  const browser = thrown(new TypeError("Failed to fetch"), "x");
  assert.ok(browser instanceof NetworkError && !browser.neverSent);
});

test("waits double, scatter, and have an end", () => {
  for (const [failures, longest] of [[0, 500], [1, 1_000], [3, 4_000], [4, 8_000], [20, 8_000]]) {
    const waits = Array.from({ length: 50 }, () => waitAfter(new NetworkError("x"), failures, 0) ?? NaN);
    assert.ok(waits.every((wait) => wait >= longest / 2 && wait <= longest));
    assert.ok(new Set(waits).size > 1);
  }
});
