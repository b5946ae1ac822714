// A bank while it is edited: what belongs to a concept stands with it, and everything remembers which id
// it had when it was loaded, so that a new id is seen as one change.

/** @typedef {import("../source.js").Source} Source */
/** @typedef {import("../source.js").SourceQuestion} SourceQuestion */
/** @typedef {import("../source.js").Example} Example */

/**
 * @typedef {object} Named
 * @property {string | null} was the id when it was loaded; `null` for what is new
 * @property {boolean} follows whether the id is still made from the text
 * @property {string} id
 */
/** @typedef {Named & {text: string, weight: number | null, aliases: string[], required: boolean, link: string, follow_up: string}} EditConcept */
/** @typedef {Named & {text: string, cap: number | null}} EditMisconception */
/** @typedef {{text: string}} EditAnswer */

/**
 * @typedef {object} QuestionFields
 * @property {string} topic
 * @property {string} level
 * @property {boolean} labelled
 * @property {string} question
 * @property {string} reference_answer
 * @property {EditAnswer[]} alternative_answers
 * @property {EditConcept[]} concepts
 * @property {EditMisconception[]} misconceptions
 * @property {Example[]} examples
 * @property {Record<string, string>} links those of no concept
 * @property {Record<string, string>} follow_ups those of no concept
 * @property {string[]} rejected texts of proposals that are not to be offered again
 */
/** @typedef {Named & QuestionFields} EditQuestion */
/** @typedef {{id: string, follows: boolean, title: string, as_of: string, questions: EditQuestion[]}} EditBank */

/** @returns {EditBank} */
export const emptyBank = () => ({ id: "", follows: true, title: "", as_of: "", questions: [] });

/** @returns {EditQuestion} */
export const emptyQuestion = () => ({ ...openedQuestion({ id: "", question: "" }), follows: true, was: null });

/** @returns {EditConcept} */
export const emptyConcept = () => ({
  was: null, follows: true, id: "", text: "", weight: 1, aliases: [], required: false, link: "", follow_up: "",
});

/** @returns {EditMisconception} */
export const emptyMisconception = () => ({ was: null, follows: true, id: "", text: "", cap: 0.5 });

/**
 * Opens a bank for editing.
 *
 * @param {Source} source
 * @returns {EditBank}
 */
export function opened(source) {
  return {
    id: source.id,
    follows: false,
    title: source.title,
    as_of: source.as_of ?? "",
    questions: source.questions.map(openedQuestion),
  };
}

/**
 * @param {SourceQuestion} question
 * @returns {EditQuestion}
 */
function openedQuestion(question) {
  const links = { ...question.links };
  const followUps = { ...question.follow_ups };
  const concepts = (question.concepts ?? []).map((concept) => {
    const opened = {
      was: concept.id,
      follows: false,
      id: concept.id,
      text: concept.text,
      weight: concept.weight ?? 1,
      aliases: [...(concept.aliases ?? [])],
      required: concept.required ?? false,
      link: links[concept.id] ?? "",
      follow_up: followUps[concept.id] ?? "",
    };
    delete links[concept.id];
    delete followUps[concept.id];
    return opened;
  });
  return {
    was: question.id,
    follows: false,
    id: question.id,
    topic: question.topic ?? "",
    level: question.level ?? "",
    labelled: question.labelled ?? false,
    question: question.question.trim(),
    reference_answer: (question.reference_answer ?? "").trim(),
    alternative_answers: (question.alternative_answers ?? []).map((text) => ({ text: text.trim() })),
    concepts,
    misconceptions: (question.misconceptions ?? []).map((one) => ({ ...one, was: one.id, follows: false })),
    examples: question.examples ?? [],
    links,
    follow_ups: followUps,
    rejected: [],
  };
}

/**
 * Opens a bank that the service does not have.
 *
 * @param {Source} source
 * @returns {EditBank}
 */
export function openedAsNew(source) {
  const bank = opened(source);
  return { ...bank, questions: bank.questions.map((question) => ({ ...question, was: null })) };
}

/**
 * Makes the bank that is sent; what is empty is left out.
 *
 * @param {EditBank} bank
 * @returns {Source}
 */
export function closed(bank) {
  return {
    id: bank.id.trim(),
    title: bank.title.trim(),
    ...(bank.as_of.trim() ? { as_of: bank.as_of.trim() } : {}),
    questions: bank.questions.map(closedQuestion),
  };
}

/**
 * @param {EditQuestion} question
 * @returns {SourceQuestion}
 */
function closedQuestion(question) {
  const ofConcepts = (/** @type {"link" | "follow_up"} */ name) =>
    Object.fromEntries(question.concepts.flatMap((one) => (one[name].trim() ? [[one.id, one[name].trim()]] : [])));
  const concepts = question.concepts.map(({ id, text, weight, aliases, required }) => ({
    id: id.trim(),
    text: text.trim(),
    weight,
    ...(aliases.length > 0 ? { aliases } : {}),
    ...(required ? { required } : {}),
  }));
  const misconceptions = question.misconceptions.map(({ id, text, cap }) => ({ id: id.trim(), text: text.trim(), cap }));
  /** @type {Record<string, unknown>} */
  const all = {
    id: question.id.trim(),
    topic: question.topic.trim(),
    level: question.level,
    labelled: question.labelled,
    question: question.question.trim(),
    reference_answer: question.reference_answer.trim(),
    alternative_answers: question.alternative_answers.map(({ text }) => text.trim()),
    concepts,
    misconceptions,
    examples: question.examples,
    links: { ...question.links, ...ofConcepts("link") },
    follow_ups: { ...question.follow_ups, ...ofConcepts("follow_up") },
  };
  const needed = new Set(["id", "question"]);
  const kept = Object.entries(all).filter(([name, value]) => needed.has(name) || !isEmpty(value));
  return /** @type {SourceQuestion} */ (/** @type {unknown} */ (Object.fromEntries(kept)));
}

/** @param {unknown} value */
function isEmpty(value) {
  if (value === "" || value === false) return true;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
