import type { GradePage, ListedGrade } from "./types.js";

/**
 * Kept grades, the latest first; pages are asked for as they are needed. It can be gone through more than once, and asks
 * anew each time.
 */
export class GradeList implements AsyncIterable<ListedGrade> {
  readonly #page: (cursor: string | undefined) => Promise<GradePage>;
  readonly #first: string | undefined;

  /** Makes a list of what fetches a page. */
  constructor(page: (cursor: string | undefined) => Promise<GradePage>, first: string | undefined) {
    this.#page = page;
    this.#first = first;
  }

  /** Gives grade after grade. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ListedGrade, void, undefined> {
    for await (const page of this.pages()) yield* page.grades;
  }

  /** Gives page after page; the `next_cursor` of one can be kept, and be `cursor` of a list of another day. */
  async *pages(): AsyncGenerator<GradePage, void, undefined> {
    let cursor = this.#first;
    for (;;) {
      const page = await this.#page(cursor);
      yield page;
      if (page.next_cursor === undefined || page.next_cursor === null) return;
      cursor = page.next_cursor;
    }
  }
}
