import createClient from "openapi-fetch";
import type { Client } from "openapi-fetch";

import { Deadline, sleep, within } from "./deadline.js";
import { Redirected } from "./errors.js";
import { isRedirect, refused, thrown, unreadable } from "./failure.js";
import { json } from "./json.js";
import { checkedRetries, checkedTimeout } from "./options.js";
import type { CallOptions, Settings } from "./options.js";
import { isUnderWay, mayRepeat, waitAfter } from "./retry.js";
import type { Repeating } from "./retry.js";
import type { paths } from "./schema.js";

/** How one call is made. */
export interface Manner extends CallOptions {
  /** What repeating it does. */
  readonly repeating: Repeating;
  /** The time that it has, where somebody else watches over it. */
  readonly deadline?: Deadline | undefined;
  /** Whether the body is to be read as it comes. */
  readonly streamed?: boolean | undefined;
}

const REPEATABLE = new Set(["GET", "HEAD", "PUT", "DELETE"]);

/** Sends requests: with the key, within a time, again where that is safe, and with errors of this package. */
export class Transport {
  readonly settings: Settings;
  /** The API path by path, typed by its description. */
  readonly client: Client<paths>;

  constructor(settings: Settings) {
    this.settings = settings;
    this.client = createClient<paths>({
      baseUrl: settings.baseUrl,
      bodySerializer: json,
      fetch: (request) => this.#send(request, { repeating: REPEATABLE.has(request.method) ? "always" : "unsent" }),
    });
  }

  /** Gives what `fetch` is for one call of the client. */
  sending(manner: Manner): (request: Request) => Promise<Response> {
    return (request) => this.#send(request, manner);
  }

  async #send(request: Request, manner: Manner): Promise<Response> {
    const retries = checkedRetries(manner.retries ?? this.settings.retries);
    const timeout = checkedTimeout(manner.timeout ?? this.settings.timeout);
    const deadline = manner.deadline ?? new Deadline(timeout, manner.signal ?? request.signal);
    try {
      for (let failures = 0, waits = 0; ; ) {
        try {
          return await this.#attempt(request.clone(), deadline.signal, manner.streamed ?? false);
        } catch (error) {
          // Waiting for what an earlier attempt has begun is no further attempt, and ends with the time.
          const isWaiting = failures > 0 && isUnderWay(error);
          const again = isWaiting || (failures < retries && mayRepeat(error, manner.repeating));
          const wait = waitAfter(error, isWaiting ? waits : failures, this.settings.retryAfterLimit);
          // What would come too late is told now.
          if (!again || wait === undefined || wait >= deadline.left) throw error;
          if (isWaiting) waits += 1;
          else failures += 1;
          await sleep(wait, deadline.signal);
        }
      }
    } finally {
      if (manner.deadline === undefined) deadline.end();
    }
  }

  async #attempt(request: Request, signal: AbortSignal, streamed: boolean): Promise<Response> {
    signal.throwIfAborted();
    const key = await within(signal, this.settings.apiKey());
    if (key !== undefined) request.headers.set("Authorization", `Bearer ${key}`);
    let response;
    let body;
    try {
      // `manual` and not `error`: of that `fetch` says no more than that it failed.
      response = await this.settings.fetch(request, { signal, redirect: "manual" });
      if (isRedirect(response)) {
        await response.body?.cancel();
        throw new Redirected();
      }
      if (response.ok && streamed) return response;
      body = await response.text();
    } catch (cause) {
      signal.throwIfAborted();
      throw thrown(cause, response ? "the response broke off" : "the service could not be reached");
    }
    if (!response.ok) throw refused(response, body);
    const { status, headers } = response;
    return new Response(body === "" ? null : body, { status, headers: without(headers, "content-length") });
  }
}

/** Takes the data of a response; what is no such data is no response of the service. */
export async function data<T>(answered: Promise<{ data?: T; response: Response }>): Promise<NonNullable<T>> {
  let status = 200;
  try {
    const { data, response } = await answered;
    status = response.status;
    if (data !== undefined && data !== null) return data;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw unreadable(status);
}

function without(headers: Headers, name: string): Headers {
  const rest = new Headers(headers);
  rest.delete(name);
  return rest;
}
