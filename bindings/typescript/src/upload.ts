import { json } from "./json.js";
import type { GradeRequest } from "./types.js";

/** Requests that are sent as lines: all at hand, or as they come. */
export type Requests = Iterable<GradeRequest> | AsyncIterable<GradeRequest>;

/**
 * Writes requests as lines, all of them before any is sent: so a lost upload can be sent again, and a refusal is read.
 * (`fetch` streams uploads in no browser over HTTP/1.1, and Node's loses the response to one that is refused halfway.)
 *
 * @throws what the iterable throws, and the signal's reason
 */
export async function upload(requests: Requests, signal: AbortSignal | undefined): Promise<string> {
  const lines: string[] = [];
  const take = (request: GradeRequest) => lines.push(`${json(request)}\n`);
  if (Symbol.iterator in requests) {
    for (const request of requests) take(request);
  } else {
    for await (const request of until(signal, requests)) take(request);
  }
  return lines.join("");
}

/** Goes through an iterable until a signal is aborted, even while it keeps us waiting. */
async function* until<T>(signal: AbortSignal | undefined, iterable: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  const iterator = iterable[Symbol.asyncIterator]();
  let stop = () => {};
  const aborted = new Promise<never>((_, failed) => {
    stop = () => failed(signal?.reason);
  });
  // It is nobody's fault where nobody waits for it.
  aborted.catch(() => {});
  signal?.addEventListener("abort", stop, { once: true });
  try {
    for (;;) {
      signal?.throwIfAborted();
      const next = await Promise.race([iterator.next(), aborted]);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    // One that still makes its next item takes note when that is done.
    iterator.return?.().catch(() => {});
  }
}
