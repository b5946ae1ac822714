/**
 * A client of the answer-grader service, for Node 20 and browsers.
 *
 * {@link AnswerGrader} has a method for what an interview tool needs; {@link evidenceRange} finds in a JavaScript string
 * what the service quotes; {@link ApiError}, {@link NetworkError} and {@link TimeoutError} say what went wrong.
 *
 * @packageDocumentation
 */

export { AnswerGraderError, ApiError, NetworkError, TimeoutError } from "./errors.js";
export type { ApiErrorParts, FieldError } from "./errors.js";
export { evidenceOffsets, evidenceRange } from "./evidence.js";
export type { Offsets, TextRange } from "./evidence.js";
export type { GradeList } from "./grade_list.js";
export { AnswerGrader } from "./grader.js";
export type { BankOptions, GradeOptions, RecordOptions } from "./grader.js";
export type { Jobs, CreateJobOptions, ProgressOptions, ResultsOptions } from "./jobs.js";
export type { AnswerGraderOptions, CallOptions } from "./options.js";
export type * from "./types.js";
export type { components, operations, paths } from "./schema.js";
