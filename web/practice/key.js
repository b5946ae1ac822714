// What belongs to a bank's ideas beside the questions: model answers, links, follow-up questions.

import { ApiProblem, get } from "../shared/api.js";

/** @typedef {import("../shared/api.js").Schemas["BankView"]} BankView */
/** @typedef {import("./state.js").Grade} Grade */

/** The key of a bank, for who may see it. */
export class Key {
  /** @param {BankView | null} bank null where the caller may not see it */
  constructor(bank) {
    this.allowed = bank !== null;
    this.questions = new Map((bank?.questions ?? []).map((question) => [question.id, question]));
  }

  /**
   * @param {string} id
   * @returns {Promise<Key>}
   */
  static async of(id) {
    try {
      return new Key(await get(`/v1/banks/${encodeURIComponent(id)}?include=reference_answers`));
    } catch (problem) {
      // An API key may grade without seeing the answers; all but these is then shown.
      if (problem instanceof ApiProblem && problem.status === 403) return new Key(null);
      throw problem;
    }
  }

  /** @param {string} question */
  modelAnswer(question) {
    return this.questions.get(question)?.reference_answer ?? null;
  }

  /**
   * @param {string} question
   * @param {string} concept
   * @returns {string | null}
   */
  link(question, concept) {
    const link = this.questions.get(question)?.links?.[concept];
    return link?.startsWith("https://") ? link : null;
  }

  /**
   * The question about the most important idea that an answer lacks; null where it lacks none.
   *
   * @param {string} question
   * @param {Grade} grade
   * @returns {{concept: string, question: string} | null}
   */
  followUp(question, grade) {
    const lacking = grade.concepts.filter((one) => one.verdict === "missing" || one.verdict === "contradicted");
    const first = lacking.sort((one, other) => (other.weight ?? 1) - (one.weight ?? 1))[0];
    if (!first) return null;
    const asked = this.questions.get(question)?.follow_ups?.[first.id];
    return { concept: first.id, question: asked ?? "One more idea matters here. What else would you say about it?" };
  }
}
