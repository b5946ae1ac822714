// Numbers, names and times as they are shown.

import { h } from "../shared/dom.js";

/** @typedef {import("./metrics.js").Estimate} Estimate */
/** @typedef {import("../shared/dom.js").Child} Child */

const LONGEST = 160;
/** Controls, and what turns the direction of the text around it. */
const UNSAFE = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/**
 * Makes a name out of a text that anybody may have written: on one line, not endless, and kept from turning
 * the direction of what stands around it.
 *
 * @param {string | null} text
 * @param {number} [longest]
 * @returns {HTMLElement}
 */
export function named(text, longest = LONGEST) {
  return h("bdi", { class: "name" }, plain(text, longest));
}

/**
 * The same as a text alone, for places that take no element.
 *
 * @param {string | null} text
 * @param {number} [longest]
 * @returns {string}
 */
export function plain(text, longest = LONGEST) {
  if (text === null) return "not said";
  const clean = text.replace(/\s+/gu, " ").replace(UNSAFE, "\u{fffd}").trim();
  if (clean === "") return "(no name)";
  if (clean.length <= longest) return clean;
  // Of a long name the middle is left out, since long ids differ at their ends.
  const half = Math.floor(longest / 2);
  const start = Array.from(clean.slice(0, 2 * half)).slice(0, half);
  const end = Array.from(clean.slice(-2 * half)).slice(-half);
  return `${start.join("")}…${end.join("")}`;
}

/**
 * @param {number | null} value
 * @param {number} [digits]
 * @returns {string}
 */
export function figure(value, digits = 3) {
  if (value === null) return "–";
  // A half goes up, which 0.825 would not by itself: in binary it is a little less.
  const size = (Math.round(Math.abs(value) * 10 ** digits + 1e-9) / 10 ** digits).toFixed(digits);
  return value < 0 && Number(size) !== 0 ? `−${size}` : size;
}

/**
 * A score or a confidence: two digits say all that it can.
 *
 * @param {number | null} value
 * @returns {string}
 */
export function score(value) {
  return figure(value, 2);
}

/**
 * A difference, always with its sign.
 *
 * @param {number | null} value
 * @param {number} [digits]
 * @returns {string}
 */
export function signed(value, digits = 3) {
  const text = figure(value, digits);
  return value === null || text.startsWith("−") || Number(text) === 0 ? text : `+${text}`;
}

/**
 * @param {[number, number] | null} ends
 * @param {number} [digits]
 * @returns {string}
 */
export function range(ends, digits = 3) {
  return ends ? `${figure(ends[0], digits)} to ${figure(ends[1], digits)}` : "no interval";
}

/**
 * @param {number | null} number
 * @returns {string}
 */
export function count(number) {
  return number === null ? "–" : number.toLocaleString("en");
}

/**
 * A number of things, such as `1 case` and `3 cases`.
 *
 * @param {number} number
 * @param {string} one
 * @param {string} [many]
 * @returns {string}
 */
export function counted(number, one, many = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/**
 * @param {string | null} time
 * @returns {Child}
 */
export function when(time) {
  const date = new Date(time ?? "");
  if (time === null || Number.isNaN(date.getTime())) return "at an unknown time";
  const text = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" }).format(date);
  return h("time", { datetime: date.toISOString() }, text);
}

/**
 * Who judged: method, model and prompt in a line.
 *
 * @param {{method: string | null, model: string | null, prompt: string | null}} run
 * @returns {string}
 */
export function grader({ method, model, prompt }) {
  const parts = [method ?? "method not said", model, prompt].filter((part) => part !== null);
  return parts.map((part) => plain(part, 60)).join(", ");
}

const CONCLUSIONS = new Set(["pass", "fail", "inconclusive"]);

/**
 * @param {string | null} conclusion
 * @returns {HTMLElement}
 */
export function conclusionBadge(conclusion) {
  const known = conclusion !== null && CONCLUSIONS.has(conclusion);
  return h("span", { class: known ? `badge ${conclusion}` : "badge" }, plain(conclusion, 30));
}

/**
 * A code such as `different_language`, as words.
 *
 * @param {string | null} code
 * @returns {string}
 */
export function code(code) {
  return plain(code).replaceAll("_", " ");
}
