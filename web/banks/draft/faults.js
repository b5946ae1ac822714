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
      return { detail, where: placeWords(pointer, bank), question, focus };
    });
  }
}

/** @type {Record<string, string>} what one entry of a list is called */
const ENTRIES = {
  questions: "question", concepts: "concept", misconceptions: "misconception", aliases: "alias", alternative_answers: "alternative answer",
  examples: "example", links: "link of", follow_ups: "follow-up question of",
};

/**
 * Says where something is wrong: by the ids of a bank that is at hand, and else by numbers.
 *
 * @param {string} pointer
 * @param {object | null} [bank]
 * @returns {string}
 */
export function placeWords(pointer, bank = null) {
  /** @type {any} */
  let at = bank;
  let kind = "";
  const words = [];
  for (const step of steps(pointer)) {
    at = at?.[step];
    if (kind !== "") words.push(`${kind} ${at?.id || (/^\d+$/.test(step) ? Number(step) + 1 : step)}`);
    else if (!Object.hasOwn(ENTRIES, step)) words.push(step.replaceAll("_", " "));
    kind = kind === "" ? (ENTRIES[step] ?? "") : "";
  }
  return [...words, ...(kind ? [steps(pointer).at(-1)?.replaceAll("_", " ")] : [])].join(", ");
}

/**
 * @param {string} pointer as RFC 6901 has it
 * @returns {string[]}
 */
const steps = (pointer) => pointer.split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));

/**
 * @param {EditBank} bank
 * @param {string[]} way
 * @returns {{owner: object, field: string, question: EditQuestion | null, entry?: number}}
 */
function resolve(bank, way) {
  /** @type {object} */
  let owner = bank;
  /** @type {EditQuestion | null} */
  let question = null;
  for (let at = 0; at < way.length; at += 2) {
    const [name = "", key] = way.slice(at);
    const concept = name in OF_CONCEPTS ? question?.concepts.find(({ id }) => id === key) : undefined;
    if (concept) return { owner: concept, field: OF_CONCEPTS[name] ?? "", question };
    const list = Reflect.get(owner, name);
    if (!Array.isArray(list) || key === undefined || name === "examples") return { owner, field: name, question };
    const item = list[Number(key)];
    if (typeof item !== "object" || item === null) return { owner, field: name, question, ...(item === undefined ? {} : { entry: Number(key) }) };
    owner = item;
    if (name === "questions") question = /** @type {EditQuestion} */ (item);
    if (name === "alternative_answers") return { owner, field: "text", question };
  }
  return { owner, field: "", question };
}
