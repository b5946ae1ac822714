import assert from "node:assert/strict";
import { test } from "node:test";

import { evidenceOffsets, evidenceRange } from "answer-grader";
import { json } from "../dist/json.js";

/** The offsets that the service would send: it counts what Rust calls `char`. */
function offsetsOf(answer, passage) {
  const before = answer.slice(0, answer.indexOf(passage));
  const start = [...before].length;
  return { start, end: start + [...passage].length, quote: passage.toWellFormed?.() ?? passage };
}

const texts = {
  "plain letters": ["An index makes lookups faster.", "lookups"],
  "letters after an emoji": ["😀 An index makes lookups faster.", "lookups"],
  "an emoji itself": ["faster 🚀 lookups", "🚀"],
  "a family, which is five characters": ["👩‍👩‍👧 says lookups 👩‍👩‍👧", "lookups 👩‍👩‍👧"],
  "a flag and a skin tone": ["🇩🇪👍🏽 index 🇩🇪", "index 🇩🇪"],
  "combining marks": ["Cafe\u0301 no\u0308tig: index", "no\u0308tig"],
  "a precomposed letter": ["Caf\u00e9 nötig: index", "nötig"],
  "a letter beyond the basic plane": ["𝒳 is 𠮷 and index", "𠮷 and index"],
  "half an emoji before it": ["\ud83d An index \ude00 lookups", "index"],
  "half an emoji in it": ["a \ud83d index \ude00 lookups", "\ud83d index \ude00"],
  "halves in the wrong order": ["\ude00\ud83d lookups", "lookups"],
  "half an emoji before a whole one": ["\ud83d😀 lookups 😀", "lookups 😀"],
  "a line's end of Windows": ["one\r\n😀\r\nlookups", "😀\r\nlookups"],
};

for (const [name, [answer, passage]] of Object.entries(texts)) {
  test(`offsets become indices, and indices offsets: ${name}`, () => {
    const evidence = offsetsOf(answer, passage);
    const range = evidenceRange(answer, evidence);
    assert.equal(answer.slice(range.start, range.end), passage);
    const { start, end } = evidence;
    assert.deepEqual(evidenceOffsets(answer, range), { start, end });
  });
}

test("every pair of offsets of a text of all kinds goes there and back", () => {
  const answer = "a😀e\u0301\ud83d👩‍👧\ude00 𠮷\r\nz";
  const characters = [...answer];
  for (let start = 0; start <= characters.length; start += 1) {
    for (let end = start; end <= characters.length; end += 1) {
      const range = evidenceRange(answer, { start, end });
      assert.equal(answer.slice(range.start, range.end), characters.slice(start, end).join(""));
      assert.deepEqual(evidenceOffsets(answer, range), { start, end });
    }
  }
});

test("another answer's evidence is refused", () => {
  const evidence = { start: 3, end: 8, quote: "index" };
  assert.throws(() => evidenceRange("An index", { ...evidence, end: 9 }), RangeError);
  assert.throws(() => evidenceRange("An iNdex", evidence), RangeError);
  assert.throws(() => evidenceRange("", evidence), RangeError);
  assert.throws(() => evidenceRange("An index", { start: 2, end: 1 }), RangeError);
  assert.throws(() => evidenceRange("An index", { start: NaN, end: 1 }), RangeError);
  assert.throws(() => evidenceRange("An index", { start: -1, end: 1 }), RangeError);
});

test("a range that is none is refused", () => {
  assert.throws(() => evidenceOffsets("a😀", { start: 0, end: 2 }), /surrogate pair/);
  assert.throws(() => evidenceOffsets("a😀", { start: 2, end: 3 }), RangeError);
  assert.throws(() => evidenceOffsets("a😀", { start: 0, end: 4 }), RangeError);
  assert.throws(() => evidenceOffsets("a😀", { start: -1, end: 1 }), RangeError);
  assert.throws(() => evidenceOffsets("a😀", { start: 1, end: 0 }), RangeError);
});

test("half an emoji is sent as U+FFFD, and nothing else is changed", () => {
  const same = { text: 'a😀"\\ud83d\\\\ud83d\u0007\n\u2028', number: 1.5, list: [null, true] };
  assert.equal(json(same), JSON.stringify(same));
  assert.deepEqual(JSON.parse(json({ ["k\ud83d"]: "a\ud83d\\\ude00😀\udfff" })), { "k\ufffd": "a\ufffd\\\ufffd😀\ufffd" });
});
