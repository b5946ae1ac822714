import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, before, describe, test } from "node:test";

import { AnswerGrader, AnswerGraderError, ApiError, NetworkError, evidenceOffsets, evidenceRange } from "answer-grader";
import { serve } from "./service.js";

const index = {
  question: "What does an index do?",
  reference_answer: "It speeds up lookups. Writes become slower.",
};

describe("with the real service", () => {
  /** @type {Awaited<ReturnType<typeof serve>>} */
  let service;
  /** @type {AnswerGrader} */
  let grader;
  before(async () => {
    service = await serve();
    grader = new AnswerGrader({ baseUrl: service.address, apiKey: service.key });
  });
  after(() => service?.stop());

  const refusal = async (/** @type {Promise<unknown>} */ call) => {
    const error = await call.then(() => assert.fail("it was accepted"), (error) => error);
    assert.ok(error instanceof ApiError && error instanceof AnswerGraderError && error instanceof Error, String(error));
    return error;
  };

  test("an answer is graded", async () => {
    const grade = await grader.grade({ ...index, candidate_answer: "An index makes lookups faster.", max_points: 10 });
    assert.equal(grade.method, "keyword");
    assert.equal(grade.degraded?.reason, "not_configured");
    assert.ok(grade.score !== null && grade.score !== undefined && grade.score > 0 && grade.score < 1);
    assert.equal(grade.points?.toFixed(6), (grade.score * 10).toFixed(6));
    assert.ok(grade.missing_concepts.length > 0);
  });

  for (const [kind, start, sent] of [
    ["emoji", "🎉👩‍👩‍👧 ", "🎉👩‍👩‍👧 "],
    ["combining marks", "Cafe\u0301, no\u0308tig: ", "Cafe\u0301, no\u0308tig: "],
    ["half an emoji", "oh \ud83d and \ude00 ", "oh \ufffd and \ufffd "],
  ]) {
    test(`evidence is found in an answer with ${kind}`, async () => {
      const answer = `${start}I call select_related() so that a foreign key comes along in the same query by a JOIN. 🎉`;
      const grade = await grader.grade({ question_id: "django/orm-performance", candidate_answer: answer });
      const evidence = grade.concepts.find(({ id }) => id === "select-related")?.evidence;
      assert.ok(evidence);
      const range = evidenceRange(answer, evidence);
      assert.equal(answer.slice(range.start, range.end), evidence.quote);
      assert.match(evidence.quote, /select_related/);
      assert.deepEqual(evidenceOffsets(answer, range), { start: evidence.start, end: evidence.end });
      // So the test would notice indices that are taken for offsets.
      assert.notEqual(answer.slice(evidence.start, evidence.end), kind === "emoji" ? evidence.quote : undefined);
      const record = await grader.gradeById(grade.id ?? "");
      assert.ok(record.request?.candidate_answer.startsWith(sent));
    });
  }

  test("a named request is graded once, and its name is no other's", async () => {
    const request = { ...index, candidate_answer: "It makes lookups faster." };
    const first = await grader.grade(request, { idempotencyKey: "answer-1" });
    const second = await grader.grade(request, { idempotencyKey: "answer-1" });
    assert.equal(second.id, first.id);
    const other = { ...index, candidate_answer: "Something else." };
    const error = await refusal(grader.grade(other, { idempotencyKey: "answer-1" }));
    assert.equal(error.code, "idempotency_key_reused");
    // Two calls without a name are two requests.
    const [third, fourth] = await Promise.all([grader.grade(request), grader.grade(request)]);
    assert.notEqual(third.id, fourth.id);
  });

  test("what is wrong with a request is told field by field", async () => {
    const error = await refusal(grader.grade({ ...index, candidate_answer: "x", max_points: -1 }));
    assert.equal(error.status, 422);
    assert.equal(error.code, "invalid_request");
    assert.equal(error.errors[0]?.pointer, "/max_points");
    assert.ok(error.errors[0]?.detail && error.detail && error.message.includes("422 invalid_request"));
    assert.match(error.requestId ?? "", /^[0-9a-f-]{36}$/);
    assert.equal(error.retryAfter, undefined);
  });

  test("another model is asked for without a name, which it could not have", async () => {
    const request = { ...index, candidate_answer: "It makes lookups faster." };
    const error = await refusal(grader.grade(request, { model: "unheard-of" }));
    assert.notEqual(error.code, "no_idempotency");
    const named = await refusal(grader.grade(request, { model: "unheard-of", idempotencyKey: "a" }));
    assert.equal(named.code, "no_idempotency");
  });

  test("a batch has a grade or a problem for each", async () => {
    const results = await grader.gradeBatch([
      { question_id: "django/signals", candidate_answer: "A signal lets a sender notify receivers." },
      { question_id: "django/nothing", candidate_answer: "?" },
    ]);
    assert.deepEqual(results.map(({ status }) => status), [200, 404]);
    assert.equal(results[0]?.grade?.method, "keyword");
    assert.equal(results[1]?.problem?.code, "unknown_question");
  });

  test("the ideas of a reference can be had, and sent with a request", async () => {
    const { concepts } = await grader.concepts(index);
    assert.ok(concepts.length > 0);
    const grade = await grader.grade({ ...index, concepts, candidate_answer: "It makes lookups faster." });
    assert.deepEqual(grade.concepts.map(({ id }) => id), concepts.map(({ id }) => id));
  });

  test("banks are listed, and shown with and without reference answers", async () => {
    const { banks } = await grader.banks();
    assert.deepEqual(banks.map(({ id, questions }) => [id, questions]), [["django", 32]]);
    const bank = await grader.bank("django");
    assert.equal(bank.questions.length, 32);
    assert.equal(bank.questions[0]?.reference_answer ?? null, null);
    const whole = await grader.bank("django", { includeReferenceAnswers: true });
    assert.ok(whole.questions[0]?.reference_answer);
    assert.equal((await refusal(grader.bank("a/b"))).code, "unknown_bank");
  });

  test("kept grades are listed over pages", async () => {
    const filter = { subject: "pages", limit: 2 };
    const ids = [];
    for (let at = 0; at < 5; at += 1) {
      ids.unshift((await grader.grade({ ...index, candidate_answer: `Lookups ${at}`, subject: "pages" })).id);
    }
    const listed = [];
    const list = grader.grades(filter);
    for await (const grade of list) listed.push(grade.id);
    assert.deepEqual(listed, ids);
    const pages = [];
    for await (const page of list.pages()) pages.push(page);
    assert.deepEqual(pages.map(({ grades }) => grades.length), [2, 2, 1]);
    const rest = [];
    for await (const grade of grader.grades({ ...filter, cursor: pages[0]?.next_cursor ?? "" })) rest.push(grade.id);
    assert.deepEqual(rest, ids.slice(2));
    for await (const grade of list) {
      assert.equal(grade.id, ids[0]);
      break;
    }
    await assert.rejects(async () => {
      for await (const _ of grader.grades({ limit: 0 }));
    }, { code: "invalid_request" });
  });

  test("a grade is shown by its id, with its key for who may see it", async () => {
    const { id } = await grader.grade({ ...index, candidate_answer: "Faster lookups.", metadata: { interview: "42" } });
    const record = await grader.gradeById(id ?? "");
    assert.equal(record.grade?.id, id);
    assert.equal(record.history_is_whole, true);
    assert.equal(record.reference_answer ?? null, null);
    const whole = await grader.gradeById(id ?? "", { includeReferenceAnswers: true });
    assert.equal(whole.reference_answer, index.reference_answer);
    assert.equal((await refusal(grader.gradeById("nothing"))).code, "unknown_grade");
  });

  test("a grade is reviewed, appealed against and explained", async () => {
    const { id, concepts } = await grader.grade({ ...index, candidate_answer: "Faster lookups." });
    const verdicts = /** @type {const} */ ({ [concepts[0]?.id ?? ""]: "covered" });
    const review = await grader.review(id ?? "", { reviewer: "kim", score: 0.8, verdicts, note: "It is there. 🎉" });
    assert.equal(review.score, 0.8);
    assert.equal((await grader.gradeById(id ?? "")).score, 0.8);
    const explanation = await grader.explanation(id ?? "");
    assert.equal(explanation.by_a_person, true);
    assert.equal(explanation.score, 0.8);
    assert.ok(explanation.sentences.length > 0);
    await grader.review(id ?? "", { reason: "appeal", note: "I did say it." });
    const queue = await grader.reviewQueue({ limit: 1 });
    assert.deepEqual(queue.map((grade) => [grade.id, grade.review_state]), [[id, "appealed"]]);
    const same = await refusal(grader.review(id ?? "", { reviewer: "kim", score: 0.8 }));
    assert.equal(same.code, "same_reviewer");
    const wrong = await refusal(grader.review(id ?? "", { reviewer: "lee", score: 3 }));
    assert.equal(wrong.errors[0]?.pointer, "/score");
  });

  test("a person's texts are erased, but for what is held", async () => {
    const request = { ...index, candidate_answer: "Faster lookups.", subject: "erased & gone?" };
    const [one, two] = [await grader.grade(request), await grader.grade(request)];
    const params = { path: { id: two.id ?? "" } };
    await grader.api.PUT("/v1/grades/{id}/legal-hold", { params, body: { legal_hold: true } });
    assert.deepEqual(await grader.eraseSubject("erased & gone?"), { erased: 1, held: 1 });
    assert.equal((await grader.gradeById(one.id ?? "")).request ?? null, null);
    assert.ok((await grader.gradeById(two.id ?? "")).request);
  });

  test("what has no method is called by its path, with the same errors", async () => {
    const { data } = await grader.api.GET("/v1/jobs", { params: { query: { limit: 5 } } });
    assert.deepEqual(data, { jobs: [] });
    const { id } = await grader.grade({ ...index, candidate_answer: "Faster lookups." });
    const erased = await grader.api.DELETE("/v1/grades/{id}", { params: { path: { id: id ?? "" } } });
    assert.deepEqual(erased.data, { erased: 1, held: 0 });
    await refusal(grader.api.GET("/v1/grades/{id}", { params: { path: { id: "nothing" } } }));
    assert.deepEqual((await grader.api.GET("/livez")).response.status, 200);
    const metrics = await grader.api.GET("/metrics", { parseAs: "text" });
    assert.match(metrics.data ?? "", /# EOF/);
  });

  test("a key is needed, has its scopes, and may be asked for each time", async () => {
    const request = { ...index, candidate_answer: "Faster lookups." };
    const without = new AnswerGrader({ baseUrl: service.address });
    assert.equal((await refusal(without.grade(request))).code, "key_required");
    const wrong = new AnswerGrader({ baseUrl: service.address, apiKey: "wrong" });
    assert.equal((await refusal(wrong.grade(request))).code, "wrong_key");
    const keys = [service.makeKey("narrow", "grade")];
    const narrow = new AnswerGrader({ baseUrl: `${service.address}/`, apiKey: async () => keys[0] ?? "" });
    assert.ok((await narrow.grade(request)).id);
    assert.equal((await refusal(narrow.reviewQueue())).code, "not_allowed");
    keys[0] = "wrong";
    assert.equal((await refusal(narrow.grade(request))).code, "wrong_key");
  });

  test("what is not the service is told from it", async () => {
    const page = new AnswerGrader({ baseUrl: `${service.address}/docs/`, apiKey: service.key });
    assert.equal((await refusal(page.banks())).status, 404);
    const html = new AnswerGrader({
      baseUrl: service.address,
      fetch: async () => new Response("<html>Sign in</html>", { status: 200, headers: { "content-type": "text/html" } }),
    });
    assert.equal((await refusal(html.banks())).code, "unexpected_response");
  });
});

test("where nothing is kept grades have no name, and that is said once", async () => {
  const service = await serve({ keys: false, environment: { ANSWER_GRADER__STORE__ENABLED: "false" } });
  try {
    let sent = 0;
    const fetch = (input, init) => {
      sent += 1;
      return globalThis.fetch(input, init);
    };
    const grader = new AnswerGrader({ baseUrl: service.address, fetch });
    const request = { ...index, candidate_answer: "It makes lookups faster." };
    assert.equal((await grader.grade(request)).method, "keyword");
    assert.equal(sent, 2);
    assert.equal((await grader.grade(request)).method, "keyword");
    assert.equal(sent, 3);
    await assert.rejects(grader.grade(request, { idempotencyKey: "mine" }), { name: "ApiError", code: "no_records", status: 404 });
    await assert.rejects(grader.jobs.create([request]), { code: "no_records" });
    await assert.rejects(grader.gradeById("x"), { code: "no_records" });
  } finally {
    await service.stop();
  }
});

test("options that are wrong are refused, and a key is in no message", () => {
  const baseUrl = "http://localhost";
  assert.throws(() => new AnswerGrader(/** @type {any} */ ({})), TypeError);
  assert.throws(() => new AnswerGrader({ baseUrl, timeout: -1 }), RangeError);
  assert.throws(() => new AnswerGrader({ baseUrl, timeout: NaN }), RangeError);
  assert.throws(() => new AnswerGrader({ baseUrl, retries: 0.5 }), RangeError);
  assert.throws(() => new AnswerGrader({ baseUrl, retryAfterLimit: -1 }), RangeError);
  assert.throws(() => new AnswerGrader({ baseUrl, apiKey: "secret\n" }), (error) => error instanceof TypeError && !error.message.includes("secret"));
});

test("a service that is not there is a network error", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  await new Promise((done) => server.close(done));
  const grader = new AnswerGrader({ baseUrl: `http://127.0.0.1:${port}`, retries: 0 });
  await assert.rejects(grader.banks(), (error) => {
    assert.ok(error instanceof NetworkError && !(error instanceof ApiError));
    assert.equal(error.neverSent, true);
    assert.ok(error.cause);
    return true;
  });
});
