// A bank from a file, after its fields are seen to be those of a bank. What they may hold, the server says
// when the bank is saved; here nothing may be lost, so a field that is not known is refused.

/** @typedef {import("./source.js").Source} Source */
/** @typedef {(value: unknown, place: string, faults: string[]) => void} Check */

/** @type {(word: string, is: (value: unknown) => boolean) => Check} */
const kind = (word, is) => (value, place, faults) => {
  if (!is(value)) faults.push(`${place} must be ${word}`);
};
const text = kind("a text", (value) => typeof value === "string");
const number = kind("a number", (value) => typeof value === "number" && Number.isFinite(value));
const truth = kind("true or false", (value) => typeof value === "boolean");
const level = kind("junior, intermediate or senior", (value) => ["junior", "intermediate", "senior"].includes(String(value)));

/** @type {(each: Check) => Check} */
const listOf = (each) => (value, place, faults) => {
  if (!Array.isArray(value)) faults.push(`${place} must be a list`);
  else value.forEach((one, index) => each(one, `${place}[${named(one) ?? index + 1}]`, faults));
};

/** @type {Check} */
const texts = (value, place, faults) => {
  if (!isTable(value)) faults.push(`${place} must be a table`);
  else for (const [name, one] of Object.entries(value)) text(one, `${place}.${name}`, faults);
};

/** @type {(fields: Record<string, Check>, needed: string[]) => Check} */
const table = (fields, needed) => (value, place, faults) => {
  const before = place === "" ? "" : `${place}.`;
  if (!isTable(value)) {
    faults.push(`${place || "a bank"} must be a table`);
    return;
  }
  for (const name of needed.filter((one) => !(one in value))) faults.push(`${before}${name} is missing`);
  for (const [name, one] of Object.entries(value)) {
    if (Object.hasOwn(fields, name)) fields[name]?.(one, before + name, faults);
    else faults.push(`${before}${name} is no field of a bank`);
  }
};

const concept = table({ id: text, text, weight: number, aliases: listOf(text), required: truth }, ["id", "text"]);
const misconception = table({ id: text, text, cap: number }, ["id", "text", "cap"]);
const example = table({ candidate_answer: text, score: number, feedback: text }, ["candidate_answer", "score"]);
const question = table(
  {
    id: text, topic: text, level, labelled: truth, question: text, reference_answer: text, alternative_answers: listOf(text),
    concepts: listOf(concept), misconceptions: listOf(misconception), examples: listOf(example), links: texts, follow_ups: texts,
  },
  ["id", "question"],
);
const bank = table({ id: text, title: text, as_of: text, questions: listOf(question) }, ["id", "title", "questions"]);

/**
 * Gives the bank that a file holds, or everything that is wrong with it.
 *
 * @param {unknown} value
 * @returns {{bank: Source, faults: []} | {bank: null, faults: string[]}}
 */
export function bankOf(value) {
  /** @type {string[]} */
  const faults = [];
  bank(value, "", faults);
  if (faults.length > 0) return { bank: null, faults };
  return { bank: /** @type {Source} */ (JSON.parse(JSON.stringify(value))), faults: [] };
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
const isTable = (value) => typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** @param {unknown} value */
const named = (value) => (isTable(value) && typeof value.id === "string" ? value.id : null);
