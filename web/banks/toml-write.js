// A bank as TOML, in the layout of those that people write.

/** @typedef {import("./source.js").Source} Source */
/** @typedef {import("./source.js").SourceQuestion} SourceQuestion */

/**
 * @param {Source} bank
 * @returns {string}
 */
export function bankToml(bank) {
  const head = [pair("id", bank.id), pair("title", bank.title), bank.as_of ? pair("as_of", bank.as_of) : ""];
  return `${[head.filter(Boolean).join("\n"), ...bank.questions.map(questionToml)].join("\n\n")}\n`;
}

/** @param {SourceQuestion} question */
function questionToml(question) {
  const { concepts = [], misconceptions = [], examples = [], links, follow_ups: followUps } = question;
  const lines = ["[[questions]]", pair("id", question.id)];
  if (question.topic) lines.push(pair("topic", question.topic));
  if (question.level) lines.push(pair("level", question.level));
  if (question.labelled) lines.push("labelled = true");
  lines.push(pair("question", question.question));
  if (question.reference_answer) lines.push(`reference_answer = ${block(question.reference_answer)}`);
  if (question.alternative_answers?.length) lines.push(pair("alternative_answers", question.alternative_answers));
  const tables = [
    ...concepts.map((one) => table("[[questions.concepts]]", one)),
    ...misconceptions.map((one) => table("[[questions.misconceptions]]", one)),
    ...examples.map((one) => table("[[questions.examples]]", one)),
    ...(links ? [table("[questions.links]", links)] : []),
    ...(followUps ? [table("[questions.follow_ups]", followUps)] : []),
  ];
  return [lines.join("\n"), ...tables].join("\n\n");
}

/**
 * @param {string} header
 * @param {Record<string, any>} fields
 */
function table(header, fields) {
  const pairs = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return [header, ...pairs.map(([name, value]) => pair(name, value))].join("\n");
}

/**
 * @param {string} name
 * @param {string | number | boolean | string[]} value
 */
function pair(name, value) {
  const key = /^[A-Za-z0-9_-]+$/.test(name) ? name : quoted(name);
  if (Array.isArray(value)) return `${key} = [\n${value.map((one) => `    ${quoted(one)},\n`).join("")}]`;
  return `${key} = ${typeof value === "string" ? quoted(value) : value}`;
}

/** @param {string} text */
function quoted(text) {
  const escaped = text.replace(/["\\]/g, "\\$&").replace(/\n/g, "\\n").replace(/\r/g, "\\r");
  return `"${withoutControls(escaped)}"`;
}

/**
 * Writes a text over several lines; those who read it drop the line ends around it.
 *
 * @param {string} text
 */
function block(text) {
  const escaped = text.replace(/\\/g, "\\\\").replace(/\r/g, "\\r").replace(/"""/g, '""\\"');
  return `"""\n${withoutControls(escaped)}\n"""`;
}

/** @param {string} text */
function withoutControls(text) {
  // TOML allows no control characters but tabs and line ends.
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
