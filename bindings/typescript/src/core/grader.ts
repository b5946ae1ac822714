import type { Model } from "./exchange.js";
import { load } from "./load.js";
import type { ModuleSource } from "./load.js";
import type { CoreGrade } from "./ranges.js";
import { Task } from "./task.js";
import type { TaskRequest, WithModel } from "./task.js";

/** What {@link Grader.load} takes. */
export interface CoreOptions {
  /**
   * Where the module is, if not beside this package's files: its address (seen from the page or worker), or its bytes
   * (compressed or not), or a module that was compiled already. Only the first call's counts.
   */
  module?: ModuleSource | undefined;
}

/** A question with its key, and an answer. */
export type OneAnswer = TaskRequest & { candidate_answer: string };

/** Grades answers where it runs: nothing is sent anywhere but by a model of yours. */
export class Grader {
  private constructor() {}

  /**
   * Loads the module, once for the whole process or page.
   *
   * @throws TypeError or Error of the platform where it cannot be read or compiled
   */
  static async load(options?: CoreOptions): Promise<Grader> {
    await load(options?.module);
    return new Grader();
  }

  /**
   * Prepares a question, for more than one answer.
   *
   * @throws InvalidRequestError with all that is wrong
   */
  task(request: TaskRequest): Task {
    return new Task(request);
  }

  /**
   * Grades one answer by its words.
   *
   * @throws InvalidRequestError with all that is wrong
   */
  grade(one: OneAnswer): CoreGrade {
    const { candidate_answer: answer, ...request } = one ?? ({} as OneAnswer);
    const task = this.task(request);
    try {
      return task.grade(answer);
    } finally {
      task.free();
    }
  }

  /**
   * Grades one answer by a model of yours; see {@link Task.gradeWith}.
   *
   * @throws InvalidRequestError, ModelError, or the reason of `signal`
   */
  async gradeWith(model: Model, one: OneAnswer, options?: WithModel): Promise<CoreGrade> {
    const { candidate_answer: answer, ...request } = one ?? ({} as OneAnswer);
    const task = this.task(request);
    try {
      return await task.gradeWith(model, answer, options);
    } finally {
      task.free();
    }
  }
}
