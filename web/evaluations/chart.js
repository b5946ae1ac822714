// Human score against score, as a picture: who is on the diagonal agrees.

import { h } from "../shared/dom.js";
import { FAR } from "./cases.js";
import { count, counted, score } from "./words.js";

/** @typedef {import("./cases.js").Judged} Judged */
/** @typedef {import("./report.js").Settings} Settings */
/** @typedef {{human: number, score: number, number: number, off: boolean}} Dot */

const SPACE = "http://www.w3.org/2000/svg";
const SIDE = 300;
const EDGE = 40;
/** Cases in one field of this width share a dot, so that thousands stay one picture. */
const FIELD = 0.02;

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {...(Node | string)} children
 * @returns {SVGElement}
 */
function s(name, attributes, ...children) {
  const element = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

const x = (/** @type {number} */ human) => EDGE + clamp(human) * SIDE;
const y = (/** @type {number} */ given) => 10 + (1 - clamp(given)) * SIDE;
const clamp = (/** @type {number} */ value) => Math.min(Math.max(value, 0), 1);

/**
 * @param {readonly Judged[]} cases
 * @param {Settings} settings
 * @returns {HTMLElement}
 */
export function chart(cases, { passMark, humanPassMark }) {
  const placed = dots(cases);
  if (placed.length === 0)
    return h("p", { class: "faint" }, "No case has both a human score and a score, so there is nothing to draw.");
  const number = placed.reduce((sum, dot) => sum + dot.number, 0);
  const off = placed.reduce((sum, dot) => sum + (dot.off ? dot.number : 0), 0);
  const told = `${counted(number, "graded case")}, of which ${count(off)} ${off === 1 ? "disagrees" : "disagree"} (wrong side of the pass mark, or more than ${FAR} apart).`;
  const picture = s(
    "svg",
    {
      class: "chart",
      viewBox: `0 0 ${SIDE + EDGE + 20} ${SIDE + 56}`,
      role: "img",
      "aria-label": `Human score against score: ${told}`,
    },
    s("path", { class: "near", d: band() }),
    ...axes(),
    s("path", { class: "diagonal", d: `M${x(0)} ${y(0)}L${x(1)} ${y(1)}` }),
    ...(humanPassMark === null ? [] : [s("path", { class: "mark", d: `M${x(humanPassMark)} ${y(0)}V${y(1)}` })]),
    ...(passMark === null ? [] : [s("path", { class: "mark", d: `M${x(0)} ${y(passMark)}H${x(1)}` })]),
    ...placed.map(drawn),
  );
  return h(
    "figure",
    { class: "figure" },
    picture,
    h(
      "figcaption",
      { class: "hint" },
      `${told} Circles agree, diamonds disagree, larger ones stand for more cases. On the full line both scores are the same; the broken lines are the pass marks.`,
    ),
  );
}

/**
 * @param {readonly Judged[]} cases
 * @returns {Dot[]}
 */
function dots(cases) {
  /** @type {Map<string, Dot>} */
  const fields = new Map();
  for (const { human, score: given, disagrees } of cases) {
    if (human === null || given === null) continue;
    const key = `${Math.round(clamp(human) / FIELD)} ${Math.round(clamp(given) / FIELD)} ${disagrees}`;
    const dot = fields.get(key);
    if (dot) dot.number += 1;
    else fields.set(key, { human, score: given, number: 1, off: disagrees });
  }
  return [...fields.values()];
}

/**
 * @param {Dot} dot
 * @returns {SVGElement}
 */
function drawn({ human, score: given, number, off }) {
  const size = Math.min(3 + Math.sqrt(number), 9);
  const [left, top] = [x(human), y(given)];
  const title = s("title", {}, `human ${score(human)}, score ${score(given)}: ${counted(number, "case")}`);
  if (!off) return s("circle", { class: "dot", cx: left, cy: top, r: size }, title);
  const reach = size * 1.25;
  return s(
    "path",
    {
      class: "dot off",
      d: `M${left} ${top - reach}L${left + reach} ${top}L${left} ${top + reach}L${left - reach} ${top}Z`,
    },
    title,
  );
}

/** Where scores are not far apart. */
function band() {
  const corners = [
    [0, 0],
    [0, FAR],
    [1 - FAR, 1],
    [1, 1],
    [1, 1 - FAR],
    [FAR, 0],
  ];
  return `M${corners.map(([human = 0, given = 0]) => `${x(human)} ${y(given)}`).join("L")}Z`;
}

/** @returns {SVGElement[]} */
function axes() {
  const steps = [0, 0.25, 0.5, 0.75, 1];
  return [
    s("rect", { class: "frame", x: x(0), y: y(1), width: SIDE, height: SIDE }),
    ...steps.map((step) => s("text", { x: x(step), y: y(0) + 16, "text-anchor": "middle" }, String(step))),
    ...steps.map((step) => s("text", { x: x(0) - 6, y: y(step) + 4, "text-anchor": "end" }, String(step))),
    s("text", { x: x(0.5), y: y(0) + 36, "text-anchor": "middle" }, "human score"),
    s("text", { x: 0, y: 0, "text-anchor": "middle", transform: `translate(10 ${y(0.5)}) rotate(-90)` }, "score"),
  ];
}
