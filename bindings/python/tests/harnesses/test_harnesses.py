"""The examples for DeepEval and Inspect do their work within those, run for real, with no model."""

import sys
from pathlib import Path

import pytest
from deepeval import evaluate
from deepeval.evaluate.configs import CacheConfig, DisplayConfig
from deepeval.test_case import LLMTestCase
from inspect_ai import Task
from inspect_ai import eval as evaluate_task
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelOutput, ModelUsage, get_model

from answer_grader import Grader

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

from deepeval_metric import ReferenceCoverage
from inspect_scorer import reference_coverage

QUESTION = "What does an index do?"
REFERENCE = "It speeds up lookups. Writes become slower."
ANSWERS = [REFERENCE, "It speeds up lookups.", ""]


def ours() -> list[float]:
    """The scores that the wheel itself gives."""
    grades = [Grader().grade(question=QUESTION, reference_answer=REFERENCE, candidate_answer=answer) for answer in ANSWERS]
    scores = [grade.score for grade in grades if grade.score is not None]
    assert len(scores) == len(ANSWERS) and scores[0] > scores[1] > scores[2]
    return scores


def test_deepeval_measures() -> None:
    cases = [LLMTestCase(input=QUESTION, actual_output=answer, expected_output=REFERENCE) for answer in ANSWERS]
    done = evaluate(
        cases,
        [ReferenceCoverage()],
        display_config=DisplayConfig(show_indicator=False, print_results=False),
        cache_config=CacheConfig(write_cache=False),
    )
    metrics = {}
    for result in done.test_results:
        assert result.metrics_data is not None
        (metric,) = result.metrics_data
        assert metric.error is None
        metrics[result.input, result.actual_output] = (metric.score, metric.success)
    assert metrics == {
        (QUESTION, answer): (score, score >= 0.6) for answer, score in zip(ANSWERS, ours(), strict=True)
    }


def test_inspect_scores(tmp_path: Path) -> None:
    outputs = [ModelOutput.from_content("mockllm/model", answer) for answer in ANSWERS]
    for output in outputs:
        # What is not said it counts, with a vocabulary from the network.
        output.usage = ModelUsage()
    model = get_model("mockllm/model", custom_outputs=outputs)
    dataset = [Sample(id=answer or "nothing", input=QUESTION, target=REFERENCE) for answer in ANSWERS]
    task = Task(dataset=dataset, scorer=reference_coverage())
    (log,) = evaluate_task(task, model=model, display="none", log_dir=str(tmp_path), max_samples=1)
    assert log.status == "success", log.error
    scores = {}
    for sample in log.samples or []:
        scores[sample.output.completion] = (sample.scores or {})["reference_coverage"].value
    assert scores == dict(zip(ANSWERS, ours(), strict=True))
    assert log.results is not None
    assert log.results.scores[0].metrics["mean"].value == pytest.approx(sum(ours()) / len(ANSWERS))
