// The parts of the page of banks that need no browser: drafts, ids, changes, and where faults belong.

import assert from "node:assert/strict";
import { test } from "node:test";
import { changes, undo } from "../../web/banks/draft/changes.js";
import { contentOf, Draft } from "../../web/banks/draft/draft.js";
import { closed, opened } from "../../web/banks/draft/edit.js";
import { Faults, placeWords } from "../../web/banks/draft/faults.js";
import { newId, slug } from "../../web/banks/draft/ids.js";
import { wordDiff } from "../../web/banks/draft/word-diff.js";

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

test("a bank is the same after it was opened and closed", () => {
  assert.deepEqual(closed(opened(BANK)), BANK);
});

test("a draft is the file that it was opened from, until something else is in it", () => {
  const bank = opened(BANK);
  const draft = new Draft("b", opened(BANK), '"1"', bank, { toml: "# a comment", content: contentOf(bank), differs: true });
  assert.equal(draft.toml, "# a comment");
  assert.ok(draft.isChanged && !draft.hasOtherContent, "comments alone are a change");
  bank.title = "Another";
  assert.equal(draft.toml, null);
  assert.ok(draft.hasOtherContent);
  bank.title = BANK.title;
  assert.equal(draft.toml, "# a comment", "what was taken back is not edited any more");
  draft.forget();
  assert.equal(draft.toml, null);
  assert.ok(!draft.isChanged);
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

test("examples, and what is said of no concept, are changes that are seen and taken back", () => {
  const base = opened({ ...BANK, questions: BANK.questions.map((one) => ({ ...one, links: { gone: "https://example.org/gone" } })) });
  const bank = structuredClone(base);
  const [first] = bank.questions;
  assert.ok(first);
  first.examples = [{ candidate_answer: "C", score: 0.75 }];
  first.links = {};
  const all = changes(base, bank);
  assert.deepEqual(all.flatMap(({ parts }) => parts.map(({ label }) => label)), ["Examples that a model is shown", "Links of no concept"]);
  for (const one of all) undo(new Draft("b", base, null, bank), one);
  assert.deepEqual(changes(base, bank), []);
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
  const pointers = ["/title", "/questions/0/concepts/0/weight", "/questions/0/concepts/0/aliases/1", "/questions/0/concepts/0/text", "/questions/0/links/a", "/questions/0/links/zz", "/questions/0/examples/0/score", "/questions/0", ""];
  const placed = faults.place(bank, pointers.map((pointer) => ({ pointer, detail: "is wrong" })));
  assert.deepEqual(faults.of(bank, "title"), ["is wrong"]);
  assert.deepEqual(faults.of(concept, "weight"), ["is wrong"]);
  assert.deepEqual(faults.of(concept, "aliases"), ["line 2 is wrong"]);
  assert.deepEqual(faults.of(concept, "text"), ["is wrong"]);
  assert.deepEqual(faults.of(concept, "link"), ["is wrong"]);
  assert.deepEqual(faults.of(question, ""), ["links: is wrong", "examples: is wrong", "is wrong"]);
  assert.deepEqual(placed.map(({ where }) => where), [
    "title", "question one, concept a, weight", "question one, concept a, alias 2", "question one, concept a, text", "question one, link of a",
    "question one, link of zz", "question one, example 1, score", "question one", "",
  ]);
  assert.equal(placeWords("/questions/1/alternative_answers"), "question 2, alternative answers");
  assert.deepEqual(placed.map((one) => one.question === question), [false, true, true, true, true, true, true, true, false]);
});
