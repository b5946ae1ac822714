// The reports there are: those in the server's folder, and those that were opened here and are sent nowhere.

import { get } from "../shared/api.js";
import { Gaps, Part } from "./part.js";
import { NoReport, readReport } from "./report.js";
import { counted } from "./words.js";

/** @typedef {import("./report.js").Report} Report */
/**
 * @typedef {object} Summary
 * @property {string} name
 * @property {string | null} method
 * @property {string | null} model
 * @property {string | null} prompt
 * @property {number | null} n
 * @property {number | null} graded
 * @property {Record<string, number | null>} metrics
 */
/**
 * @typedef {object} Entry
 * @property {string} key names it in a link
 * @property {string} name
 * @property {boolean} local whether it was opened here
 * @property {string | null} modified
 * @property {string | null} suite
 * @property {string | null} conclusion
 * @property {Summary[]} runs
 */
/** @typedef {{name: string, detail: string}} Unreadable */

/** The metrics of the list. */
export const LISTED = ["qwk", "pearson_r", "rmse", "concept_f1"];

const LOCAL = "file:";
const LARGEST = 256 * 1024 * 1024;

export class Library {
  /** @type {string | null} */
  folder = null;
  /** @type {Entry[]} */
  #stored = [];
  /** @type {Unreadable[]} */
  unreadable = [];
  /** @type {Map<string, Entry>} */
  #opened = new Map();
  /** @type {Map<string, string>} */
  #refused = new Map();
  /** @type {Map<string, Report>} */
  #reports = new Map();

  /** Asks the server what it has. */
  async refresh() {
    for (const key of this.#reports.keys()) if (!isLocal(key)) this.#reports.delete(key);
    const listing = new Part(await get("/v1/evaluations"), "", new Gaps());
    this.folder = listing.text("folder");
    this.#stored = listing.parts("reports").map(stored);
    this.unreadable = listing
      .parts("unreadable")
      .map((one) => ({ name: one.text("name") ?? "", detail: one.text("detail") ?? "" }));
  }

  get stored() {
    return this.#stored;
  }

  get opened() {
    return [...this.#opened.values()];
  }

  get refused() {
    return [...this.#refused].map(([name, detail]) => ({ name, detail }));
  }

  /** Everything that can be shown. */
  get entries() {
    return [...this.opened, ...this.#stored];
  }

  /**
   * @param {string} key
   * @returns {Entry | null}
   */
  entry(key) {
    return this.entries.find((entry) => entry.key === key) ?? null;
  }

  /**
   * @param {string} key
   * @returns {Promise<Report>}
   */
  async report(key) {
    const known = this.#reports.get(key);
    if (known) return known;
    if (isLocal(key)) throw new NotHere(key.slice(LOCAL.length));
    const report = readReport(await get(`/v1/evaluations/${encodeURIComponent(key)}`));
    this.#reports.set(key, report);
    return report;
  }

  /**
   * Reads a file of this computer; gives its key, or nothing where it is no report.
   *
   * @param {File} file
   * @returns {Promise<string | null>}
   */
  async open(file) {
    const key = LOCAL + file.name;
    this.#refused.delete(file.name);
    try {
      if (file.size > LARGEST)
        throw new NoReport(`It has ${counted(Math.round(file.size / 1e6), "megabyte")}; this page reads up to 256.`);
      const report = readReport(JSON.parse(await file.text()));
      this.#reports.set(key, report);
      this.#opened.set(key, summarized(key, file, report));
      return key;
    } catch (error) {
      this.#refused.set(file.name, reason(error));
      return null;
    }
  }

  /** @param {string} key */
  forget(key) {
    this.#opened.delete(key);
    this.#reports.delete(key);
  }
}

/** Says that a link names a file that was opened in another visit. */
export class NotHere extends Error {
  /** @param {string} name */
  constructor(name) {
    super(`${name} is not open here`);
    this.file = name;
  }
}

/**
 * Tells whether a key names a file that was opened here.
 *
 * @param {string} key
 */
export function isLocal(key) {
  return key.startsWith(LOCAL);
}

/** @param {unknown} error */
function reason(error) {
  if (error instanceof NoReport) return error.message;
  if (error instanceof SyntaxError) return "It is not JSON. Of what eval writes, this page reads the .json report.";
  return `It cannot be read: ${error instanceof Error ? error.message : error}`;
}

/**
 * @param {Part} part
 * @returns {Entry}
 */
function stored(part) {
  const name = part.text("name") ?? "";
  return {
    key: name,
    name,
    local: false,
    modified: part.text("modified_at"),
    suite: part.text("suite"),
    conclusion: part.text("conclusion"),
    runs: part.parts("runs").map((run) => {
      const metrics = run.part("metrics");
      return {
        name: run.text("name") ?? "",
        method: run.text("method"),
        model: run.text("model"),
        prompt: run.text("prompt"),
        n: run.number("n"),
        graded: run.number("graded"),
        metrics: Object.fromEntries(LISTED.map((key) => [key, metrics?.number(key) ?? null])),
      };
    }),
  };
}

/**
 * @param {string} key
 * @param {File} file
 * @param {Report} report
 * @returns {Entry}
 */
function summarized(key, file, report) {
  return {
    key,
    name: file.name,
    local: true,
    modified: new Date(file.lastModified).toISOString(),
    suite: report.suite,
    conclusion: report.gate?.conclusion ?? null,
    runs: report.runs.map(({ name, method, model, prompt, metrics }) => ({
      name,
      method,
      model,
      prompt,
      n: metrics?.n ?? null,
      graded: metrics?.graded ?? null,
      metrics: Object.fromEntries(LISTED.map((one) => [one, metrics?.figures.get(one)?.value ?? null])),
    })),
  };
}
