/** The shapes of the API under names of their own; all of them are made from `docs/openapi.json`. */

import type { components, operations } from "./schema.js";

type Schemas = components["schemas"];
type Query<Operation extends { parameters: { query?: unknown } }> = NonNullable<Operation["parameters"]["query"]>;

/**
 * What is to be graded: `question`, `reference_answer` and `candidate_answer`, or `question_id` of a bank and
 * `candidate_answer`; all else is optional.
 */
export type GradeRequest = Schemas["GradeRequest"];

/** The result: `score` from 0 to 1 (`null` where the answer cannot be judged), what it rests on, how far to trust it. */
export type Grade = Schemas["Grade"];

/** A passage of the answer; its offsets count Unicode characters, see `evidenceRange`. */
export type Evidence = Schemas["Evidence"];

/** An idea that answers are judged by. */
export type Concept = Schemas["Concept"];

/** An idea with its verdict, and the passage that shows it. */
export type ConceptGrade = Schemas["ConceptGrade"];

/** `covered`, `partial`, `missing` or `contradicted`. */
export type Verdict = Schemas["Verdict"];

/** Something noticed in an answer, perhaps with its place; see `evidenceRange`. */
export type Flag = Schemas["Flag"];

/** What became of one request of a batch: `grade` or `problem`, and the `status` that it would have had alone. */
export type BatchResult = Schemas["BatchResult"];

/** A question and its reference answer, whose ideas are wanted. */
export type ConceptsRequest = Schemas["ConceptsRequest"];

/** The ideas that answers to a question are judged by where none are declared. */
export type ConceptList = Schemas["ConceptList"];

/** The loaded question banks. */
export type BankList = Schemas["BankList"];

/** A bank with its questions. */
export type Bank = Schemas["BankView"];

/** A question of a bank; its `id` is what `question_id` in a request takes. */
export type BankQuestion = Schemas["QuestionView"];

/** Which kept grades are wanted, and how many (1 to 500) each page has. */
export type GradeFilter = Query<operations["get_grades"]>;

/** A page of kept grades. */
export type GradePage = Schemas["GradePage"];

/** A kept grade as it stands in a list. */
export type ListedGrade = Schemas["Listed"];

/** A kept grade in full, with what was sent and how it was reviewed. */
export type GradeRecord = Schemas["Record"];

/** What a person decides about a grade, or that the candidate appeals (`reason: "appeal"`, without a score). */
export type ReviewRequest = Schemas["ReviewRequest"];

/** A review as it is kept. */
export type Review = Schemas["ReviewView"];

/** Which grades of the review queue are wanted, and how many (1 to 500; 50 where nothing is said). */
export type ReviewQueueFilter = Query<operations["get_reviews_queue"]>;

/** How a grade came about, for the candidate and without the key. */
export type Explanation = Schemas["Account"];

/** How much was erased, and how much a legal hold keeps. */
export type Erased = Schemas["Erased"];

/** A job as it stands; it has ended when its `state` is `done` or `cancelled`. */
export type Job = Schemas["JobView"];

/** What became of one answer of a job: `grade` or `problem`, and its place (`index`, from 0). */
export type JobResult = Schemas["JobResult"];

/** What stands in the body of an error, in the form of RFC 9457. */
export type Problem = Schemas["Problem"];
