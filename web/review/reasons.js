// Codes of reasons, flags and failures, in plain words.

/** @type {Record<string, string>} */
const NOTICED = {
  empty_answer: "The answer has no words.",
  no_content: "The answer says that there is none, as in “I don’t know”.",
  question_echo: "The answer is the question, nearly word for word.",
  no_usable_speech: "The transcript holds no usable speech.",
  different_language: "The answer is in another language than the reference, so that words cannot be compared.",
  mixed_language: "Part of the answer is in another language, and may not have been understood.",
  instructions_to_grader: "A passage tells the grader what to do.",
  fake_remark: "A passage poses as a grader’s or teacher’s remark.",
  fake_verdict: "A passage looks like the grader’s own output.",
  control_tokens: "It holds control tokens of a chat template.",
  grading_talk: "It speaks of marks, graders or pleas, which the question has no use for.",
  hidden_characters: "It holds invisible characters.",
  reference_without_words: "The reference holds no words to compare with.",
  encoded_text: "It holds a long run of encoded text.",
  look_alike_letters: "Words mix look-alike letters of several scripts.",
  unsupported_evidence: "Evidence serves too many concepts, or shares nothing with the key.",
  unverified_evidence: "Quotes are not in the answer, or are made of the question’s words alone.",
  nothing_new: "Nearly all of the answer’s words are the question’s.",
  very_long: "The answer is several times as long as the reference, so that words may be found by chance.",
  keyword_list: "It lists keywords without sentences.",
  stuffed_run: "It holds a long run of the reference’s words in another order.",
  scramble: "It is the reference’s words, shuffled.",
  negated_copy: "It copies the reference with a negation added or removed.",
  antonym_copy: "It copies the reference with a word turned into its opposite.",
  other_choice: "It begins with another choice than the reference: no for yes, another label or quantity.",
  provider_jailbreak_filter: "The provider’s own filter took the answer for an attack.",
};

/** @type {Record<string, string>} */
const REASONS = {
  ...NOTICED,
  low_confidence: "The grader is not sure: its confidence is below what is set (grading.review_below).",
  keyword_grade: "It was graded by keywords, although a language model is configured.",
  contradicted_concept: "Words deny a concept. Whether the denial is right, words alone do not tell.",
};

/** @type {Record<string, string>} */
const FAILURES = {
  not_configured: "no language model is configured",
  timeout: "the model did not answer in time",
  deadline: "the request’s deadline was over before the model answered",
  rate_limited: "the provider allowed no more requests",
  quota_exhausted: "the provider’s quota was used up",
  budget_exhausted: "the budget was used up",
  overloaded: "the provider was overloaded",
  server_error: "the provider failed",
  network: "the provider could not be reached",
  refused: "the model refused to judge the answer",
  filtered: "the provider’s filter stopped the answer",
  truncated: "the model’s reply broke off",
  malformed: "the provider’s response could not be read",
  schema_violation: "the model’s reply did not fit what was asked for",
  authentication: "the provider did not take the key",
  bad_request: "the provider refused the request",
  context_too_long: "the answer was too long for the model",
  prompt_too_long: "the prompt was too long",
};

/**
 * @param {string} code
 * @returns {string}
 */
export function reasonWords(code) {
  return REASONS[code] ?? spelled(code);
}

/**
 * @param {string} code
 * @returns {string}
 */
export function noticedWords(code) {
  return NOTICED[code] ?? spelled(code);
}

/**
 * @param {string} code
 * @returns {string}
 */
export function failureWords(code) {
  return FAILURES[code] ?? code.replaceAll("_", " ");
}

/**
 * Makes a sentence of a code that a later version of the service may have.
 *
 * @param {string} code
 */
function spelled(code) {
  const words = code.replaceAll("_", " ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** @type {Record<string, string>} */
const METHODS = { llm: "a language model", keyword: "keywords", gate: "a rule: there is nothing to judge" };

/**
 * @param {string} method
 * @returns {string}
 */
export function methodWords(method) {
  return METHODS[method] ?? method;
}
