// The values of TOML: strings, numbers, lists and inline tables, read from a place in a text.

/** A mistake in a file, and where. */
export class TomlFault extends Error {
  /**
   * @param {string} text
   * @param {number} at
   * @param {string} detail
   */
  constructor(text, at, detail) {
    const lines = text.slice(0, at).split("\n");
    super(`line ${lines.length}, column ${(lines.at(-1) ?? "").length + 1}: ${detail}`);
    this.name = "TomlFault";
  }
}

/** @typedef {{[name: string]: unknown}} Table */

/** @type {Record<string, string>} */
const ESCAPES = { b: "\b", t: "\t", n: "\n", f: "\f", r: "\r", e: "\u001b", '"': '"', "\\": "\\" };
const NUMBER = /^[+-]?(0|[1-9](_?\d)*)(\.\d(_?\d)*)?([eE][+-]?\d(_?\d)*)?$/;
const WHOLE = /^0(x[\da-fA-F](_?[\da-fA-F])*|o[0-7](_?[0-7])*|b[01](_?[01])*)$/;
const MOMENT = /^(\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)?)?|\d\d:\d\d:\d\d(\.\d+)?)/;

/** Reads a text from its beginning to its end. */
export class Reader {
  at = 0;

  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }

  /**
   * @param {string} detail
   * @param {number} [at]
   * @returns {never}
   */
  fail(detail, at = this.at) {
    throw new TomlFault(this.text, at, detail);
  }

  /** @param {string} word */
  sees(word) {
    return this.text.startsWith(word, this.at);
  }

  /** @param {string} word */
  takes(word) {
    if (!this.sees(word)) return false;
    this.at += word.length;
    return true;
  }

  /** @param {string} word */
  needs(word) {
    if (!this.takes(word)) this.fail(`expected ${word}`);
  }

  /** @param {RegExp} sticky */
  match(sticky) {
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.text);
    if (found) this.at += found[0].length;
    return found?.[0];
  }

  skipSpace() {
    this.match(/[ \t]*/y);
  }

  /** Passes space, comments and line ends. */
  skipLines() {
    // The mark of a comment is no part of a value, and a control character no part of a comment.
    this.match(/(?:[ \t\n]|#[^\n]*)*/y);
  }

  endLine() {
    this.match(/[ \t]*(?:#[^\n]*)?/y);
    if (this.at < this.text.length && !this.takes("\n")) this.fail("expected the end of the line");
  }

  /** @returns {string[]} a key with its dots */
  key() {
    const parts = [];
    do {
      this.skipSpace();
      if (this.sees('"') || this.sees("'")) parts.push(this.line(this.text[this.at] ?? ""));
      else parts.push(this.match(/[A-Za-z0-9_-]+/y) ?? this.fail("expected the name of a field"));
      this.skipSpace();
    } while (this.takes("."));
    return parts;
  }

  /** @returns {unknown} */
  value() {
    if (this.takes('"""')) return this.block('"""');
    if (this.takes("'''")) return this.block("'''");
    if (this.sees('"') || this.sees("'")) return this.line(this.text[this.at] ?? "");
    if (this.takes("[")) return this.list();
    if (this.takes("{")) return this.inline();
    return this.bare();
  }

  bare() {
    const start = this.at;
    const moment = MOMENT.exec(this.text.slice(start, start + 40));
    if (moment) {
      this.at += moment[0].length;
      return new Date(moment[0]);
    }
    const word = this.match(/[A-Za-z0-9_+.-]+/y) ?? this.fail("expected a value");
    if (word === "true" || word === "false") return word === "true";
    if (NUMBER.test(word) || WHOLE.test(word)) return Number(word.replaceAll("_", ""));
    if (/^[+-]?inf$/.test(word)) return word.startsWith("-") ? -Infinity : Infinity;
    if (/^[+-]?nan$/.test(word)) return NaN;
    return this.fail("this is no value: a text stands in quotes", start);
  }

  list() {
    const items = [];
    for (;;) {
      this.skipLines();
      if (this.takes("]")) return items;
      items.push(this.value());
      this.skipLines();
      if (!this.sees("]")) this.needs(",");
    }
  }

  inline() {
    /** @type {Table} */
    const table = Object.create(null);
    this.skipLines();
    while (!this.takes("}")) {
      const start = this.at;
      const key = this.key();
      this.needs("=");
      this.skipSpace();
      const name = /** @type {string} */ (key.pop());
      let within = table;
      for (const part of key) {
        const next = (within[part] ??= Object.create(null));
        if (typeof next !== "object" || next === null || Array.isArray(next)) this.fail(`${part} is there already`, start);
        within = /** @type {Table} */ (next);
      }
      if (name in within) this.fail(`${name} is there already`, start);
      within[name] = this.value();
      this.skipLines();
      if (!this.sees("}")) this.needs(",");
      this.skipLines();
    }
    return table;
  }

  /**
   * @param {string} quote
   * @returns {string}
   */
  line(quote) {
    const start = this.at;
    this.needs(quote);
    let read = "";
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined || char === "\n") this.fail("this text does not end on its line", start);
      this.at += 1;
      if (char === quote) return read;
      read += char === "\\" && quote === '"' ? this.escaped() : char;
    }
  }

  /**
   * @param {string} end
   * @returns {string}
   */
  block(end) {
    const start = this.at - 3;
    this.takes("\n");
    let read = "";
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined) this.fail("this text has no end", start);
      if (this.takes(end)) {
        // Up to two quotes may stand before the end.
        while (this.sees(end.charAt(0)) && this.text.slice(this.at - 5, this.at) !== end.charAt(0).repeat(5)) {
          read += end.charAt(0);
          this.at += 1;
        }
        return read;
      }
      this.at += 1;
      if (char !== "\\" || end === "'''") read += char;
      else if (!this.match(/[ \t]*\n[ \t\n]*/y)) read += this.escaped();
    }
  }

  escaped() {
    const start = this.at - 1;
    const letter = this.text[this.at] ?? "";
    this.at += 1;
    const simple = ESCAPES[letter];
    if (simple !== undefined) return simple;
    const length = { x: 2, u: 4, U: 8 }[letter];
    const digits = length ? this.text.slice(this.at, this.at + length) : "";
    if (!length || !new RegExp(`^[0-9a-fA-F]{${length}}$`).test(digits)) this.fail("TOML knows no such escape", start);
    this.at += digits.length;
    const code = Number.parseInt(digits, 16);
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) this.fail("there is no such character", start);
    return String.fromCodePoint(code);
  }
}
