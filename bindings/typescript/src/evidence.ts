/** Offsets as the API counts them, in Unicode scalar values: a character of any plane is one. */
export interface Offsets {
  /** Of its first character, from 0. */
  readonly start: number;
  /** After its last character. */
  readonly end: number;
  /** The passage, where it is known; it is then compared. */
  readonly quote?: string | undefined;
}

/** A passage as JavaScript counts, in UTF-16 code units: what `slice`, `setSelectionRange` and DOM ranges take. */
export interface TextRange {
  /** Index of its first code unit, from 0. */
  readonly start: number;
  /** Index after its last code unit. */
  readonly end: number;
}

/**
 * Finds the passage that the API's offsets mean: `answer.slice(range.start, range.end)` is the quote.
 *
 * An emoji is one character for the API and two code units for JavaScript, so the two counts differ after it. A combining
 * mark is a character of its own in both, and so is half a surrogate pair, which is sent as U+FFFD.
 *
 * @param answer the answer exactly as it was sent
 * @param evidence of a concept of its grade; a flag with `start` and `end` will do as well
 * @throws RangeError where the offsets lie outside of the answer, or the quote is another passage: the answer is not
 * the one that was graded
 */
export function evidenceRange(answer: string, evidence: Offsets): TextRange {
  if (!(0 <= evidence.start && evidence.start <= evidence.end)) throw new RangeError("offsets are 0 or more, and end after they start");
  const start = unitsOf(answer, evidence.start, 0);
  const end = unitsOf(answer, evidence.end - evidence.start, start);
  if (evidence.quote !== undefined && wellFormed(answer.slice(start, end)) !== wellFormed(evidence.quote)) {
    throw new RangeError("the evidence quotes another text than this answer");
  }
  return { start, end };
}

/**
 * Turns a passage of a JavaScript string into the API's offsets: the way back of {@link evidenceRange}.
 *
 * @throws RangeError where the range lies outside of the answer, or cuts a surrogate pair in two
 */
export function evidenceOffsets(answer: string, range: TextRange): { start: number; end: number } {
  if (!(range.start <= range.end)) throw new RangeError("a range ends before it starts");
  const start = charactersOf(answer, 0, range.start);
  return { start, end: start + charactersOf(answer, range.start, range.end) };
}

/** The index so many characters after another. */
function unitsOf(text: string, characters: number, from: number): number {
  let index = from;
  for (let left = characters; left > 0; left -= 1) {
    const character = text.codePointAt(index);
    if (character === undefined) throw new RangeError("an offset lies beyond the end of the answer");
    index += character > 0xffff ? 2 : 1;
  }
  return index;
}

/** The characters from one index to another. */
function charactersOf(text: string, from: number, to: number): number {
  if (!(from >= 0 && to <= text.length)) throw new RangeError("an index lies outside of the answer");
  let count = 0;
  let index = from;
  while (index < to) {
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
    count += 1;
  }
  if (index !== to) throw new RangeError("an index lies within a surrogate pair");
  return count;
}

function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}
