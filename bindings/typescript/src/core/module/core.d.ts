// What bindings/wasm exports. wasm-bindgen's own description needs types that not every user of the package has.

/** A question with its key. What it throws is JSON: `{"fields"}` or `{"message"}`. */
export class Task {
  constructor(request: string);
  static checkLength(characters: number): void;
  grade(answer: string): string;
  gradeDegraded(answer: string, reason: string): string;
  prepare(answer: string): Asked;
  free(): void;
}

/** An answer that was looked at; see `content`. */
export class Asked {
  private constructor();
  /** `{"grade"}`, or `{"request"}`. */
  content(): string;
  finish(reply: string): string;
  free(): void;
}

/** Starts the module, of its bytes or compiled. */
export default function init(options: { module_or_path: object }): Promise<unknown>;
