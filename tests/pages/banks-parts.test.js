// The parts of the page of banks that need no browser: TOML, ids, changes, and where faults belong.

import assert from "node:assert/strict";
import { test } from "node:test";
import { changes } from "../../web/banks/changes.js";
import { closed, opened } from "../../web/banks/edit.js";
import { Faults } from "../../web/banks/faults.js";
import { newId, slug } from "../../web/banks/ids.js";
import { bankOf } from "../../web/banks/shape.js";
import { readToml } from "../../web/banks/toml-read.js";
import { bankToml } from "../../web/banks/toml-write.js";
import { wordDiff } from "../../web/banks/word-diff.js";

/** @type {import("../../web/banks/source.js").Source} */
const BANK = {
  id: "b",
  title: 'A "bank" \\ with\ttabs\u0001',
  as_of: "2026",
  questions: [
    {
      id: "one", topic: "t", level: "senior", labelled: true, question: "Line one\nline two",
      reference_answer: 'Says """this""", ends in "quotes"',
      alternative_answers: ['"""', "é 😀"],
      concepts: [{ id: "a", text: "A", weight: 2.5, aliases: ["x | y", "z"], required: true }, { id: "b", text: "B", weight: 1 }],
      misconceptions: [{ id: "m", text: "M", cap: 0 }],
      examples: [{ candidate_answer: "C", score: 0.5, feedback: "F" }],
      links: { a: "https://example.org" },
      follow_ups: { b: "And?" },
    },
    { id: "two", question: "Q", reference_answer: "R" },
  ],
};

test("a bank is the same after it was written and read", () => {
  const read = bankOf(readToml(bankToml(BANK)));
  assert.deepEqual(read.faults, []);
  assert.deepEqual(closed(opened(/** @type {any} */ (read.bank))), BANK);
});

test("TOML is read as it is meant", () => {
  const read = (/** @type {string} */ text) => JSON.parse(JSON.stringify(readToml(text)));
  assert.deepEqual(read('a.b = 1 # c\n"x y" = [1, 2,\n  # c\n  3,]\n[t.u]\nv = true\n[[l]]\n[l.m]\nn = 0xff'), {
    a: { b: 1 }, "x y": [1, 2, 3], t: { u: { v: true } }, l: [{ m: { n: 255 } }],
  });
  assert.deepEqual(read("a = '''\nx\n''y'''''\nb = \"\"\"\\\n   c \\u00e9\"\"\"\r\n"), { a: "x\n''y''", b: "c é" });
});

for (const [text, told] of [
  ["a = 1\na = 2", /line 2, column 1: a is there already/],
  ["[a]\n[a]", /line 2/],
  ["a = {}\n[a.b]", /line 2/],
  ['a = "x\ny"', /line 1, column 5: this text does not end/],
  ["a = b", /line 1, column 5: this is no value/],
  ['a = "\\q"', /escape/],
  ["a = 1 b = 2", /the end of the line/],
  ["a = 01", /no value/],
]) {
  test(`TOML with a mistake is refused with its place: ${JSON.stringify(text)}`, () => {
    assert.throws(() => readToml(/** @type {string} */ (text)), { name: "TomlFault", message: told });
  });
}

test("a file with other fields or kinds than those of a bank is refused, as a whole", () => {
  const { faults } = bankOf({ id: "x", title: 1, questions: [{ id: "q", question: "Q", wieght: 1, level: "expert", concepts: [{ text: "T" }] }] });
  assert.deepEqual(faults, [
    "title must be a text",
    "questions[q].wieght is no field of a bank",
    "questions[q].level must be junior, intermediate or senior",
    "questions[q].concepts[1].id is missing",
  ]);
});

test("ids are made of the words that tell something", () => {
  assert.equal(slug("How does HTTP's caching work?"), "http-caching-work");
  assert.equal(slug("What is a naïve `JOIN`?"), "naive-join");
  assert.equal(slug("Что такое индекс?"), "");
  assert.equal(newId("Что?", "concept", ["concept", "concept-2"]), "concept-3");
  assert.ok(newId("a".repeat(90), "x", ["a".repeat(60)]).length <= 60);
});

test("a new id, another order and a moved concept are each one change", () => {
  const base = opened(BANK);
  const bank = structuredClone(base);
  const [first, second] = bank.questions;
  assert.ok(first && second);
  first.id = "first";
  first.concepts.reverse();
  second.reference_answer = "R, and more";
  bank.questions.reverse();
  const told = changes(base, bank).map(({ kind, title, parts }) => [kind, title, parts.map(({ label }) => label)]);
  assert.deepEqual(told, [
    ["bank", "About the bank", ["Order of the questions"]],
    ["changed", "Q", ["Reference answer"]],
    ["changed", "Line one\nline two", ["Id", "Order of the concepts"]],
  ]);
  assert.deepEqual(changes(base, structuredClone(base)), []);
});

test("a concept's new id takes its link along", () => {
  const bank = opened(BANK);
  const concept = bank.questions[0]?.concepts[0];
  assert.ok(concept);
  concept.id = "renamed";
  assert.deepEqual(closed(bank).questions[0]?.links, { renamed: "https://example.org" });
});

test("words that are gone and new are told apart, and make up both texts", () => {
  const pieces = wordDiff("Space, and slower writes.", "Space on disk, and writes.");
  assert.deepEqual(pieces.filter(({ kind }) => kind !== "same"), [{ kind: "new", text: " on disk" }, { kind: "gone", text: " slower" }]);
  const text = (/** @type {string} */ without) => pieces.filter(({ kind }) => kind !== without).map((one) => one.text).join("");
  assert.equal(text("new"), "Space, and slower writes.");
  assert.equal(text("gone"), "Space on disk, and writes.");
});

test("faults stand where they belong, also of lists, tables and numbers", () => {
  const bank = opened(BANK);
  const question = bank.questions[0];
  const concept = question?.concepts[0];
  assert.ok(question && concept);
  const faults = new Faults();
  const pointers = ["/title", "/questions[one].concepts[a].weight", "/questions[one]/concepts[a]/aliases[1]", "/questions/0/concepts/0/text", "/questions[one].links.a", "/questions[one].links.zz", "/questions[one]", "12:3"];
  const placed = faults.place(bank, pointers.map((pointer) => ({ pointer, detail: "is wrong" })));
  assert.deepEqual(faults.of(bank, "title"), ["is wrong"]);
  assert.deepEqual(faults.of(concept, "weight"), ["is wrong"]);
  assert.deepEqual(faults.of(concept, "aliases"), ["line 2 is wrong"]);
  assert.deepEqual(faults.of(concept, "text"), ["is wrong"]);
  assert.deepEqual(faults.of(concept, "link"), ["is wrong"]);
  assert.deepEqual(faults.of(question, ""), ["links: is wrong", "is wrong"]);
  assert.deepEqual(placed.map((one) => one.question === question), [false, true, true, true, true, true, true, false]);
});
