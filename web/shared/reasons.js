// Codes of a grade in plain words: who judged it, what was noticed, why a person should look at it, and why no
// model judged. tests/pages/reasons.test.js compares these with the codes of the program.

/** @typedef {import("./api.js").Schemas["FlagCode"]} FlagCode */

/** @type {Record<FlagCode, string>} */
export const FLAGS = {
  empty_answer: "The answer has no words.",
  no_content: "The answer says that there is none, such as “I don’t know”.",
  question_echo: "The answer is the question, nearly word for word.",
  no_usable_speech: "The transcript has no usable speech.",
  different_language: "The answer is in another language than the reference, so that their words cannot be compared.",
  mixed_language: "Part of the answer is in another language, and may not have been understood.",
  instructions_to_grader: "A passage tells the grader what to do. It counts for nothing.",
  fake_remark: "A passage poses as a grader’s or teacher’s remark. It counts for nothing.",
  fake_verdict: "A passage looks like a grader’s own output. It counts for nothing.",
  control_tokens: "There are control tokens of a chat template.",
  grading_talk: "The answer speaks of marks, graders or pleas, which its question has no use for.",
  hidden_characters: "There are characters that nobody sees.",
  reference_without_words: "The reference has no words to compare with.",
  encoded_text: "There is a long run of encoded text. It counts for nothing.",
  look_alike_letters: "Words mix look-alike letters of several scripts.",
  unsupported_evidence: "A passage was given as evidence for too many concepts, or shares nothing with the key.",
  unverified_evidence: "A quote that was given as evidence is not in the answer, or only repeats the question.",
  nothing_new: "Nearly all words of the answer are the question’s.",
  very_long: "The answer is several times as long as the reference, so that words may be found by chance.",
  keyword_list: "The answer lists keywords without sentences.",
  stuffed_run: "There is a long run of the reference’s words in another order.",
  scramble: "These are the reference’s words, shuffled.",
  negated_copy: "The answer copies the reference with a negation added or removed.",
  antonym_copy: "The answer copies the reference with a word turned into its opposite.",
  other_choice: "The answer begins with another choice than the reference: no for yes, another label or quantity.",
  provider_jailbreak_filter: "The filter of the model’s provider took the answer for an attack.",
};

/**
 * What no flag says by itself.
 *
 * @type {Record<string, string>}
 */
export const REVIEWS = {
  keyword_grade: "It was graded by keywords, although a language model is configured.",
  low_confidence: "The grader is not sure: its confidence is below what the settings ask for (grading.review_below).",
  contradicted_concept: "The answer seems to deny a concept. Words do not tell whether it is right to.",
};

/**
 * Why no model judged: what happened, and what helps.
 *
 * @type {Record<string, [string, string]>}
 */
export const FAILURES = {
  not_configured: [
    "No language model is configured here.",
    "To have one judge, set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own, and start the service anew.",
  ],
  timeout: ["The model did not reply in time.", "Try again, or raise llm.timeout_ms."],
  deadline: ["The model did not reply before the deadline.", "Try again, or raise grading.deadline_ms."],
  rate_limited: ["The model’s provider limits the rate of requests.", "Wait a little and try again."],
  quota_exhausted: ["The provider’s account has no credit left.", "Top it up."],
  overloaded: ["The provider is overloaded, or still loads the model.", "Try again soon."],
  server_error: ["The provider failed.", "Try again soon."],
  network: ["The provider could not be reached.", "Check the network and the base_url of the model."],
  authentication: ["The provider does not accept the key.", "Check the variable that api_key_env names."],
  bad_request: ["The provider does not accept the request.", "Check the model’s name and settings; the log says more."],
  refused: ["The model refused to judge this answer.", "A person should."],
  filtered: ["The provider’s content filter stopped the answer or the reply.", "A person should judge it."],
  truncated: ["The model’s reply was cut.", "Raise llm.max_output_tokens."],
  malformed: ["The provider’s response is not what its API says.", "Check provider and base_url of the model."],
  schema_violation: ["The model’s reply does not fit the form that was asked for.", "Try again, or use a stronger model."],
  context_too_long: ["The request is longer than the model can read.", "Shorten the answer or the reference."],
  prompt_too_long: ["The request is longer than the model may read.", "Shorten it, or raise llm.context_tokens."],
  prompt_broken: ["The prompt cannot be filled in.", "Check the folder that llm.prompt names."],
  budget_exhausted: ["The budget for models is spent for now.", "Wait, or raise it in the settings under [budget]."],
  storage_unavailable: ["The database of concepts cannot be reached.", "Check it."],
  extraction_off: ["No model takes references apart here.", "Declare concepts, or turn llm.extract_concepts on."],
  not_recorded: ["Replies come from a recording, which has none for this request.", "Record it, or use a model."],
};

/** @type {Record<string, string>} */
export const METHODS = { llm: "a language model", keyword: "keywords", gate: "a rule, since there is nothing to judge" };

/**
 * Says what was noticed about an answer.
 *
 * @param {string} code
 * @returns {string}
 */
export function flagWords(code) {
  return Object.hasOwn(FLAGS, code) ? FLAGS[/** @type {FlagCode} */ (code)] : sentence(code);
}

/**
 * Says why a person should look at a grade.
 *
 * @param {string} code
 * @returns {string}
 */
export function reviewWords(code) {
  return REVIEWS[code] ?? flagWords(code);
}

/**
 * Says why no model judged.
 *
 * @param {string} code
 * @returns {string}
 */
export function failureWords(code) {
  return FAILURES[code]?.[0] ?? sentence(code);
}

/**
 * Says what whoever runs the service can do about it.
 *
 * @param {string} code
 * @returns {string}
 */
export function failureAdvice(code) {
  return FAILURES[code]?.[1] ?? "The service’s log says more.";
}

/**
 * Says who judged, to follow the word "by".
 *
 * @param {string} method
 * @returns {string}
 */
export function methodWords(method) {
  return METHODS[method] ?? method;
}

/**
 * Makes a sentence of a code that came after this was written.
 *
 * @param {string} code
 */
function sentence(code) {
  const words = code.replaceAll("_", " ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
