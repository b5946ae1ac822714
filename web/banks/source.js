// A bank as it is saved, and the requests that read and change it.

import { get, post, send } from "../shared/api.js";

/** @typedef {import("../shared/api.js").Schemas} Schemas */
/** @typedef {"junior" | "intermediate" | "senior"} Level */
/** @typedef {Schemas["BankSummary"]} Summary */
/** @typedef {{id: string, text: string, weight?: number | null, aliases?: string[], required?: boolean}} SourceConcept */
/** @typedef {{id: string, text: string, cap: number | null}} SourceMisconception */
/** @typedef {{candidate_answer: string, score: number, feedback?: string}} Example */

/**
 * @typedef {object} SourceQuestion
 * @property {string} id
 * @property {string} [topic]
 * @property {Level} [level]
 * @property {boolean} [labelled] whether grades of it were checked against people's
 * @property {string} question
 * @property {string} [reference_answer]
 * @property {string[]} [alternative_answers]
 * @property {SourceConcept[]} [concepts]
 * @property {SourceMisconception[]} [misconceptions]
 * @property {Example[]} [examples]
 * @property {Record<string, string>} [links] by the id of a concept
 * @property {Record<string, string>} [follow_ups] by the id of a concept
 */

/** @typedef {{id: string, title: string, as_of?: string, questions: SourceQuestion[]}} Source */
/** @typedef {{source: Source, etag: string | null}} Loaded */
/** @typedef {{toml: string, bank: Source}} Read a bank that is not saved */

const TOML = "application/toml";

/** @param {string} id */
const path = (id) => `/v1/banks/${encodeURIComponent(id)}`;

/** @returns {Promise<Summary[]>} */
export async function summaries() {
  /** @type {{banks: Summary[]}} */
  const { banks } = await get("/v1/banks");
  return banks;
}

/**
 * Gets the questions of a bank without what a candidate must not see.
 *
 * @param {string} id
 * @returns {Promise<Schemas["BankView"]>}
 */
export async function plain(id) {
  return get(path(id));
}

/**
 * @param {string} id
 * @returns {Promise<Loaded>}
 */
export async function load(id) {
  const response = await send("GET", `${path(id)}/source`);
  return { source: await response.json(), etag: response.headers.get("etag") };
}

/**
 * @param {string} id
 * @returns {Promise<string>}
 */
export async function toml(id) {
  const response = await send("GET", `${path(id)}/source`, { headers: { accept: TOML } });
  return response.text();
}

/**
 * Saves a bank; `etag` is that of the version it was made from, or `null` for a new bank.
 *
 * @param {Source} source
 * @param {string | null} text its TOML, where that is to be saved word for word
 * @param {string | null} etag
 * @returns {Promise<{version: number}>}
 */
export async function save(source, text, etag) {
  const headers = etag === null ? {} : { "if-match": etag };
  const body = text === null ? { json: source } : { text, type: TOML };
  const response = await send("PUT", `${path(source.id)}/source`, { ...body, headers });
  return response.json();
}

/**
 * Has a bank written as TOML; nothing is saved.
 *
 * @param {Source} source
 * @returns {Promise<string>}
 */
export async function written(source) {
  /** @type {Read} */
  const { toml } = await post("/v1/bank-check", source);
  return toml;
}

/**
 * Has a file read as a bank; nothing is saved.
 *
 * @param {string} text
 * @param {boolean} isToml or else JSON
 * @returns {Promise<Source>}
 */
export async function read(text, isToml) {
  const response = await send("POST", "/v1/bank-check", { text, type: isToml ? TOML : "application/json" });
  /** @type {Read} */
  const { bank } = await response.json();
  return bank;
}

/**
 * Forgets what was saved of a bank, unless somebody else saved it after the version of `etag`.
 *
 * @param {string} id
 * @param {string | null} etag
 */
export async function forgetSaved(id, etag) {
  await send("DELETE", `${path(id)}/source`, { headers: etag === null ? {} : { "if-match": etag } });
}

/**
 * Reads interview notes; nothing is saved.
 *
 * @param {string} id
 * @param {string} title
 * @param {string} markdown
 * @returns {Promise<Read>}
 */
export async function importNotes(id, title, markdown) {
  return post("/v1/bank-import", { id, title, markdown });
}

/**
 * Has concepts proposed for a question.
 *
 * @param {string} question
 * @param {string} referenceAnswer
 * @returns {Promise<Schemas["ConceptList"]>}
 */
export async function propose(question, referenceAnswer) {
  return post("/v1/concepts", { question, reference_answer: referenceAnswer });
}
