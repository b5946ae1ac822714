// The question of a bank in the page's address, so that a link leads to it: #question_id=bank/question

const NAME = "question_id";

/**
 * Gives the question that the address names, empty where it names none.
 *
 * @returns {string}
 */
export function namedQuestion() {
  return new URLSearchParams(location.hash.slice(1)).get(NAME) ?? "";
}

/**
 * Has the address name a question, or none. It takes no step of the browser's history.
 *
 * @param {string} id
 */
export function nameQuestion(id) {
  if (id === namedQuestion()) return;
  // A slash may stand in a hash, and is easier to read so.
  const hash = id === "" ? "" : `#${NAME}=${encodeURIComponent(id).replaceAll("%2F", "/")}`;
  history.replaceState(history.state, "", location.pathname + location.search + hash);
}

/** @param {(id: string) => void} listener called when somebody follows a link, or writes another address */
export function onQuestionNamed(listener) {
  addEventListener("hashchange", () => listener(namedQuestion()));
}
