// What somebody changes and has not saved: kept in this tab, so that a reload does not lose it.

import { closed, emptyBank } from "./edit.js";

/** @typedef {import("./edit.js").EditBank} EditBank */

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
   */
  constructor(name, base, etag, bank) {
    this.name = name;
    this.base = base;
    this.etag = etag;
    this.bank = bank;
  }

  get isChanged() {
    const { bank, base } = this;
    if (base === null) return bank.title.trim() !== "" || bank.questions.length > 0;
    return JSON.stringify(closed(bank)) !== JSON.stringify(closed(base));
  }

  /** Notes a change; it is kept a moment later. */
  touch() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.keep(), PAUSE);
  }

  /** Keeps what has changed, now. */
  keep() {
    clearTimeout(this.#timer);
    const { bank, base, etag } = this;
    const changed = this.isChanged;
    try {
      // Which proposals were rejected is no change of the bank, and is to last as long.
      if (changed || bank.questions.some((one) => one.rejected.length > 0)) {
        sessionStorage.setItem(PREFIX + this.name, JSON.stringify({ changed, bank, base, etag }));
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
    forgetDraft(this.name);
  }
}

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
    const { bank, base, etag } = JSON.parse(kept);
    return new Draft(name, base, etag, bank);
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
