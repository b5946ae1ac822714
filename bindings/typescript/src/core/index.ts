/**
 * The graders themselves, in Node 20 and in browsers, without a service: `answer-grader/core`.
 *
 * {@link Grader} prepares a question and grades answers to it, by keywords or by any model that you call. It is the core of
 * the service, as WebAssembly: scores are the same.
 *
 * @packageDocumentation
 */

export { InvalidRequestError, ModelError, ReplyError } from "./errors.js";
export type { Exchange, Model, ModelRequest } from "./exchange.js";
export { Grader } from "./grader.js";
export type { CoreOptions, OneAnswer } from "./grader.js";
export type { CoreGrade, PlacedConceptGrade, PlacedEvidence, PlacedFlag, PlacedMisconceptionGrade } from "./ranges.js";
export type { Task, TaskRequest, WithModel } from "./task.js";
export { AnswerGraderError } from "../errors.js";
export type { FieldError } from "../errors.js";
export type { TextRange } from "../evidence.js";
