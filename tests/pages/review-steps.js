// What the tests of /review have in common: grades, made as another program would, and steps on the page.

import assert from "node:assert/strict";

/** Everything below full confidence waits for a person. */
export const ALL = { ANSWER_GRADER__GRADING__REVIEW_BELOW: "1.0" };
export const INDEX = {
  question: "What does an index do?",
  concepts: [
    { id: "reads", text: "Lookups become faster", weight: 3, aliases: ["speeds up lookups"] },
    { id: "writes", text: "Writes become slower", weight: 1 },
  ],
  reference_answer: "It speeds up lookups. Writes become slower.",
};

/** Sends JSON as another program would, and gives what comes back. */
export async function call(/** @type {any} */ shared, /** @type {string} */ method, /** @type {string} */ path, /** @type {unknown} */ body, /** @type {string} */ key = "") {
  const response = await fetch(shared.service.address + path, {
    method,
    headers: { "content-type": "application/json", ...(key ? { authorization: `Bearer ${key}` } : {}) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  assert.ok(response.ok, `${method} ${path}: ${JSON.stringify(answer)}`);
  return answer;
}

export const grade = (/** @type {any} */ shared, /** @type {object} */ request, /** @type {string} */ key = "") => call(shared, "POST", "/v1/grade", request, key);
export const kept = (/** @type {any} */ shared, /** @type {string} */ id, /** @type {string} */ key = "") => call(shared, "GET", `/v1/grades/${id}`, undefined, key);
export const review = (/** @type {any} */ shared, /** @type {string} */ id, /** @type {object} */ decided, /** @type {string} */ key = "") =>
  call(shared, "POST", `/v1/grades/${id}/review`, decided, key);

/** Opens the page on one question's grades, and waits for the first. */
export async function open(/** @type {any} */ page, /** @type {string} */ address) {
  await page.goto(address);
  await page.getByRole("form", { name: "Review of this grade" }).waitFor();
}

/** Says who reviews, as a visit before would have. */
export const known = (/** @type {any} */ page, /** @type {string} */ name) => page.addInitScript((/** @type {string} */ who) => localStorage.setItem("reviewer", who), name);
export const focused = (/** @type {any} */ page) => page.evaluate(() => `${document.activeElement?.tagName} ${document.activeElement?.id}`.trim());
export const part = (/** @type {any} */ page, /** @type {string} */ name) => page.locator("section").filter({ has: page.getByRole("heading", { name, level: 3, exact: true }) }).last();
export const saved = (/** @type {any} */ page) => page.locator("#told").filter({ hasText: "Saved" }).waitFor();
