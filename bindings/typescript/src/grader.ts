import type { Client } from "openapi-fetch";

import { ApiError } from "./errors.js";
import { GradeList } from "./grade_list.js";
import { Jobs } from "./jobs.js";
import { madeKey } from "./key.js";
import { checked } from "./options.js";
import type { AnswerGraderOptions, CallOptions } from "./options.js";
import type { Repeating } from "./retry.js";
import type { paths } from "./schema.js";
import { Transport, data } from "./transport.js";
import type * as api from "./types.js";

/** What {@link AnswerGrader.grade} takes. */
export interface GradeOptions extends CallOptions {
  /**
   * Names the request, 1 to 255 visible ASCII characters: within a day a second call of the same name has the grade of the
   * first, and what is recorded is not billed again. A call that failed is not recorded. Made for each call where nothing is
   * said, so that retries have the first attempt's grade.
   */
  idempotencyKey?: string | undefined;
  /** Another model of the service's `[[llm.models]]` (scope `admin`); the request then cannot have a name. */
  model?: string | undefined;
  /** Another prompt of the service's `[jobs.prompts]` (scope `admin`); the request then cannot have a name. */
  prompt?: string | undefined;
}

/** What {@link AnswerGrader.bank} takes. */
export interface BankOptions extends CallOptions {
  /** Whether the reference answers come along (scope `references`). */
  includeReferenceAnswers?: boolean | undefined;
}

/** What {@link AnswerGrader.gradeById} takes. */
export interface RecordOptions extends CallOptions {
  /** Whether the reference answer comes along (scope `references`). */
  includeReferenceAnswers?: boolean | undefined;
}

/**
 * Talks to an answer-grader service.
 *
 * Every method throws {@link ApiError} where the service refuses, {@link NetworkError} where it cannot be reached,
 * {@link TimeoutError} where time is up, and the reason of the caller's `signal` where that is aborted. A request is sent
 * again only where that is safe: where it changes nothing, or has a name and the connection failed; otherwise only where the
 * service had certainly not begun with it. No redirect is followed.
 *
 * Fields of requests and responses are named as on the wire; `score` and `confidence` go from 0 to 1, `points` from 0 to
 * `max_points`, times are in milliseconds, money is in US dollars.
 */
export class AnswerGrader {
  readonly #transport: Transport;
  /** Whether the service has said that it keeps nothing, so that no request can have a name. */
  #keepsNothing = false;

  /** Large batches that workers grade, and their progress. */
  readonly jobs: Jobs;

