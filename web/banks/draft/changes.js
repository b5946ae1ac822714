// What differs between a bank as it was loaded and as it is now, and how any of it is taken back.

/** @typedef {import("./edit.js").EditBank} EditBank */
/** @typedef {import("./edit.js").EditQuestion} EditQuestion */
/** @typedef {import("./edit.js").EditConcept} EditConcept */
/** @typedef {import("./edit.js").EditMisconception} EditMisconception */
/** @typedef {import("./draft.js").Draft} Draft */
/** @typedef {{label: string, before: string, after: string}} Part */

/**
 * @typedef {object} Change
 * @property {"bank" | "added" | "removed" | "changed"} kind
 * @property {string} title
 * @property {Part[]} parts
 * @property {EditQuestion} [before]
 * @property {EditQuestion} [after]
 */

/**
 * @param {EditBank | null} base
 * @param {EditBank} bank
 * @returns {Change[]}
 */
export function changes(base, bank) {
  const old = base?.questions ?? [];
  const before = new Map(old.map((question) => [question.id, question]));
  const kept = new Set(bank.questions.map((question) => question.was));
  /** @type {Change[]} */
  const all = [];
  const own = bankParts(base, bank);
  if (own.length > 0) all.push({ kind: "bank", title: "About the bank", parts: own });
  for (const question of bank.questions) {
    const was = question.was === null ? undefined : before.get(question.was);
    if (!was) {
      all.push({ kind: "added", title: titleOf(question), parts: [], after: question });
      continue;
    }
    const parts = questionParts(was, question);
    if (parts.length > 0) all.push({ kind: "changed", title: titleOf(question), parts, before: was, after: question });
  }
  for (const question of old.filter(({ id }) => !kept.has(id))) {
    all.push({ kind: "removed", title: titleOf(question), parts: [], before: question });
  }
  return all;
}

/** @param {EditQuestion} question */
const titleOf = (question) => question.question.trim() || question.id || "A question without text";

/**
 * @param {EditBank | null} base
 * @param {EditBank} bank
 */
function bankParts(base, bank) {
  const parts = differing([
    { label: "Id", before: base?.id ?? "", after: bank.id },
    { label: "Title", before: base?.title ?? "", after: bank.title },
    { label: "As of", before: base?.as_of ?? "", after: bank.as_of },
  ]);
  const order = base && orderPart("Order of the questions", base.questions, bank.questions);
  return order ? [...parts, order] : parts;
}

/**
 * Says how a question differs from the one that was loaded.
 *
 * @param {EditQuestion} before
 * @param {EditQuestion} after
 * @returns {Part[]}
 */
export function questionParts(before, after) {
  const yes = (/** @type {boolean} */ value) => (value ? "yes" : "no");
  const answers = (/** @type {EditQuestion} */ one) => one.alternative_answers.map(({ text }) => text.trim());
  const examples = (/** @type {EditQuestion} */ one) =>
    one.examples.map(({ candidate_answer: answer, score, feedback = "" }) => `${answer.trim()}\nscore: ${score}\n${feedback.trim()}`.trim());
  const others = (/** @type {Record<string, string>} */ table) => Object.entries(table).map(([id, text]) => `${id}: ${text}`);
  return [
    ...differing([
      { label: "Question", before: before.question, after: after.question },
      { label: "Id", before: before.id, after: after.id },
      { label: "Topic", before: before.topic, after: after.topic },
      { label: "Level", before: before.level, after: after.level },
      { label: "Checked against people's grades", before: yes(before.labelled), after: yes(after.labelled) },
      { label: "Reference answer", before: before.reference_answer, after: after.reference_answer },
      { label: "Alternative answers", before: answers(before).join("\n\n"), after: answers(after).join("\n\n") },
      { label: "Examples that a model is shown", before: examples(before).join("\n\n"), after: examples(after).join("\n\n") },
      { label: "Links of no concept", before: others(before.links).join("\n"), after: others(after.links).join("\n") },
      { label: "Follow-up questions of no concept", before: others(before.follow_ups).join("\n"), after: others(after.follow_ups).join("\n") },
    ]),
    ...listParts("Concept", before.concepts, after.concepts, conceptText),
    ...listParts("Misconception", before.misconceptions, after.misconceptions, misconceptionText),
  ];
}

/**
 * @template {EditConcept | EditMisconception} Item
 * @param {string} kind
 * @param {Item[]} before
 * @param {Item[]} after
 * @param {(item: Item) => string} text
 * @returns {Part[]}
 */
function listParts(kind, before, after, text) {
  const old = new Map(before.map((item) => [item.id, item]));
  const kept = new Set(after.map((item) => item.was));
  const parts = after.map((item) => {
    const was = item.was === null ? undefined : old.get(item.was);
    const label = was ? `${kind} ${was.id}` : `New: ${kind.toLowerCase()} ${item.id}`;
    return { label, before: was ? text(was) : "", after: text(item) };
  });
  const gone = before
    .filter(({ id }) => !kept.has(id))
    .map((item) => ({ label: `Removed: ${kind.toLowerCase()} ${item.id}`, before: text(item), after: "" }));
  const order = orderPart(`Order of the ${kind.toLowerCase()}s`, before, after);
  return [...differing([...parts, ...gone]), ...(order ? [order] : [])];
}

/** @param {EditConcept} concept */
function conceptText({ id, text, weight, aliases, required, link, follow_up: followUp }) {
  const lines = [
    text.trim(),
    `id: ${id}`,
    `weight: ${weight ?? ""}`,
    required && "required",
    aliases.length > 0 ? `aliases: ${aliases.join(" | ")}` : "",
    link.trim() && `link: ${link.trim()}`,
    followUp.trim() && `follow-up question: ${followUp.trim()}`,
  ];
  return lines.filter(Boolean).join("\n");
}

/** @param {EditMisconception} one */
const misconceptionText = ({ id, text, cap }) => `${text.trim()}\nid: ${id}\nhighest score: ${cap ?? ""}`;

/**
 * Compares the order of those that are in both.
 *
 * @param {string} label
 * @param {{id: string}[]} before
 * @param {{was: string | null, id: string}[]} after
 * @returns {Part | null}
 */
function orderPart(label, before, after) {
  const now = after.flatMap(({ was }) => (was === null ? [] : [was]));
  const kept = before.map(({ id }) => id).filter((id) => now.includes(id));
  if (kept.join("\n") === now.filter((id) => kept.includes(id)).join("\n")) return null;
  return { label, before: kept.join(", "), after: after.map(({ id }) => id).join(", ") };
}

/**
 * @param {Part[]} parts
 * @returns {Part[]}
 */
const differing = (parts) => parts.filter(({ before, after }) => before.trim() !== after.trim());

/**
 * Takes one change back, and leaves the others.
 *
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
