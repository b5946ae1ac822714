"""A metric for DeepEval: the offline grade of `actual_output` against `expected_output`."""

from typing import Any

from deepeval.metrics import BaseMetric
from deepeval.test_case import LLMTestCase

from answer_grader import Grader


class ReferenceCoverage(BaseMetric):  # type: ignore[misc]
    def __init__(self, threshold: float = 0.6) -> None:
        self.threshold = threshold
        self.grader = Grader()

    def measure(self, test_case: LLMTestCase, *_: Any, **__: Any) -> float:
        grade = self.grader.grade(
            question=test_case.input,
            reference_answer=test_case.expected_output,
            candidate_answer=test_case.actual_output,
        )
        if grade.score is None:
            self.error = ", ".join(grade.review_reasons)
            raise ValueError(f"ungraded: {self.error}")
        self.score = grade.score
        self.success = grade.score >= self.threshold
        self.reason = grade.feedback
        return grade.score

    async def a_measure(self, test_case: LLMTestCase, *_: Any, **__: Any) -> float:
        return self.measure(test_case)

    def is_successful(self) -> bool:
        return bool(self.success)

    @property
    def __name__(self) -> str:
        return "Reference coverage"
