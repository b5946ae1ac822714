// Requests to this service, and nowhere else.

/** @typedef {import("../api").components["schemas"]} Schemas */

/** What went wrong with a request: a problem of the service, or that it could not be reached. */
export class ApiProblem extends Error {
  /**
   * @param {number} status 0 where there was no response
   * @param {string} code
   * @param {string} detail
   * @param {{pointer: string, detail: string}[]} [errors]
   * @param {string} [requestId]
   */
  constructor(status, code, detail, errors = [], requestId = "") {
    super(detail);
    this.name = "ApiProblem";
    this.status = status;
    this.code = code;
    this.errors = errors;
    this.requestId = requestId;
  }

  /** All of it in one sentence or more, for people. */
  get told() {
    if (this.code === "key_required") return "You are not signed in. Sign in with an API key, above on the right.";
    const fields = this.errors.map(({ pointer, detail }) => `${pointer.slice(1)}: ${detail}`);
    return [this.message, ...fields].join("\n");
  }
}

/** @type {() => Promise<boolean>} */
let signIn = async () => false;

/**
 * Says how somebody signs in when a request needs a key.
 *
 * @param {() => Promise<boolean>} how gives whether they did
 */
export function onKeyNeeded(how) {
  signIn = how;
}

/**
 * @typedef {object} Options
 * @property {unknown} [json] the body, as JSON
 * @property {string} [text] the body, as it is
 * @property {string} [type] what the text is
 * @property {Record<string, string>} [headers]
 * @property {AbortSignal} [signal]
 */

/**
 * Sends a request and gives its response; whoever has no key yet is asked for one.
 *
 * @param {string} method
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<Response>}
 */
export async function send(method, path, options = {}) {
  const response = await once(method, path, options);
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (response.status === 401 && problem.code === "key_required" && (await signIn())) {
    const again = await once(method, path, options);
    if (again.ok) return again;
    throw await problemOf(again);
  }
  throw problem;
}

/**
 * @param {string} method
 * @param {string} path
 * @param {Options} options
 */
async function once(method, path, { json, text, type, headers = {}, signal }) {
  const body = json === undefined ? text : JSON.stringify(json);
  const kind = json === undefined ? type : "application/json";
  try {
    return await fetch(path, {
      method,
      ...(body === undefined ? {} : { body }),
      headers: { accept: "application/json", ...(kind ? { "content-type": kind } : {}), ...headers },
      credentials: "same-origin",
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiProblem(0, "unreachable", "The server does not answer. Is it still running?");
  }
}

/**
 * @param {Response} response
 * @returns {Promise<ApiProblem>}
 */
async function problemOf(response) {
  try {
    const { code, detail, errors, request_id: id } = await response.json();
    return new ApiProblem(response.status, code, detail, errors, id);
  } catch {
    return new ApiProblem(response.status, "unreadable", `The server answered ${response.status}.`);
  }
}

/**
 * Gets a JSON document.
 *
 * @template Document
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<Document>}
 */
export async function get(path, options) {
  return (await send("GET", path, options)).json();
}

/**
 * Sends a JSON document and gives the one that comes back.
 *
 * @template Document
 * @param {string} path
 * @param {unknown} json
 * @param {Options} [options]
 * @returns {Promise<Document>}
 */
export async function post(path, json, options) {
  return (await send("POST", path, { ...options, json })).json();
}
