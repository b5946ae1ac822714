// What the pages say of codes, compared with the codes that the program has.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { money, short } from "../../web/shared/numbers.js";
import { FAILURES, FLAGS, METHODS, REVIEWS, failureAdvice, failureWords, flagWords, methodWords, reviewWords } from "../../web/shared/reasons.js";
import { root } from "./harness.js";

const source = (/** @type {string} */ path) => readFileSync(join(root, "src", path), "utf8");

/** Gives what stands between the braces of an item of Rust. */
function within(/** @type {string} */ text, /** @type {string} */ head) {
  const start = text.indexOf(head);
  assert.notEqual(start, -1, `there is no ${head}`);
  return text.slice(start, text.indexOf("\n}\n", start));
}

/** Gives the variants of an enum as they stand in JSON. */
function variants(/** @type {string} */ text, /** @type {string} */ name) {
  const names = within(text, `pub enum ${name} {`).matchAll(/^ {4}([A-Z]\w+)/gm);
  return Array.from(names, ([, one]) => (one ?? "").replace(/(?<=[a-z])[A-Z]/g, "_$&").toLowerCase());
}

/** Gives the codes that a function called `code` gives. */
function codes(/** @type {string} */ text) {
  const start = text.search(/pub (const )?fn code\(/);
  assert.notEqual(start, -1, "there is no function code");
  return Array.from(text.slice(start, text.indexOf("\n    }\n", start)).matchAll(/"(\w+)"/g), ([, code]) => code ?? "");
}

test("every flag is said in words, and no other", () => {
  const all = variants(source("grade/flag.rs"), "FlagCode");
  assert.ok(all.length > 20 && all.includes("empty_answer"), `read ${all}`);
  assert.deepEqual(Object.keys(FLAGS).sort(), all.sort());
});

test("every reason for a review is said in words, and no other", () => {
  const judged = source("grade/judgement.rs");
  const all = [/LOW_CONFIDENCE: &str = "(\w+)"/, /reasons\.push\("(\w+)"/].map((one) => one.exec(judged)?.[1]);
  all.push(/KEYWORD_GRADE: &str = "(\w+)"/.exec(source("grader/steps.rs"))?.[1]);
  assert.deepEqual(Object.keys(REVIEWS).sort(), all.sort());
  assert.equal(reviewWords("very_long"), flagWords("very_long"));
});

test("every failure of a model is said in words, and no other", () => {
  const all = new Set([...codes(source("llm/failure.rs")), ...codes(source("grader/error.rs"))]);
  assert.ok(all.size > 15 && all.has("timeout") && all.has("deadline"), `read ${[...all]}`);
  assert.deepEqual(Object.keys(FAILURES).sort(), [...all].sort());
});

test("everybody who judges is named", () => {
  assert.deepEqual(Object.keys(METHODS).sort(), variants(source("grade/policy.rs"), "Method").sort());
});

test("a code that is not known yet becomes a sentence", () => {
  assert.equal(flagWords("brand_new"), "Brand new.");
  assert.equal(reviewWords("brand_new"), "Brand new.");
  assert.equal(`${failureWords("brand_new")} ${failureAdvice("brand_new")}`, "Brand new. The service’s log says more.");
  assert.equal(methodWords("people"), "people");
});

test("numbers are short, and small sums are no powers of ten", () => {
  assert.deepEqual([short(0.69041, 2), short(10), short(1 / 3)], ["0.69", "10", "0.3333"]);
  assert.deepEqual([money(0), money(0.00000025), money(0.0123456)], ["0 US dollars", "0.00000025 US dollars", "0.0123 US dollars"]);
});
