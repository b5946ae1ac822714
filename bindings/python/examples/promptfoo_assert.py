"""An assertion for promptfoo: `type: python`, `value: file://promptfoo_assert.py`.

The test case's `vars` hold `question` and `reference_answer`; the output is the candidate's answer.
"""

from typing import Any

from answer_grader import Grader

GRADER = Grader()
PASS_MARK = 0.6


def get_assert(output: str, context: dict[str, Any]) -> dict[str, Any]:
    given = context["vars"]
    grade = GRADER.grade(
        question=given.get("question", ""),
        reference_answer=given["reference_answer"],
        candidate_answer=output,
    )
    if grade.score is None:
        # promptfoo has no word for an answer that cannot be judged: it fails, and says why.
        return {"pass": False, "score": 0.0, "reason": f"ungraded: {', '.join(grade.review_reasons)}"}
    missing = ", ".join(concept["text"] for concept in grade.missing_concepts) or "nothing"
    return {"pass": grade.score >= PASS_MARK, "score": grade.score, "reason": f"missing: {missing}"}
