#!/usr/bin/env python3
"""Compares the offline grader with other measures of likeness: agreement with people, and speed.

    cargo build --release --locked
    pip install -r benches/peers/requirements.txt
    python3 benches/peers/compare.py agreement CASES.jsonl ...
    python3 benches/peers/compare.py speed CASES.jsonl

Agreement is Pearson's r with the human score; where several reference answers are given, each peer
keeps the best, as the grader does. Speed is answers per second of CPU time on one thread, references
prepared, on answers of 40 to 56 words; the grader's own figure comes from the same run, by
`cargo bench --bench keyword -- --cases CASES.jsonl`, and includes missing concepts, evidence and
feedback, which no peer has.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np
from nltk.stem.snowball import SnowballStemmer
from rapidfuzz import fuzz
from sklearn.feature_extraction.text import TfidfVectorizer

ROOT = Path(__file__).resolve().parents[2]
WORD = TfidfVectorizer().build_tokenizer()


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def references(case):
    return [case["reference_answer"], *case.get("alternative_answers", [])]


def words(text):
    return set(WORD(text.lower()))


def jaccard(reference, answer):
    union = reference | answer
    return len(reference & answer) / len(union) if union else 0.0


def best(case, likeness):
    return max(likeness(reference, case["candidate_answer"]) for reference in references(case))


def tfidf(cases):
    """Cosine of TF-IDF vectors; fitted on all references and answers of the file."""
    texts = [text for case in cases for text in (*references(case), case["candidate_answer"])]
    vectorizer = TfidfVectorizer().fit(texts)
    scores = np.zeros(len(cases))
    answers = vectorizer.transform(case["candidate_answer"] for case in cases)
    rows, owners = [], []
    for at, case in enumerate(cases):
        for reference in references(case):
            rows.append(reference)
            owners.append(at)
    keys = vectorizer.transform(rows)
    likeness = np.asarray(keys.multiply(answers[owners]).sum(axis=1)).ravel()
    np.maximum.at(scores, owners, likeness)
    return scores


def ours(path):
    """Scores of the program's own `eval`, with every guard; ungraded answers are left out."""
    program = ROOT / "target" / "release" / "answer-grader"
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [program, "eval", path, "--method", "keyword", "-o", report]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cases = json.loads(report.read_text())["runs"][0]["cases"]
    return {case["id"]: case["score"] for case in cases if case["score"] is not None}


def agreement(paths):
    print(f"{'file':24} {'n':>6} {'TF-IDF':>8} {'Jaccard':>8} {'token set':>9} {'this':>8}")
    for path in paths:
        graded = ours(path)
        cases = [case for case in read(path) if case["id"] in graded]
        people = [case["score"] for case in cases]
        columns = [
            tfidf(cases),
            [best(case, lambda one, other: jaccard(words(one), words(other))) for case in cases],
            [best(case, fuzz.token_set_ratio) for case in cases],
            [graded[case["id"]] for case in cases],
        ]
        figures = [np.corrcoef(people, column)[0, 1] for column in columns]
        shown = " ".join(f"{figure:8.3f}" for figure in figures)
        print(f"{Path(path).stem:24} {len(cases):6} {shown}")


def rate(count, work):
    """Answers per second of CPU time: the best of five runs, since the machine is shared."""
    times = []
    for _ in range(5):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return count / min(times)


def speed(path):
    cases = [case for case in read(path) if 40 <= len(case["candidate_answer"].split()) <= 56]
    pairs = [(case["reference_answer"], case["candidate_answer"]) for case in cases]
    stemmer = SnowballStemmer("english")
    stems = {key: {stemmer.stem(word) for word in words(key)} for key, _ in pairs}

    def batch():
        vectorizer = TfidfVectorizer().fit(stems)
        keys = vectorizer.transform(key for key, _ in pairs)
        return keys.multiply(vectorizer.transform(answer for _, answer in pairs)).sum(axis=1)

    def stemmed():
        for key, answer in pairs:
            jaccard(stems[key], {stemmer.stem(word) for word in words(answer)})

    bench = ["cargo", "bench", "--locked", "--bench", "keyword", "--", "--cases", os.path.abspath(path)]
    shown = subprocess.run(bench, check=True, cwd=ROOT, capture_output=True, text=True).stdout
    figures = {
        "rapidfuzz token_set_ratio": rate(
            len(pairs), lambda: [fuzz.token_set_ratio(key, answer) for key, answer in pairs]
        ),
        "scikit-learn TF-IDF, one batch": rate(len(pairs), batch),
        "NLTK stems, Jaccard": rate(len(pairs), stemmed),
        "answer-grader": float(shown.split("answers per second of CPU: ")[1].split()[0]),
    }
    print(f"{len(pairs)} answers of {Path(path).stem}")
    first = next(iter(figures.values()))
    for name, figure in figures.items():
        print(f"{name:32} {figure:10,.0f} answers per second of CPU  {figure / first:6.2f} x")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["agreement", *paths] if paths:
            agreement(paths)
        case ["speed", path]:
            speed(path)
        case _:
            sys.exit(__doc__)
