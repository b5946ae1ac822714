// An interview in figures, and as files.

import { NO_TOPIC } from "./choose.js";
import { headline, verdictWord } from "../shared/words.js";

/** @typedef {import("./state.js").Interview} Interview */
/** @typedef {import("./state.js").Answered} Answered */

/** @typedef {{id: string, text: string, weight: number, question: number}} Idea */
/** @typedef {{topic: string, score: number | null, covered: number, concepts: number}} TopicSummary */
/**
 * @typedef {object} Summary
 * @property {number} answered
 * @property {number} seconds
 * @property {boolean} byKeywords whether any answer was graded offline, so that scores are not shown
 * @property {number | null} score the mean of the answers that have one
 * @property {number} covered ideas that were found, at least in part
 * @property {number} concepts
 * @property {TopicSummary[]} topics
 * @property {Idea[]} strengths the weightiest first, eight at most
 * @property {Idea[]} gaps
 */

const MOST_IDEAS = 8;

/** @param {(number | null | undefined)[]} scores */
function mean(scores) {
  const given = scores.filter((score) => typeof score === "number");
  return given.length === 0 ? null : given.reduce((sum, score) => sum + score, 0) / given.length;
}

/** @param {string} verdict */
function isFound(verdict) {
  return verdict === "covered" || verdict === "partial";
}

/**
 * @param {Interview} interview
 * @returns {Summary}
 */
export function summary(interview) {
  const all = interview.questions.flatMap((question, at) => {
    const answered = interview.answers[at];
    return answered ? [{ question, at, answered }] : [];
  });
  const ideas = (/** @type {(verdict: string) => boolean} */ which) =>
    all
      .flatMap(({ at, answered }) =>
        answered.grade.concepts
          .filter((one) => which(one.verdict))
          .map((one) => ({ id: one.id, text: one.text ?? one.id, weight: one.weight ?? 1, question: at })),
      )
      .sort((one, other) => other.weight - one.weight)
      .slice(0, MOST_IDEAS);
  const counts = (/** @type {typeof all} */ some) => {
    const concepts = some.flatMap(({ answered }) => answered.grade.concepts);
    return { covered: concepts.filter((one) => isFound(one.verdict)).length, concepts: concepts.length };
  };
  const topics = [...new Set(all.map(({ question }) => question.topic ?? NO_TOPIC))].map((topic) => {
    const some = all.filter(({ question }) => (question.topic ?? NO_TOPIC) === topic);
    return { topic, score: mean(some.map(({ answered }) => answered.grade.score)), ...counts(some) };
  });
  return {
    answered: all.length,
    seconds: all.reduce((sum, { answered }) => sum + answered.seconds, 0),
    byKeywords: all.some(({ answered }) => answered.grade.method !== "llm"),
    score: mean(all.map(({ answered }) => answered.grade.score)),
    ...counts(all),
    topics,
    strengths: ideas((verdict) => verdict === "covered"),
    gaps: ideas((verdict) => verdict === "missing" || verdict === "contradicted"),
  };
}

/**
 * @param {Interview} interview
 * @returns {string}
 */
export function asJson(interview) {
  const answers = interview.questions.map((question, at) => {
    const answered = interview.answers[at];
    return {
      question_id: question.id,
      question: question.question,
      topic: question.topic,
      answer: answered?.text ?? null,
      answer_source: answered?.spoken ? "speech" : "text",
      seconds: answered?.seconds ?? 0,
      follow_up: answered?.followUp ? { concept: answered.followUp.concept, question: answered.followUp.question, answer: answered.followUp.answer } : null,
      grade: answered?.grade ?? null,
    };
  });
  const { bank, title, begun } = interview;
  const { byKeywords, strengths, gaps, ...sum } = summary(interview);
  const texts = (/** @type {Idea[]} */ ideas) => ideas.map((idea) => idea.text);
  // The same as `answer-grader practice -o FILE.json` writes.
  const written = { questions: interview.questions.length, ...sum, by_keywords: byKeywords, strengths: texts(strengths), gaps: texts(gaps) };
  return `${JSON.stringify({ schema: "answer-grader/practice/1", bank, title, begun, summary: written, answers }, null, 2)}\n`;
}

/**
 * @param {Interview} interview
 * @returns {string}
 */
export function asMarkdown(interview) {
  const sum = summary(interview);
  const lines = [`# ${interview.title}`, "", `${interview.begun.slice(0, 10)}: ${sum.answered} of ${interview.questions.length} questions answered, ${sum.covered} of ${sum.concepts} ideas mentioned.`, ""];
  lines.push("| topic | ideas mentioned |", "|---|---|");
  for (const topic of sum.topics) lines.push(`| ${topic.topic} | ${topic.covered} of ${topic.concepts} |`);
  const list = (/** @type {string} */ title, /** @type {Idea[]} */ some) => {
    lines.push("", `## ${title}`, "", ...some.map((idea) => `- ${idea.text}`));
  };
  list("Strengths", sum.strengths);
  list("Gaps", sum.gaps);
  lines.push("", "## Answers");
  interview.questions.forEach((question, at) => {
    const answered = interview.answers[at];
    lines.push("", `### ${at + 1}. ${question.question}`, "");
    if (!answered) {
      lines.push("Not answered.");
      return;
    }
    lines.push(`${headline(answered.grade)}.`, "", ...quoted(answered.text));
    if (answered.followUp?.answer) lines.push("", `Asked further: ${answered.followUp.question}`, "", ...quoted(answered.followUp.answer));
    lines.push("", ...answered.grade.concepts.map((one) => `- ${verdictWord(one.verdict)}: ${one.text ?? one.id}`));
  });
  return `${lines.join("\n")}\n`;
}

/** @param {string} text */
function quoted(text) {
  return text.split("\n").map((line) => `> ${line}`);
}
