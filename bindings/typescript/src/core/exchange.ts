import { ReplyError } from "./errors.js";
import type { Asked } from "./module/core.js";
import { placed } from "./ranges.js";
import type { CoreGrade } from "./ranges.js";

/** What a model is to be asked. */
export interface ModelRequest {
  /** The instructions. */
  readonly system: string;
  /** Question, key and, last, the answer, fenced. */
  readonly user: string;
  /** The JSON schema of the reply. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** The schema's name, which some providers want. */
  readonly schemaName: string;
  /** The prompt's identity, which the grade has in its provenance. */
  readonly prompt: string;
}

/** Asks a language model, in whatever way, and gives the text of its reply. `signal` is aborted where the caller has no more use of it. */
export type Model = (request: ModelRequest, options: { readonly signal: AbortSignal | undefined }) => string | PromiseLike<string>;

/** What a model is to be asked about an answer, and how to read its reply. */
export class Exchange {
  readonly #asked: Asked;
  readonly #answer: string;
  /** What to ask. */
  readonly request: ModelRequest;

  /** Made by {@link Task.prepare}. */
  constructor(asked: Asked, answer: string, request: ModelRequest) {
    this.#asked = asked;
    this.#answer = answer;
    this.request = request;
  }

  /**
   * Turns the text of a model's reply into a grade, every claim checked against the answer.
   *
   * @throws ReplyError where it is not what was asked for
   */
  finish(reply: string): CoreGrade {
    if (typeof reply !== "string") throw new ReplyError("the reply is no text");
    try {
      return placed(this.#answer, this.#asked.finish(reply));
    } catch (thrown) {
      if (typeof thrown !== "string") throw thrown;
      throw new ReplyError((JSON.parse(thrown) as { message: string }).message);
    }
  }

  /** Gives back the memory of the module that it takes; see {@link Task.free}. Nothing else can be called then. */
  free(): void {
    this.#asked.free();
  }
}
