import { Deadline } from "./deadline.js";
import { NetworkError } from "./errors.js";
import { events } from "./events.js";
import { unreadable } from "./failure.js";
import { madeKey } from "./key.js";
import { lines } from "./lines.js";
import { checkedRetries, checkedTimeout } from "./options.js";
import type { CallOptions } from "./options.js";
import { pieces, reopened } from "./stream.js";
import { data } from "./transport.js";
import type { Transport } from "./transport.js";
import type * as api from "./types.js";
import { upload } from "./upload.js";
import type { Requests } from "./upload.js";

/** What {@link Jobs.create} takes. */
export interface CreateJobOptions extends CallOptions {
  /** Names the job: a second upload of the same lines within a day is the same job. Made where nothing is said. */
  idempotencyKey?: string | undefined;
  /** What becomes of answers while the model is gone: `error` (the default: the job pauses) or `keyword`. */
  fallback?: "error" | "keyword" | undefined;
  /** Who judges where a request does not say: `auto` (the default), `llm` or `keyword`. */
  method?: "auto" | "llm" | "keyword" | undefined;
}

/** What {@link Jobs.results} takes. */
export interface ResultsOptions extends CallOptions {
  /** Whether a job that has not ended gives what there is so far, rather than `job_unfinished`. */
  partial?: boolean | undefined;
}

/** What {@link Jobs.progress} takes. */
export interface ProgressOptions {
  /** Ends the iteration, which then throws the signal's `reason`. */
  signal?: AbortSignal | undefined;
  /** Milliseconds until a connection answers, instead of the client's `timeout`. */
  timeout?: number | undefined;
  /**
   * Connections in a row that may break off with nothing new, 10 where nothing is said, which is half a minute or more: a
   * restart of the service.
   */
  reconnects?: number | undefined;
}

/** A connection is dead that is silent for longer, in milliseconds: the service says something every 15 s. */
const LONGEST_SILENCE = 45_000;

/** Has large batches graded by the service's workers, and follows them. */
export class Jobs {
  readonly #transport: Transport;

