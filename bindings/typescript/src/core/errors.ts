import { AnswerGraderError } from "../errors.js";
import type { FieldError } from "../errors.js";

/** Says what is wrong with a question, its key or an answer, field by field; no message repeats a field's text. */
export class InvalidRequestError extends AnswerGraderError {
  override name = "InvalidRequestError";
  /** All that is wrong. */
  readonly errors: readonly FieldError[];

  /** Makes one of what is wrong. */
  constructor(errors: readonly FieldError[]) {
    super(errors.map(({ pointer, detail }) => `${pointer.slice(1)}: ${detail}`).join("\n"));
    this.errors = errors;
  }
}

/** Says that a model's reply is not what was asked for; that is an error and never a score of 0. */
export class ReplyError extends AnswerGraderError {
  override name = "ReplyError";
}

/** Says that a model could not be asked, or that its reply was of no use; `cause` is why. Thrown where `fallback` is `"error"`. */
export class ModelError extends AnswerGraderError {
  override name = "ModelError";
}

/** What the module throws, as an error of this package. */
export function ours(thrown: unknown): unknown {
  if (typeof thrown !== "string") return thrown;
  const { fields, message } = JSON.parse(thrown) as { fields?: FieldError[]; message?: string };
  return fields === undefined ? new AnswerGraderError(message) : new InvalidRequestError(fields);
}

/** Gives what a call of the module gives, and throws what this package throws. */
export function called<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (thrown) {
    throw ours(thrown);
  }
}
