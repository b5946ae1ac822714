// Which words of a text are gone, and which are new.

/** @typedef {{kind: "same" | "gone" | "new", text: string}} Piece */

// Above it, the middle of two texts is shown as a whole: it would take too long to compare.
const MOST_CELLS = 4_000_000;

const WORDS = /\s+|[\p{L}\p{M}\p{N}_]+|./gu;

/**
 * @param {string} before
 * @param {string} after
 * @returns {Piece[]}
 */
export function wordDiff(before, after) {
  const old = before.match(WORDS) ?? [];
  const now = after.match(WORDS) ?? [];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  const most = Math.min(old.length, now.length) - start;
  while (end < most && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  const middle = compare(old.slice(start, old.length - end), now.slice(start, now.length - end));
  return joined([
    { kind: "same", text: old.slice(0, start).join("") },
    ...middle,
    { kind: "same", text: old.slice(old.length - end).join("") },
  ]);
}

/**
 * @param {string[]} old
 * @param {string[]} now
 * @returns {Piece[]}
 */
function compare(old, now) {
  if (old.length * now.length > MOST_CELLS) {
    return [{ kind: "gone", text: old.join("") }, { kind: "new", text: now.join("") }];
  }
  const width = now.length + 1;
  const longest = new Uint32Array((old.length + 1) * width);
  const at = (/** @type {number} */ one, /** @type {number} */ other) => longest[one * width + other] ?? 0;
  for (let one = old.length - 1; one >= 0; one -= 1) {
    for (let other = now.length - 1; other >= 0; other -= 1) {
      longest[one * width + other] =
        old[one] === now[other] ? at(one + 1, other + 1) + 1 : Math.max(at(one + 1, other), at(one, other + 1));
    }
  }
  /** @type {Piece[]} */
  const pieces = [];
  let one = 0;
  let other = 0;
  while (one < old.length || other < now.length) {
    if (one < old.length && old[one] === now[other]) {
      pieces.push({ kind: "same", text: old[one] ?? "" });
      one += 1;
      other += 1;
    } else if (other >= now.length || (one < old.length && at(one + 1, other) >= at(one, other + 1))) {
      pieces.push({ kind: "gone", text: old[one] ?? "" });
      one += 1;
    } else {
      pieces.push({ kind: "new", text: now[other] ?? "" });
      other += 1;
    }
  }
  return pieces;
}

/**
 * @param {Piece[]} pieces
 * @returns {Piece[]}
 */
function joined(pieces) {
  /** @type {Piece[]} */
  const all = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    if (piece.text === "") continue;
    if (last && last.kind === piece.kind) last.text += piece.text;
    else all.push({ ...piece });
  }
  return all;
}