  /** Is made by `AnswerGrader`. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Sends requests as a job, 1 to 100,000 unless the service is set otherwise: all of them are accepted, or none.
   *
   * An iterable, async or not, is gone through first, for as long as it takes, and its lines are kept in memory until the
   * service has them, so that they can be sent again; `timeout` is that of the sending. What it throws is thrown.
   *
   * Some errors: `invalid_request` (422) names wrong lines, at most 20, each pointer begins with the line's place from 0;
   * `too_many_answers` (413); `no_records` (404) where the service keeps nothing.
   */
  async create(requests: Requests, options: CreateJobOptions = {}): Promise<api.Job> {
    const { idempotencyKey, fallback, method, ...call } = options;
    const written = await upload(requests, options.signal);
    const answered = this.#transport.client.POST("/v1/jobs", {
      params: {
        header: { "Idempotency-Key": idempotencyKey ?? madeKey() },
        query: { ...(fallback && { fallback }), ...(method && { method }) },
      },
      headers: { "Content-Type": "application/x-ndjson" },
      // The description knows of one line only.
      body: written as never,
      bodySerializer: (lines: unknown) => lines,
      fetch: this.#transport.sending({ ...call, repeating: "always" }),
    });
    return data(answered);
  }

  /** Shows how far a job is. `unknown_job` (404) where none has the id, or it is another key's. */
  async get(id: string, options: CallOptions = {}): Promise<api.Job> {
    const fetch = this.#transport.sending({ ...options, repeating: "always" });
    return data(this.#transport.client.GET("/v1/jobs/{id}", { params: { path: { id } }, fetch }));
  }

  /**
   * Gives what became of each answer, in their order. `timeout` is the longest silence, not the whole time; where the
   * connection breaks off, it goes on with the next answer, unless `retries` further ones in a row bring nothing new. `job_unfinished` (409) unless it has ended or `partial` is set.
   */
  async *results(id: string, options: ResultsOptions = {}): AsyncGenerator<api.JobResult, void, undefined> {
    let next = 0;
    const read = () => this.#lines(id, options);
    const isNew = ({ index }: api.JobResult) => index >= next;
    for await (const result of reopened(read, isNew, this.#patience(options.retries, options.signal))) {
      next = result.index + 1;
      yield result;
    }
  }

  /**
   * Gives the job whenever it has changed, about once a second, first as it stands and at last as it ended; then it is
   * over. It reconnects where the connection breaks off, and sends the key, as `EventSource` cannot.
   */
  async *progress(id: string, options: ProgressOptions = {}): AsyncGenerator<api.Job, void, undefined> {
    let last: string | undefined;
    const read = () => this.#events(id, options);
    const reconnects = checkedRetries(options.reconnects ?? 10, "reconnects");
    // A new connection begins with what the one before may have said.
    const isNew = (text: string) => text !== last;
    for await (const text of reopened(read, isNew, this.#patience(reconnects, options.signal))) {
      last = text;
      const job = parsed<api.Job>(text);
      if (job === undefined) throw unreadable(200);
      yield job;
    }
  }

  /** Ends a job; what is graded stays. `job_ended` (409) where it had ended, perhaps by an earlier attempt of this call. */
  async cancel(id: string, options: CallOptions = {}): Promise<api.Job> {
    const fetch = this.#transport.sending({ ...options, repeating: "always" });
    return data(this.#transport.client.POST("/v1/jobs/{id}/cancel", { params: { path: { id } }, fetch }));
  }

  /** Takes up again what has no grade. `job_unfinished` (409) until it has ended, `nothing_to_retry` (409) if all have one. */
  async retry(id: string, options: CallOptions = {}): Promise<api.Job> {
    const fetch = this.#transport.sending({ ...options, repeating: "unsent" });
    return data(this.#transport.client.POST("/v1/jobs/{id}/retry", { params: { path: { id } }, fetch }));
  }

  async *#lines(id: string, options: ResultsOptions): AsyncGenerator<api.JobResult, void, undefined> {
    const { settings, client } = this.#transport;
    const open = async (deadline: Deadline) => {
      const query = options.partial ? { partial: true } : {};
      const fetch = this.#transport.sending({ repeating: "always", retries: 0, streamed: true, deadline });
      const request = { params: { path: { id }, query }, parseAs: "stream", fetch } as const;
      return data(client.GET("/v1/jobs/{id}/results", request));
    };
    const timeout = checkedTimeout(options.timeout ?? settings.timeout);
    let cut: string | undefined;
    for await (const line of lines(pieces({ timeout, signal: options.signal, open }))) {
      if (line.trim() === "") continue;
      // Only the last line may be half of one.
      if (cut !== undefined) throw unreadable(200);
      const result = parsed<api.JobResult>(line);
      if (result === undefined) cut = line;
      else if (Number.isInteger(result.index)) yield result;
      else throw unreadable(200);
    }
    if (cut === undefined) return;
    // A proxy that lost the service may end its own response as if that were all.
    throw cut.startsWith("{") ? new NetworkError("the response broke off") : unreadable(200);
  }

  async *#events(id: string, options: ProgressOptions): AsyncGenerator<string, void, undefined> {
    const { settings, client } = this.#transport;
    const open = async (deadline: Deadline) => {
      const fetch = this.#transport.sending({ repeating: "always", retries: 0, streamed: true, deadline });
      const request = { params: { path: { id } }, headers: { Accept: "text/event-stream" }, parseAs: "stream", fetch } as const;
      return data(client.GET("/v1/jobs/{id}/events", request));
    };
    const timeout = checkedTimeout(options.timeout ?? settings.timeout);
    const opening = { timeout, silence: LONGEST_SILENCE, signal: options.signal, open };
    for await (const { event, data } of events(pieces(opening))) {
      if (event !== "progress" && event !== "ended") continue;
      yield data;
      if (event === "ended") return;
    }
    throw new NetworkError("the job's events broke off");
  }

  #patience(retries: number | undefined, signal: AbortSignal | undefined) {
    const { settings } = this.#transport;
    return { retries: checkedRetries(retries ?? settings.retries), retryAfterLimit: settings.retryAfterLimit, signal };
  }
}

/** Reads an object of the service; `undefined` where it is none. */
function parsed<T extends object>(text: string): T | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