  /** Makes a client; nothing is sent yet. Throws `TypeError` or `RangeError` where an option is wrong. */
  constructor(options: AnswerGraderOptions) {
    this.#transport = new Transport(checked(options));
    this.jobs = new Jobs(this.#transport);
  }

  /**
   * The whole API path by path, as openapi-fetch has it, for what has no method here: `api.GET("/v1/jobs")`. Keys,
   * timeouts, retries and errors are those of this client, so that `data` is there where nothing is thrown.
   */
  get api(): Client<paths> {
    return this.#transport.client;
  }

  /**
   * Grades one answer.
   *
   * A keyword grade where a model was wanted says so in `degraded.reason`. Of the errors, `invalid_request` (422) names the
   * fields, `unknown_question` (404) a `question_id` that no bank has, `budget_exhausted` (429) money that is spent,
   * `idempotency_key_reused` (422) a key of yours that was another request's, and `no_records` (404) that it needs a
   * service that keeps grades. What the service has tried and failed at (`deadline`, `schema_violation` …) is not tried
   * again; a connection that breaks in the middle of a model's call is, and may cost that call once more. Where the service
   * never keeps texts, a retry of what was graded is `texts_gone` (410).
   */
  async grade(request: api.GradeRequest, options: GradeOptions = {}): Promise<api.Grade> {
    if (options.idempotencyKey !== undefined) return this.#grade(request, options, options.idempotencyKey);
    const canBeNamed = options.model === undefined && options.prompt === undefined && !this.#keepsNothing;
    const retries = options.retries ?? this.#transport.settings.retries;
    if (!canBeNamed || retries === 0) return this.#grade(request, options, undefined);
    try {
      return await this.#grade(request, options, madeKey());
    } catch (error) {
      if (!(error instanceof ApiError && error.code === "no_records")) throw error;
      this.#keepsNothing = true;
      return this.#grade(request, options, undefined);
    }
  }

  #grade(request: api.GradeRequest, options: GradeOptions, key: string | undefined): Promise<api.Grade> {
    const { model, prompt } = options;
    const answered = this.#transport.client.POST("/v1/grade", {
      body: request,
      params: {
        header: key === undefined ? {} : { "Idempotency-Key": key },
        query: { ...(model !== undefined && { model }), ...(prompt !== undefined && { prompt }) },
      },
      fetch: this.#sending(key === undefined ? "unsent" : "named", options),
    });
    return data(answered);
  }

  /**
   * Grades several answers, 1 to 500 unless the service is set otherwise, and gives a grade or a problem for each, in
   * their order. It has no name, so a failure in the middle is not retried; more than some dozens of answers by a language
   * model are rather a job's.
   */
  async gradeBatch(requests: readonly api.GradeRequest[], options: CallOptions = {}): Promise<api.BatchResult[]> {
    const answered = this.#transport.client.POST("/v1/grade/batch", {
      body: { requests: [...requests] },
      fetch: this.#sending("unsent", options),
    });
    return (await data(answered)).results;
  }

  /** Makes the ideas that answers to a question are judged by where none are declared; they can be `concepts` of a request. */
  async concepts(request: api.ConceptsRequest, options: CallOptions = {}): Promise<api.ConceptList> {
    return data(
      this.#transport.client.POST("/v1/concepts", { body: request, fetch: this.#sending("unsent", options) }),
    );
  }

  /** Lists the loaded question banks. */
  async banks(options: CallOptions = {}): Promise<api.BankList> {
    return data(this.#transport.client.GET("/v1/banks", { fetch: this.#sending("always", options) }));
  }

  /** Shows a bank with its questions. `unknown_bank` (404) where none has the id. */
  async bank(id: string, options: BankOptions = {}): Promise<api.Bank> {
    const answered = this.#transport.client.GET("/v1/banks/{id}", {
      params: { path: { id }, query: included(options.includeReferenceAnswers) },
      fetch: this.#sending("always", options),
    });
    return data(answered);
  }

  /**
   * Lists kept grades, the latest first: `for await (const grade of grader.grades({ needs_review: true }))`, or page by
   * page with `.pages()`. Needs scope `read`, and a service that keeps grades (`no_records`, 404).
   *
   * @param filter moments (`from`, `until`) are RFC 3339; `limit` is the size of a page, 1 to 500, 50 where nothing is said
   */
  grades(filter: api.GradeFilter = {}, options: CallOptions = {}): GradeList {
    const page = (cursor: string | undefined) =>
      data(
        this.#transport.client.GET("/v1/grades", {
          params: { query: { ...filter, ...(cursor !== undefined && { cursor }) } },
          fetch: this.#sending("always", options),
        }),
      );
    return new GradeList(page, filter.cursor);
  }

  /** Shows a kept grade in full (scope `read`). `unknown_grade` (404) where none has the id. */
  async gradeById(id: string, options: RecordOptions = {}): Promise<api.GradeRecord> {
    const answered = this.#transport.client.GET("/v1/grades/{id}", {
      params: { path: { id }, query: included(options.includeReferenceAnswers) },
      fetch: this.#sending("always", options),
    });
    return data(answered);
  }

  /**
   * Keeps what a person decided about a grade (scope `review`): `score` from 0 to 1, or `points`; or, with
   * `reason: "appeal"`, that the candidate wants it judged anew. Some errors: `same_reviewer`, `appealed_already` (409).
   */
  async review(id: string, review: api.ReviewRequest, options: CallOptions = {}): Promise<api.Review> {
    const answered = this.#transport.client.POST("/v1/grades/{id}/review", {
      params: { path: { id } },
      body: review,
      fetch: this.#sending("unsent", options),
    });
    return data(answered);
  }

  /** Lists the grades that wait for a person (scope `review`): appeals, then those of least confidence. */
  async reviewQueue(filter: api.ReviewQueueFilter = {}, options: CallOptions = {}): Promise<api.ListedGrade[]> {
    const answered = this.#transport.client.GET("/v1/reviews/queue", {
      params: { query: filter },
      fetch: this.#sending("always", options),
    });
    return (await data(answered)).grades;
  }

  /** Tells a candidate how their grade came about, without the key (scope `read`). `appeal_open` (409) during an appeal. */
  async explanation(id: string, options: CallOptions = {}): Promise<api.Explanation> {
    const answered = this.#transport.client.GET("/v1/grades/{id}/explanation", {
      params: { path: { id } },
      fetch: this.#sending("always", options),
    });
    return data(answered);
  }

  /**
   * Erases what a person wrote and all that quotes it, in every grade whose request named them as `subject` (scope
   * `admin`). Grades under legal hold stay, and are counted. Where it had to be repeated, the counts are the last
   * attempt's.
   */
  async eraseSubject(subject: string, options: CallOptions = {}): Promise<api.Erased> {
    const answered = this.#transport.client.DELETE("/v1/grades", {
      params: { query: { subject } },
      fetch: this.#sending("always", options),
    });
    return data(answered);
  }

  #sending(repeating: Repeating, { signal, timeout, retries }: CallOptions) {
    return this.#transport.sending({ repeating, signal, timeout, retries });
  }
}

function included(referenceAnswers: boolean | undefined): { include?: string } {
  return referenceAnswers ? { include: "reference_answers" } : {};
}
