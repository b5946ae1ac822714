// Practice: a mock interview, one view after the other.

import { fill, find } from "../shared/dom.js";
import { busy, failure, start } from "../shared/shell.js";
import { showQuestion } from "./asking.js";
import { showFeedback } from "./feedback.js";
import { Key } from "./key.js";
import { showReport } from "./report.js";
import { showSetup } from "./setup.js";
import { forgetInterview, keepMissed, save, savedInterview } from "./state.js";

/** @typedef {import("./state.js").Interview} Interview */

const place = find("#practice", HTMLElement);

/** @param {Interview} interview */
async function go(interview) {
  try {
    const key = await busy(place, "Preparing the interview …", Key.of(interview.bank));
    show(interview, key);
  } catch (error) {
    fill(place, failure(error, () => go(interview)));
  }
}

/**
 * Shows where an interview stands.
 *
 * @param {Interview} interview
 * @param {Key} key
 */
function show(interview, key) {
  save(interview);
  scrollTo(0, 0);
  if (interview.finished) {
    showReport(place, interview, key, () => {
      forgetInterview();
      void showSetup(place, null, go);
    });
    return;
  }
  const move = () => {
    interview.at += 1;
    interview.draft = "";
    interview.draftSpoken = false;
    interview.seconds = 0;
    interview.finished = interview.at >= interview.questions.length;
    show(interview, key);
  };
  const answered = interview.answers[interview.at];
  if (answered) {
    showFeedback(place, interview, answered, key, {
      changed: () => {
        const question = interview.questions[interview.at];
        if (question) keepMissed(interview.bank, question.id, answered.grade);
        save(interview);
      },
      next: move,
    });
    return;
  }
  showQuestion(place, interview, {
    answered: (grade, text, seconds) => {
      const question = interview.questions[interview.at];
      if (!question) return;
      const asked = key.followUp(question.id, grade);
      interview.answers[interview.at] = {
        text,
        spoken: interview.draftSpoken,
        seconds,
        first: grade,
        grade,
        followUp: asked && { ...asked, answer: "", skipped: false },
      };
      keepMissed(interview.bank, question.id, grade);
      show(interview, key);
    },
    passed: move,
    ended: () => {
      interview.finished = true;
      show(interview, key);
    },
  });
}

try {
  await busy(place, "Starting …", start());
  const before = savedInterview();
  if (before?.finished || before?.answers.some((answer) => answer !== null) || before?.draft) await go(before);
  else await showSetup(place, before, go);
} catch (error) {
  fill(place, failure(error, () => location.reload()));
}
