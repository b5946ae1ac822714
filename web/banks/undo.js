// One change taken back, the others left.

/** @typedef {import("./changes.js").Change} Change */
/** @typedef {import("./draft.js").Draft} Draft */

/**
 * @param {Draft} draft
 * @param {Change} change
 */
export function undo({ bank, base }, { kind, before, after }) {
  const index = after ? bank.questions.indexOf(after) : -1;
  if (kind === "added") bank.questions.splice(index, 1);
  if (kind === "changed" && before && after) {
    bank.questions[index] = { ...structuredClone(before), rejected: after.rejected };
  }
  if (kind === "removed" && before && base) {
    bank.questions.splice(base.questions.indexOf(before), 0, structuredClone(before));
  }
  if (kind === "bank" && base) {
    bank.title = base.title;
    bank.as_of = base.as_of;
    const order = base.questions.map(({ id }) => id);
    // Those that are new stand behind those that have a place.
    const place = (/** @type {string | null} */ was) => (was !== null && order.includes(was) ? order.indexOf(was) : order.length);
    bank.questions.sort((one, other) => place(one.was) - place(other.was));
  }
}
