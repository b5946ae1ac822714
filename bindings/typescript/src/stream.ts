import { Deadline, sleep } from "./deadline.js";
import { thrown } from "./failure.js";
import { mayReopen, waitAfter } from "./retry.js";

/** How a stream is opened. */
export interface Opening {
  /** Milliseconds until the first bytes, and then of silence between any two. */
  readonly timeout: number;
  /** Milliseconds of silence once the stream is open, instead of `timeout`. */
  readonly silence?: number;
  readonly signal: AbortSignal | undefined;
  /** Sends the request. */
  readonly open: (deadline: Deadline) => Promise<ReadableStream<Uint8Array>>;
}

/** Reads a response as text while it comes. Whoever stops reading closes the connection by that. */
export async function* pieces(opening: Opening): AsyncGenerator<string, void, undefined> {
  const deadline = new Deadline(opening.timeout, opening.signal);
  let reader;
  try {
    reader = (await opening.open(deadline)).getReader();
    const decoder = new TextDecoder();
    for (;;) {
      deadline.restart(opening.silence ?? opening.timeout);
      const { done, value } = await read(reader, deadline.signal);
      // How long the caller takes over a piece is the caller's business.
      deadline.pause();
      if (done) break;
      yield decoder.decode(value, { stream: true });
    }
    yield decoder.decode();
  } finally {
    deadline.end();
    // It may be broken already.
    reader?.cancel().catch(() => {});
  }
}

async function read(reader: ReadableStreamDefaultReader<Uint8Array>, signal: AbortSignal) {
  signal.throwIfAborted();
  try {
    return await reader.read();
  } catch (cause) {
    signal.throwIfAborted();
    throw thrown(cause, "the response broke off");
  }
}

/** How often a stream that breaks off is opened again. */
export interface Patience {
  /** Openings in a row that give nothing new. */
  readonly retries: number;
  readonly retryAfterLimit: number;
  readonly signal: AbortSignal | undefined;
}

/** Goes on where a stream breaks off, by opening it again; what comes again is left out, and is no progress. */
export async function* reopened<T>(
  open: () => AsyncIterable<T>,
  isNew: (item: T) => boolean,
  patience: Patience,
): AsyncGenerator<T, void, undefined> {
  let failures = 0;
  for (;;) {
    try {
      for await (const item of open()) {
        if (!isNew(item)) continue;
        failures = 0;
        yield item;
      }
      return;
    } catch (error) {
      patience.signal?.throwIfAborted();
      const wait = waitAfter(error, failures, patience.retryAfterLimit);
      if (!mayReopen(error) || failures >= patience.retries || wait === undefined) throw error;
      failures += 1;
      await sleep(wait, patience.signal);
    }
  }
}
