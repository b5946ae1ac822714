// Masks in what is shown what the request had masked for the grader: names, addresses, numbers.

/** @typedef {import("./types.js").Schemas["Redaction"]} Redaction */

const EMAIL = /[\p{L}\p{N}._%+\-'!#$&*/=?^`{|}~]+@[\p{L}\p{N}.-]*\.[\p{L}\p{N}]{2,}/gu;
const PHONES = [
  /(?<![\p{L}\p{N}.])(?:\+|00)[\d().\/\u00a0 \t\u2010-\u2015\u2212-]{5,38}\d(?![\p{L}\p{N}])/gu,
  /(?<![\p{L}\p{N}.])[(0][\d()\/\u00a0 \t\u2010-\u2015\u2212-]{5,38}\d(?![\p{L}\p{N}])/gu,
  /(?<![\p{L}\p{N}.])(?:1[-. ])?\d{3}[-. ]\d{3}[-. ]\d{4}(?![\p{L}\p{N}])/gu,
];
// Scripts that set no spaces have no words to be whole.
const WORD = "(?![\\u2E80-\\u{10FFFF}])[\\p{L}\\p{N}]";

/**
 * Puts a dot in the place of each character that is masked, so that places in the text stay.
 *
 * @param {string} text
 * @param {Partial<Redaction>} redaction
 * @returns {string}
 */
export function masked(text, { names = [], emails = false, phones = false }) {
  const patterns = names.flatMap((name) => (name.trim() ? [pattern(name)] : []));
  if (emails) patterns.push(EMAIL);
  if (phones) patterns.push(...PHONES);
  return patterns.reduce((masking, one) => masking.replace(one, dots), text);
}

/** @param {string} name */
function pattern(name) {
  const words = name.trim().split(/\s+/u);
  const literal = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/-]/gu, "\\$&")).join("\\s+");
  return new RegExp(`(?<!${WORD})${literal}(?!${WORD})`, "giu");
}

/** @param {string} found */
function dots(found) {
  return "•".repeat(Array.from(found).length);
}
