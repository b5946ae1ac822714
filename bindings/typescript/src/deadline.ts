import { TimeoutError } from "./errors.js";

/** What timers can wait for; beyond it they would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Ends what it is given to when time is up or when the caller wants it, and tells which of the two it was. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #follow = () => this.#controller.abort(this.#caller?.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #end = Infinity;

  /** Begins with so many milliseconds; `Infinity` has no end. */
  constructor(milliseconds: number, caller: AbortSignal | undefined) {
    this.#caller = caller;
    if (caller?.aborted) this.#follow();
    else caller?.addEventListener("abort", this.#follow, { once: true });
    this.restart(milliseconds);
  }

  /** Is aborted by a `TimeoutError`, or by the caller's reason. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Milliseconds that are left. */
  get left(): number {
    return this.#end - Date.now();
  }

  /** Begins anew: for streams, whose silence is measured. */
  restart(milliseconds: number): void {
    this.pause();
    if (milliseconds > LONGEST_TIMER) return;
    this.#end = Date.now() + milliseconds;
    const late = new TimeoutError(`nothing came within ${milliseconds} ms`);
    this.#timer = setTimeout(() => this.#controller.abort(late), milliseconds);
  }

  /** Stops the time, while it is the caller who is awaited. */
  pause(): void {
    clearTimeout(this.#timer);
    this.#end = Infinity;
  }

  /** Forgets it; whoever has begun one ends it. */
  end(): void {
    this.pause();
    this.#caller?.removeEventListener("abort", this.#follow);
  }
}

/** Waits for something that knows nothing of the signal; throws the signal's reason as soon as it is aborted. */
export async function within<T>(signal: AbortSignal, coming: T | PromiseLike<T>): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, failed) => {
    stop = () => failed(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([coming, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Waits; throws the signal's reason as soon as it is aborted. */
export async function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((done, failed) => {
    const stop = () => {
      clearTimeout(timer);
      failed(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      done();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
