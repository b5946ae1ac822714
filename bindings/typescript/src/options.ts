/** How a client reaches the service, and how patient it is. */
export interface AnswerGraderOptions {
  /**
   * The service's address, such as `https://grader.example` (a path before `/v1` may follow it). In a browser, on a page
   * of the service's own origin, `""` will do; the service allows no other origin (it sends no CORS headers).
   */
  baseUrl: string;
  /**
   * The API key, or what gives it for each attempt. Left out where the service has no keys, or where a browser is signed
   * in by cookie.
   */
  apiKey?: string | (() => string | Promise<string>) | undefined;
  /**
   * Milliseconds that a call may take with all its retries, 290,000 where nothing is said, `Infinity` for no end. The
   * service ends a request after 300,000 unless it is set otherwise, and so does the `fetch` of Node.
   */
  timeout?: number | undefined;
  /** Further attempts after a failure that may pass, where repeating is safe: 0 or more, 2 where nothing is said. */
  retries?: number | undefined;
  /** Milliseconds for which `Retry-After` is obeyed, 60,000 where nothing is said; a longer wait is an error at once. */
  retryAfterLimit?: number | undefined;
  /** What sends requests instead of the global `fetch`: for proxies, measuring, tests. */
  fetch?: typeof globalThis.fetch | undefined;
}

/** What any call takes. */
export interface CallOptions {
  /** Ends the call; its promise is then rejected with the signal's `reason`, as that of `fetch` is. */
  signal?: AbortSignal | undefined;
  /** Milliseconds for this call, instead of the client's `timeout`. */
  timeout?: number | undefined;
  /** Further attempts for this call, instead of the client's `retries`. */
  retries?: number | undefined;
}

/** Options as they hold, checked. */
export interface Settings {
  readonly baseUrl: string;
  readonly apiKey: () => string | undefined | Promise<string | undefined>;
  readonly timeout: number;
  readonly retries: number;
  readonly retryAfterLimit: number;
  readonly fetch: typeof globalThis.fetch;
}

/** Checks options, and fills in what is not said. */
export function checked(options: AnswerGraderOptions): Settings {
  const { baseUrl, apiKey, fetch } = options;
  if (typeof baseUrl !== "string") throw new TypeError("baseUrl must be the service's address");
  return {
    baseUrl,
    apiKey: typeof apiKey === "function" ? async () => checkedKey(await apiKey()) : constant(checkedKey(apiKey)),
    timeout: checkedTimeout(options.timeout ?? 290_000),
    retries: checkedRetries(options.retries ?? 2),
    retryAfterLimit: checkedTimeout(options.retryAfterLimit ?? 60_000, "retryAfterLimit"),
    // The browser's `fetch` has to be called on its window.
    fetch: fetch ?? ((input, init) => globalThis.fetch(input, init)),
  };
}

/** Checks a number of milliseconds. */
export function checkedTimeout(milliseconds: number, name = "timeout"): number {
  if (!(milliseconds >= 0)) throw new RangeError(`${name} must be a number of milliseconds, 0 or more`);
  return milliseconds;
}

/** Checks a number of further attempts. */
export function checkedRetries(retries: number, name = "retries"): number {
  if (!Number.isInteger(retries) || retries < 0) throw new RangeError(`${name} must be a whole number, 0 or more`);
  return retries;
}

/** Refuses what no header can hold; what `fetch` would throw has the key in its message. */
function checkedKey(key: string | undefined): string | undefined {
  if (key === undefined || /^[\x21-\x7e]+$/.test(key)) return key;
  throw new TypeError("apiKey must be visible ASCII characters, as `answer-grader key create` prints it");
}

function constant<T>(value: T): () => T {
  return () => value;
}
