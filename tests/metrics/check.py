#!/usr/bin/env python3
"""Recomputes the figures of an evaluation report with SciPy and scikit-learn from its cases alone.

    pip install numpy scipy scikit-learn
    tests/metrics/check.py REPORT.json...

Prints the largest difference of each report, and ends with 1 where one is above 1e-9.
"""

import json
import math
import sys
import warnings

import numpy
from scipy import stats
from sklearn import metrics

LIMIT = 1e-9


def defined(compute):
    """A figure, or None where it is not a number."""
    try:
        value = float(compute())
    except (ValueError, ZeroDivisionError):
        return None
    return value if math.isfinite(value) else None


def levels(scores, count):
    return numpy.clip(numpy.floor(scores * (count - 1) + 0.5), 0, count - 1).astype(int)


def figures(cases, settings):
    """All metrics of the graded cases, by name."""
    graded = [case for case in cases if case["score"] is not None]
    score = numpy.array([case["score"] for case in graded], dtype=float)
    human = numpy.array([case["human_score"] for case in graded], dtype=float)
    passes = score >= settings["pass_mark"] - 1e-9
    wanted = human >= settings["human_pass_mark"] - 1e-9
    count = settings["levels"]
    constant = len(graded) < 2 or score.std() < 1e-12 or human.std() < 1e-12
    matches = [case["concept_match"] for case in graded if case["concept_match"]]
    both, reported, labelled = (
        sum(match[key] for match in matches) for key in ("both", "reported_only", "labelled_only")
    )
    share = lambda part, whole: defined(lambda: part / whole)
    return {
        "coverage": share(len(graded), len(cases)),
        "pearson_r": None if constant else defined(lambda: stats.pearsonr(score, human)[0]),
        "spearman_rho": None if constant else defined(lambda: stats.spearmanr(score, human)[0]),
        "rmse": defined(lambda: metrics.mean_squared_error(human, score) ** 0.5),
        "mae": defined(lambda: metrics.mean_absolute_error(human, score)),
        "bias": defined(lambda: (score - human).mean()) if graded else None,
        "qwk": defined(lambda: metrics.cohen_kappa_score(
            levels(human, count), levels(score, count), weights="quadratic", labels=range(count))),
        "cohen_kappa": defined(lambda: metrics.cohen_kappa_score(wanted, passes)) if graded else None,
        "macro_f1": defined(lambda: metrics.f1_score(wanted, passes, average="macro")) if graded else None,
        "false_pass_rate": share(int((passes & ~wanted).sum()), int((~wanted).sum())),
        "false_fail_rate": share(int((~passes & wanted).sum()), int(wanted.sum())),
        "concept_precision": share(both, both + reported),
        "concept_recall": share(both, both + labelled),
        "concept_f1": share(2 * both, 2 * both + reported + labelled),
    }


def groups(run):
    """The cases that each part of a run is about, with its reported figures."""
    yield "all", run["cases"], run["metrics"]
    for tag, reported in run["by_tag"].items():
        yield f"tag {tag}", [case for case in run["cases"] if tag in case.get("tags", [])], reported
    for question, reported in run["by_question"].items():
        yield f"question {question}", [c for c in run["cases"] if c["question_id"] == question], reported


def check(path):
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    largest, compared, wrong = 0.0, 0, []
    for run in report["runs"]:
        for name, cases, reported in groups(run):
            for figure, expected in figures(cases, report["settings"]).items():
                actual = reported[figure]["value"]
                compared += 1
                if (actual is None) != (expected is None):
                    wrong.append(f"{run['name']}, {name}: {figure} is {actual}, not {expected}")
                elif actual is not None:
                    largest = max(largest, abs(actual - expected))
                    if abs(actual - expected) > LIMIT:
                        wrong.append(f"{run['name']}, {name}: {figure} is {actual}, not {expected}")
    print(f"{path}: {compared} figures, largest difference {largest:.1e}, {len(wrong)} wrong")
    print(*wrong[:20], sep="\n", end="\n" if wrong else "")
    return not wrong


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    # Every report is checked, whatever the ones before it gave.
    sys.exit(not all([check(path) for path in sys.argv[1:]]))
