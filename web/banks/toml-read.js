// A TOML file as tables. A file is opened to be looked at, so it is read here and not sent before it is saved.

import { Reader } from "./toml-values.js";

/** @typedef {import("./toml-values.js").Table} Table */

/**
 * @param {string} file
 * @returns {Table}
 */
export function readToml(file) {
  const reader = new Reader(file.replace(/^\ufeff/, "").replaceAll("\r\n", "\n"));
  /** @type {Table} */
  const root = Object.create(null);
  /** Tables that a header or a dotted key made, which no other may make again. */
  const made = new Set();
  const dotted = new Set();
  const written = new Set();
  let current = root;
  for (;;) {
    reader.skipLines();
    if (reader.at >= reader.text.length) return root;
    const start = reader.at;
    if (reader.takes("[[")) {
      const key = reader.key();
      reader.needs("]]");
      const name = /** @type {string} */ (key.pop());
      const within = descend(reader, start, root, key, written);
      const list = (within[name] ??= listOf(made));
      if (!Array.isArray(list) || !made.has(list)) reader.fail(`${name} is there already`, start);
      current = Object.create(null);
      /** @type {Table[]} */ (list).push(current);
    } else if (reader.takes("[")) {
      const key = reader.key();
      reader.needs("]");
      current = descend(reader, start, root, key, written);
      if (made.has(current) || dotted.has(current)) reader.fail(`${key.join(".")} is there already`, start);
      made.add(current);
    } else {
      const key = reader.key();
      reader.needs("=");
      reader.skipSpace();
      const name = /** @type {string} */ (key.pop());
      const within = descend(reader, start, current, key, written, made);
      if (key.length > 0) dotted.add(within);
      if (name in within) reader.fail(`${name} is there already`, start);
      const value = reader.value();
      if (typeof value === "object") written.add(value);
      within[name] = value;
    }
    reader.endLine();
  }
}

/** @param {Set<unknown>} made */
function listOf(made) {
  /** @type {Table[]} */
  const list = [];
  made.add(list);
  return list;
}

/**
 * Goes down to a table, and makes those on the way that are not there.
 *
 * @param {Reader} reader
 * @param {number} start
 * @param {Table} from
 * @param {string[]} key
 * @param {Set<unknown>} written values, which nothing may be added to
 * @param {Set<unknown>} [closed] tables that a dotted key may not add to
 * @returns {Table}
 */
function descend(reader, start, from, key, written, closed = new Set()) {
  let table = from;
  for (const part of key) {
    const next = (table[part] ??= Object.create(null));
    if (written.has(next) || closed.has(next)) reader.fail(`${part} is there already`, start);
    const inner = Array.isArray(next) ? next.at(-1) : next;
    if (typeof inner !== "object" || inner === null) reader.fail(`${part} is there already`, start);
    table = /** @type {Table} */ (inner);
  }
  return table;
}
