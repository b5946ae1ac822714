"""A scorer for Inspect: the offline grade of the completion against the sample's target."""

from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import TaskState

from answer_grader import Grader


@scorer(metrics=[mean(), stderr()])  # type: ignore[untyped-decorator]
def reference_coverage() -> Scorer:
    grader = Grader()

    async def score(state: TaskState, target: Target) -> Score | None:
        grade = await grader.grade_async(
            question=state.input_text,
            reference_answer=target.text,
            candidate_answer=state.output.completion,
        )
        if grade.score is None:
            # Unscored, which is not a zero.
            return None
        return Score(value=grade.score, explanation=grade.feedback, metadata=grade.to_dict())

    return score
