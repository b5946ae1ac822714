// What whoever is there may do with banks, and why not more.

/** @typedef {import("../shared/shell.js").Session} Session */
/** @typedef {{see: boolean, edit: boolean, propose: boolean, why: string}} May */

/**
 * @param {Session} session
 * @returns {May}
 */
export function mayOf({ scopes, records }) {
  const has = (/** @type {Session["scopes"][number]} */ scope) => scopes.includes(scope);
  const see = has("references");
  const edit = see && has("admin") && records;
  return { see, edit, propose: has("grade"), why: edit ? "" : why(see, has("admin")) };
}

/**
 * @param {boolean} see
 * @param {boolean} isAdmin
 */
function why(see, isAdmin) {
  if (!see) {
    return "You see the questions only. Reference answers, concepts and misconceptions are the key to them: your key needs the scope “references” to see them, and “admin” to change them.";
  }
  if (!isAdmin) return "You can read banks and download them. To change them, your key needs the scope “admin”.";
  return "You can read banks and download them. They cannot be changed here, since this service has no database to keep them in: change their files.";
}
