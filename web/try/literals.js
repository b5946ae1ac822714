// A request as literals of other languages. Texts hold quotes, newlines, and what no editor shows.

/**
 * Characters that are invisible, turn the direction of writing, or end a line for some languages: escaped, they
 * survive editors and shells, and Rust refuses some of them in source text.
 */
const UNSEEN = /[\u007f-\u00a0\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ufeff\uffa0]/g;


/**
 * Writes JSON that holds no character an editor would not show. It is a literal of JavaScript, too.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function jsonText(value) {
  return JSON.stringify(value, null, 2).replace(UNSEEN, escaped);
}

/**
 * Quotes a text for a POSIX shell: nothing is special between single quotes but the quote itself.
 *
 * @param {string} text
 * @returns {string}
 */
export function shellQuoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Writes a raw string of Rust, with as many `#` as it takes.
 *
 * @param {string} text
 * @returns {string}
 */
export function rustRaw(text) {
  const runs = Array.from(text.matchAll(/"(#*)/g), ([, hashes]) => (hashes ?? "").length + 1);
  const hashes = "#".repeat(Math.max(1, ...runs));
  return `r${hashes}"${text}"${hashes}`;
}

/**
 * Writes a literal of Python. Its strings take the escapes of JSON's.
 *
 * @param {unknown} value
 * @param {string} [indent]
 * @returns {string}
 */
export function pythonLiteral(value, indent = "") {
  const inner = `${indent}    `;
  if (value === true) return "True";
  if (value === false) return "False";
  if (value === null || value === undefined) return "None";
  if (Array.isArray(value)) {
    return `[\n${value.map((one) => `${inner}${pythonLiteral(one, inner)},\n`).join("")}${indent}]`;
  }
  if (typeof value === "object") {
    const entries = Object.entries(value).map(([name, one]) => `${inner}${jsonText(name)}: ${pythonLiteral(one, inner)},\n`);
    return `{\n${entries.join("")}${indent}}`;
  }
  return jsonText(value);
}

/** @param {string} character */
function escaped(character) {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
