// Has a review kept, and says why one was not.

import { ApiProblem } from "../shared/api.js";
import { h } from "../shared/dom.js";
import { decide, kept, version } from "./records.js";

/** @typedef {import("./types.js").ReviewRequest} ReviewRequest */

const MEANWHILE = "reviewed_meanwhile";

/** @type {Record<string, string>} */
const STALE = {
  [MEANWHILE]:
    "Not saved: somebody else wrote about this grade while you had it open. It is in the history now. What you entered is still here; save again if you still mean it.",
  does_not_count: "Not saved: this grade does not count any more. Open the one that does.",
  same_reviewer: "Not saved: you have judged this answer, so somebody else decides the appeal.",
};

/**
 * Keeps a review of what was shown, and of nothing that came later: the service takes any review that does
 * not come at the very same moment as another.
 *
 * @param {{id: string, kept: import("./types.js").Kept}} shown
 * @param {ReviewRequest} decided
 */
export async function keepReview(shown, decided) {
  const now = await kept(shown.id, false);
  if (version(now) !== version(shown.kept)) throw new ApiProblem(409, MEANWHILE, "");
  return decide(shown.id, decided);
}

/**
 * Says that the grade is not any more what was shown; null where something else is wrong.
 *
 * @param {unknown} error
 * @returns {string | null}
 */
export function staleWords(error) {
  return error instanceof ApiProblem ? (STALE[error.code] ?? null) : null;
}

/**
 * Says what helps where the grade's concepts are hidden, and it turns out to have none.
 *
 * @param {unknown} error
 */
export function adviceOn(error) {
  const isOnVerdicts = error instanceof ApiProblem && error.errors.some(({ pointer }) => pointer.startsWith("/verdicts"));
  return isOnVerdicts && h("p", {}, "This grade was made without them: set every verdict to “not judged”, and save again.");
}
