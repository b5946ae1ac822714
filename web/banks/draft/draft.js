// What somebody changes and has not saved: kept in this tab, so that a reload does not lose it.

import { closed, emptyBank } from "./edit.js";

/** @typedef {import("./edit.js").EditBank} EditBank */

/**
 * @typedef {object} Opened the TOML file that a draft was opened from
 * @property {string} toml
 * @property {string} content what it holds, to see whether it was edited since
 * @property {boolean} differs whether its text is another than that of the saved bank
 */

const PREFIX = "answer-grader:bank-draft:";
/** Under which name a bank is kept that the service does not have yet; no id begins like that. */
export const NEW = "+new";
const PAUSE = 250;

export class Draft {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Whether this browser keeps it over a reload. */
  isKept = true;
  /** @type {() => void} */
  onchange = () => {};

  /**
   * @param {string} name the bank's id, or `NEW`
   * @param {EditBank | null} base as it was loaded; `null` for a new bank
   * @param {string | null} etag that of the base
   * @param {EditBank} bank as it is now
   * @param {Opened | null} [file]
   */
  constructor(name, base, etag, bank, file = null) {
    this.name = name;
    this.base = base;
    this.etag = etag;
    this.bank = bank;
    this.file = file;
  }

  /** The text of the file as long as nothing of it was edited: saved as it is, it keeps its comments. */
  get toml() {
    return this.file !== null && contentOf(this.bank) === this.file.content ? this.file.toml : null;
  }

  /** Whether anything but comments and layout has changed. */
  get hasOtherContent() {
    const { bank, base } = this;
    if (base === null) return bank.title.trim() !== "" || bank.questions.length > 0;
    return contentOf(bank) !== contentOf(base);
  }

  get isChanged() {
    return this.hasOtherContent || (this.toml !== null && this.file?.differs === true);
  }

  /** Notes a change; it is kept a moment later. */
  touch() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.keep(), PAUSE);
  }

  /** Keeps what has changed, now. */
  keep() {
    clearTimeout(this.#timer);
    const { bank, base, etag, file } = this;
    const changed = this.isChanged;
    try {
      // Which proposals were rejected is no change of the bank, and is to last as long.
      if (changed || bank.questions.some((one) => one.rejected.length > 0)) {
        sessionStorage.setItem(PREFIX + this.name, JSON.stringify({ changed, bank, base, etag, file }));
      } else sessionStorage.removeItem(PREFIX + this.name);
      this.isKept = true;
    } catch {
      this.isKept = false;
    }
    this.onchange();
  }

  /** Gives up what has changed. */
  forget() {
    clearTimeout(this.#timer);
    this.bank = this.base ? structuredClone(this.base) : emptyBank();
    this.file = null;
    forgetDraft(this.name);
  }
}

/** @param {EditBank} bank */
export const contentOf = (bank) => JSON.stringify(closed(bank));

/**
 * What is on the page; the browser asks before it is left with changes.
 *
 * @type {{draft: Draft | null}}
 */
export const live = { draft: null };

/** @param {string} name */
export function forgetDraft(name) {
  try {
    sessionStorage.removeItem(PREFIX + name);
  } catch {
    // Then there is none.
  }
}

/**
 * Gives the draft that was kept.
 *
 * @param {string} name
 * @returns {Draft | null}
 */
export function keptDraft(name) {
  try {
    const kept = sessionStorage.getItem(PREFIX + name);
    if (kept === null) return null;
    const { bank, base, etag, file } = JSON.parse(kept);
    return new Draft(name, base, etag, bank, file);
  } catch {
    return null;
  }
}

/**
 * Names the banks with unsaved changes in this tab.
 *
 * @returns {string[]}
 */
export function draftNames() {
  try {
    return Object.keys(sessionStorage)
      .filter((key) => key.startsWith(PREFIX) && JSON.parse(sessionStorage.getItem(key) ?? "{}").changed)
      .map((key) => key.slice(PREFIX.length));
  } catch {
    return [];
  }
}
