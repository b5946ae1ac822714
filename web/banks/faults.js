// What the server found wrong with a bank, kept with what it is wrong with, so that it moves along when
// questions are reordered.

/** @typedef {import("./edit.js").EditBank} EditBank */
/** @typedef {import("./edit.js").EditQuestion} EditQuestion */
/** @typedef {{pointer: string, detail: string}} FieldError */
/** @typedef {{detail: string, where: string, question: EditQuestion | null, focus: () => void}} Placed */

/** Fields that a form shows by themselves; what is wrong with any other is told at the head of its part. */
const FIELDS = new Set(
  ("id title as_of topic level labelled question reference_answer text weight aliases required link follow_up cap " +
    "concepts misconceptions alternative_answers questions").split(" "),
);
/** @type {Record<string, string>} */
const OF_CONCEPTS = { links: "link", follow_ups: "follow_up" };

export class Faults {
  /** @type {Map<object, Map<string, string[]>>} */
  #told = new Map();

  /** @type {Map<object, Map<string, HTMLElement>>} */
  #controls = new Map();

  clear() {
    this.#told.clear();
  }

  /**
   * Remembers where a field is shown.
   *
   * @param {object} owner
   * @param {string} field
   * @param {HTMLElement} control
   */
  shown(owner, field, control) {
    const controls = this.#controls.get(owner) ?? new Map();
    this.#controls.set(owner, controls.set(field, control));
  }

  /**
   * @param {object} owner a bank, question, concept, …
   * @param {string} field empty for the owner as a whole
   * @returns {string[]}
   */
  of(owner, field) {
    return this.#told.get(owner)?.get(field) ?? [];
  }

  /**
   * Forgets what was wrong with a field, since it is being changed.
   *
   * @param {object} owner
   * @param {string} field
   */
  mend(owner, field) {
    this.#told.get(owner)?.delete(field);
  }

  /**
   * @param {object} owner
   * @param {string} field
   * @param {string} detail
   */
  #add(owner, field, detail) {
    const fields = this.#told.get(owner) ?? new Map();
    this.#told.set(owner, fields);
    fields.set(field, [...(fields.get(field) ?? []), detail]);
  }

  /**
   * Puts errors where they belong, and says where that is.
   *
   * @param {EditBank} bank
   * @param {readonly FieldError[]} errors
   * @returns {Placed[]}
   */
  place(bank, errors) {
    this.clear();
    return errors.map(({ pointer, detail }) => {
      const { owner, field, question, entry } = resolve(bank, steps(pointer));
      const known = field === "" || FIELDS.has(field);
      const told = entry === undefined ? detail : `line ${entry + 1} ${detail}`;
      this.#add(owner, known ? field : "", known ? told : `${field}: ${told}`);
      const focus = () => this.#controls.get(owner)?.get(field)?.focus();
      return { detail, where: pointer.replace(/^\//, ""), question, focus };
    });
  }
}

/**
 * Cuts `/questions[orm]/concepts[a]/weight`, `/questions/0/concepts/1/weight` or `questions[orm].topic`.
 *
 * @param {string} pointer
 * @returns {{name: string, key: string | null}[]}
 */
function steps(pointer) {
  /** @type {{name: string, key: string | null}[]} */
  const all = [];
  for (const part of pointer.split(/[/.]/).filter(Boolean)) {
    const found = /^(.*?)(?:\[(.*)\])?$/.exec(part);
    const last = all.at(-1);
    if (/^\d+$/.test(part) && last && last.key === null) last.key = part;
    else all.push({ name: found?.[1] ?? part, key: found?.[2] ?? null });
  }
  return all;
}

/**
 * @param {EditBank} bank
 * @param {{name: string, key: string | null}[]} way
 * @returns {{owner: object, field: string, question: EditQuestion | null, entry?: number}}
 */
function resolve(bank, way) {
  /** @type {object} */
  let owner = bank;
  /** @type {EditQuestion | null} */
  let question = null;
  for (const [index, { name, key }] of way.entries()) {
    const list = Reflect.get(owner, name);
    const ofConcept = name in OF_CONCEPTS ? (key ?? way[index + 1]?.name) : undefined;
    const concept = question?.concepts.find(({ id }) => id === ofConcept);
    if (concept) return { owner: concept, field: OF_CONCEPTS[name] ?? "", question };
    if (!Array.isArray(list) || key === null) return { owner, field: name, question };
    const item = itemOf(list, key, way[index + 1]?.name === "id");
    if (typeof item !== "object" || item === null) return { owner, field: name, question, ...(item === undefined ? {} : { entry: Number(key) }) };
    owner = item;
    if (name === "questions") question = /** @type {EditQuestion} */ (item);
    if (name === "alternative_answers") return { owner, field: "text", question };
  }
  return { owner, field: "", question };
}

/**
 * Of two with the same id it is the second whose id is wrong.
 *
 * @param {any[]} list
 * @param {string} key
 * @param {boolean} isId
 */
function itemOf(list, key, isId) {
  const named = (/** @type {any} */ item) => item?.id === key;
  return (isId ? list.findLast(named) : list.find(named)) ?? (/^\d+$/.test(key) ? list[Number(key)] : undefined);
}
