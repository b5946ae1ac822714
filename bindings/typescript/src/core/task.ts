import { within } from "../deadline.js";
import { json } from "../json.js";
import type { GradeRequest } from "../types.js";
import { called, InvalidRequestError, ModelError, ReplyError } from "./errors.js";
import { Exchange } from "./exchange.js";
import type { Model, ModelRequest } from "./exchange.js";
import { Task as Prepared } from "./module/core.js";
import { placed } from "./ranges.js";
import type { CoreGrade } from "./ranges.js";

/** A question with its key: `question` and `reference_answer` or `concepts`, as in a request to the service; all else is optional. */
export type TaskRequest = Pick<
  GradeRequest,
  | "question"
  | "reference_answer"
  | "alternative_answers"
  | "concepts"
  | "misconceptions"
  | "max_points"
  | "feedback"
  | "language"
  | "answer_source"
  | "redact"
  | "explain"
>;

/** What {@link Task.gradeWith} takes. */
export interface WithModel {
  /** What happens where the model fails: a grade by keywords that says so in `degraded` (the default), or {@link ModelError}. */
  fallback?: "keyword" | "error" | undefined;
  /** Ends the call with its `reason`; the model is given it, too. */
  signal?: AbortSignal | undefined;
}

/** A question with its key, prepared once for any number of answers. */
export class Task {
  readonly #task: Prepared;

  /** Made by {@link Grader.task}. */
  constructor(request: TaskRequest) {
    if (typeof request !== "object" || request === null) throw new InvalidRequestError([{ pointer: "", detail: "must be an object" }]);
    if ("candidate_answer" in request) {
      throw new InvalidRequestError([{ pointer: "/candidate_answer", detail: "is no part of the task; give it to the task's grade" }]);
    }
    // A question may be left out; one of a bank is refused, and by its own name.
    const asked = "question_id" in request ? {} : { question: request.question ?? "" };
    const text = json({ ...request, ...asked, candidate_answer: "" });
    this.#task = called(() => new Prepared(text));
  }

  /**
   * Grades an answer by its words.
   *
   * @throws InvalidRequestError where it is too long
   */
  grade(answer: string): CoreGrade {
    const text = checked(answer);
    return placed(text, called(() => this.#task.grade(text)));
  }

  /**
   * Gives back the memory of the module that the task takes, which is otherwise done some time after nobody has it any
   * more. Nothing else can be called then.
   */
  free(): void {
    this.#task.free();
  }

  /**
   * Grades an answer by a model of yours. What needs no judging (silence, the question once more) is not sent.
   *
   * @throws InvalidRequestError where the answer is too long; ModelError where the model fails and `fallback` is
   * `"error"`; the reason of `signal` where that is aborted
   */
  async gradeWith(model: Model, answer: string, options?: WithModel): Promise<CoreGrade> {
    const { fallback = "keyword", signal } = options ?? {};
    // Which would be taken for a model that fails.
    if (typeof model !== "function") throw new TypeError("the model must be a function");
    if (fallback !== "keyword" && fallback !== "error") throw new TypeError('fallback must be "keyword" or "error"');
    signal?.throwIfAborted();
    const prepared = this.prepare(answer);
    if (!(prepared instanceof Exchange)) return prepared;
    const failed = (reason: string, cause: unknown) => {
      if (fallback === "error") throw new ModelError("the model gave no usable reply", { cause });
      return placed(answer, called(() => this.#task.gradeDegraded(answer, reason)));
    };
    try {
      // What it throws before it has anything to wait for is its failure, too.
      const asked = (async () => model(prepared.request, { signal }))();
      let reply: unknown;
      try {
        reply = await (signal === undefined ? asked : within(signal, asked));
      } catch (cause) {
        signal?.throwIfAborted();
        return failed("model_failed", cause);
      }
      signal?.throwIfAborted();
      try {
        return prepared.finish(reply as string);
      } catch (cause) {
        if (cause instanceof ReplyError) return failed("schema_violation", cause);
        throw cause;
      }
    } finally {
      prepared.free();
    }
  }

  /**
   * Says what a model is to be asked about an answer, for whoever asks it in their own way; a grade where nothing needs to be
   * asked.
   *
   * @throws InvalidRequestError where it is too long
   */
  prepare(answer: string): Exchange | CoreGrade {
    const text = checked(answer);
    const asked = called(() => this.#task.prepare(text));
    const { grade, request } = JSON.parse(asked.content()) as { grade?: unknown; request?: ModelRequest };
    if (request !== undefined) return new Exchange(asked, answer, request);
    asked.free();
    return placed(answer, JSON.stringify(grade));
  }
}

/**
 * The module takes texts, and would trap at anything else. A long one is counted before it is copied there, since the
 * module's memory never shrinks.
 */
function checked(answer: string): string {
  if (typeof answer !== "string") throw new InvalidRequestError([{ pointer: "/candidate_answer", detail: "must be a text" }]);
  if (answer.length > COPIED_UNSEEN) {
    let characters = 0;
    for (const _ of answer) characters += 1;
    called(() => Prepared.checkLength(characters));
  }
  return answer;
}

/** Units of a text that are so few that the module may as well do the counting. */
const COPIED_UNSEEN = 50_000;
