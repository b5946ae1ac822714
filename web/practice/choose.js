// Which questions an interview asks.

/** @typedef {import("./state.js").Question} Question */
/** @typedef {import("../shared/api.js").Schemas["QuestionView"]} QuestionView */

/**
 * @typedef {object} Wish
 * @property {string[]} topics all where there is none
 * @property {string} level all where it is empty
 * @property {number} count
 * @property {string[]} missed ids of questions of which ideas were missed, the longest ago first
 */

export const NO_TOPIC = "other";

/** @param {QuestionView} question */
export function topicOf(question) {
  return question.topic ?? NO_TOPIC;
}

/**
 * Lists the questions that fit a wish.
 *
 * @param {QuestionView[]} questions
 * @param {Wish} wish
 */
export function fitting(questions, wish) {
  return questions.filter(
    (question) =>
      (wish.topics.length === 0 || wish.topics.includes(topicOf(question))) &&
      (wish.level === "" || question.level === wish.level),
  );
}

/**
 * Chooses questions: first those of which ideas were missed, then others by chance.
 *
 * @param {QuestionView[]} questions
 * @param {Wish} wish
 * @returns {Question[]}
 */
export function choose(questions, wish) {
  const possible = fitting(questions, wish);
  const rank = (/** @type {QuestionView} */ question) => {
    const at = wish.missed.indexOf(question.id);
    return at < 0 ? wish.missed.length : at;
  };
  const chosen = shuffled(possible)
    .sort((one, other) => rank(one) - rank(other))
    .slice(0, wish.count);
  return chosen.map((question) => ({
    id: question.id,
    question: question.question,
    topic: question.topic ?? null,
    labelled: question.labelled,
  }));
}

/**
 * @template Item
 * @param {Item[]} items
 * @returns {Item[]}
 */
function shuffled(items) {
  return items
    .map((item) => ({ item, key: Math.random() }))
    .sort((one, other) => one.key - other.key)
    .map(({ item }) => item);
}
