// Reads fields of a document that anybody may have written, and remembers what it lacks.

/** What a document lacks or has wrong: each sentence once, with how often it holds. */
export class Gaps {
  /** @type {Map<string, number>} */
  #seen = new Map();

  /** @param {string} sentence */
  note(sentence) {
    this.#seen.set(sentence, (this.#seen.get(sentence) ?? 0) + 1);
  }

  /** @returns {string[]} */
  get sentences() {
    return [...this.#seen].map(([sentence, times]) =>
      times > 1 ? `${sentence} (${times.toLocaleString("en")} times)` : sentence,
    );
  }
}

/** An object of the document, and where it stands there. */
export class Part {
  /**
   * @param {unknown} value
   * @param {string} where
   * @param {Gaps} gaps
   */
  constructor(value, where, gaps) {
    this.where = where;
    this.gaps = gaps;
    this.isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    /** @type {Map<string, unknown>} a map, so that a name such as `__proto__` is a name like any other */
    this.fields = new Map(this.isObject ? Object.entries(/** @type {object} */ (value)) : []);
  }

  /**
   * @param {string} name
   * @param {string} what
   * @param {boolean} needed
   */
  #complain(name, what, needed) {
    const place = this.where ? `${this.where}: ${name}` : name;
    if (this.fields.has(name)) this.gaps.note(`${place} is not ${what}`);
    else if (needed) this.gaps.note(`${place} is missing`);
  }

  /**
   * @param {string} name
   * @param {boolean} [needed] whether the document should have it
   * @returns {number | null}
   */
  number(name, needed = true) {
    const value = this.fields.get(name);
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (value !== null) this.#complain(name, "a number", needed);
    return null;
  }

  /**
   * @param {string} name
   * @param {boolean} [needed]
   * @returns {string | null}
   */
  text(name, needed = true) {
    const value = this.fields.get(name);
    if (typeof value === "string") return value;
    if (value !== null) this.#complain(name, "a text", needed);
    return null;
  }

  /**
   * @param {string} name
   * @param {boolean} [needed]
   * @returns {string[] | null}
   */
  texts(name, needed = true) {
    return this.list(name, needed)?.filter((one) => typeof one === "string") ?? null;
  }

  /**
   * @param {string} name
   * @param {boolean} [needed]
   * @returns {unknown[] | null}
   */
  list(name, needed = true) {
    const value = this.fields.get(name);
    if (Array.isArray(value)) return value;
    if (value !== null) this.#complain(name, "a list", needed);
    return null;
  }

  /**
   * The objects of a list, each as a part; what is no object is left out and noted.
   *
   * @param {string} name
   * @param {boolean} [needed]
   * @returns {Part[]}
   */
  parts(name, needed = true) {
    const parts = (this.list(name, needed) ?? []).map((one) => new Part(one, name, this.gaps));
    const objects = parts.filter((part) => part.isObject);
    if (objects.length < parts.length)
      this.gaps.note(`${name} holds ${parts.length - objects.length} entries that are no objects`);
    return objects;
  }

  /**
   * @param {string} name
   * @param {boolean} [needed]
   * @returns {Part | null}
   */
  part(name, needed = true) {
    const value = this.fields.get(name);
    const part = new Part(value, name, this.gaps);
    if (part.isObject) return part;
    if (value !== null) this.#complain(name, "an object", needed);
    return null;
  }

  /**
   * The objects that an object holds by name.
   *
   * @param {string} name
   * @returns {[string, Part][]}
   */
  named(name) {
    const part = this.part(name);
    return part ? [...part.fields.keys()].flatMap((key) => pair(key, part.part(key), name)) : [];
  }
}

/**
 * @param {string} key
 * @param {Part | null} part
 * @param {string} where
 * @returns {[string, Part][]}
 */
function pair(key, part, where) {
  if (!part) return [];
  part.where = where;
  return [[key, part]];
}
