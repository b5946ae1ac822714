//! A small report for tests, with hostile texts wherever texts can stand.

use serde_json::{Value, json};

use crate::eval::{CaseText, Report, Texts};

/// What an answer might hold to become markup, end the data's element, be expanded as a template,
/// or turn the reading direction.
pub(super) const HOSTILE: &str = "</script><script>alert(1)</script><!--<script>\"><img src=x onerror=alert(1)>' onload='alert(1) &amp; {{ 7*7 }} {% raw %} \u{2028}\u{202e}\u{2066}";

/// One run of three cases: agreed, a false fail, and one without a score.
pub(super) fn report() -> Report {
    serde_json::from_value(json!({
        "schema": "answer-grader/eval-report/1",
        "suite": HOSTILE,
        "software": HOSTILE,
        "settings": {
            "pass_mark": 0.6, "human_pass_mark": 0.6, "levels": 5, "primary": "qwk", "repeat": 1,
            "resamples": 1000, "seed": 7, "resampling": "questions", "questions": 24,
            "selection": [HOSTILE]
        },
        "label_sources": {"human": 3},
        "runs": [run()],
        "gate": {
            "conclusion": "fail",
            "checks": [{
                "run": HOSTILE, "name": "qwk", "value": 0.7, "ci95": [0.5, 0.9], "limit": 0.8,
                "conclusion": "fail", "detail": HOSTILE
            }]
        }
    }))
    .unwrap()
}

fn run() -> Value {
    let part = metrics(json!({}));
    json!({
        "name": HOSTILE, "method": HOSTILE, "model": HOSTILE, "snapshots": [HOSTILE],
        "prompt": HOSTILE,
        "metrics": metrics(json!({
            "risk_coverage": [
                {"coverage": 0.5, "n": 1, "confidence": 0.9, "qwk": undefined(), "rmse": estimate()},
                {"coverage": 1.0, "n": 2, "confidence": 0.5, "qwk": estimate(), "rmse": estimate()}
            ],
            "confidence_bins": [
                {"from": 0.0, "to": 0.5, "n": 0, "confidence": 0.0, "near": undefined()},
                {"from": 0.5, "to": 1.0, "n": 2, "confidence": 0.8, "near": estimate()}
            ],
            "human_agreement": {
                "n": 2, "pearson_r": estimate(), "qwk": estimate(), "rmse": estimate()
            }
        })),
        "by_tag": {HOSTILE: part},
        "by_question": {HOSTILE: part},
        "comparison": comparison(),
        "cases": [
            case("one", 1.0, Some(0.9), &json!([0, 5])),
            case("two", 0.75, Some(0.2), &json!([2, 9])),
            case(HOSTILE, 0.5, None, &Value::Null)
        ]
    })
}

fn metrics(more: Value) -> Value {
    let mut metrics = json!({
        "n": 3, "graded": 2, "ungraded": {"timeout": 1}, "coverage": estimate(),
        "pearson_r": undefined(), "qwk": estimate(),
        "usage": {"input_tokens": 1000, "cached_input_tokens": 0, "output_tokens": 10, "cost_usd": null},
        "latency_ms": {"p50": 1.0, "p99": null}
    });
    if let (Value::Object(metrics), Value::Object(more)) = (&mut metrics, more) {
        metrics.extend(more);
    }
    metrics
}

fn estimate() -> Value {
    json!({"value": 0.7, "ci95": [0.5, 0.9]})
}

fn undefined() -> Value {
    json!({"value": null, "ci95": null})
}

fn comparison() -> Value {
    json!({
        "baseline": {
            "name": HOSTILE, "prompt": HOSTILE, "snapshots": [HOSTILE], "software": HOSTILE
        },
        "n": 2, "outcome": "worse", "primary": "qwk", "max_regression": 0.02,
        "answers_needed": 140,
        "differences": {
            "pearson_r": {"baseline": null, "current": null, "improvement": undefined(), "p": 0.1, "p_holm": 0.4},
            "qwk": {
                "baseline": 0.8, "current": 0.7,
                "improvement": {"value": -0.1, "ci95": [-0.2, -0.05]}, "p": 0.01, "p_holm": null
            }
        },
        "flips": [
            {"id": "two", "repetition": 1, "human_score": 0.75, "before": 0.8, "after": 0.2},
            {"id": HOSTILE, "repetition": 9, "human_score": 0.75, "before": 0.2, "after": 0.8}
        ],
        "snapshot_changed": true
    })
}

fn case(id: &str, human: f64, score: Option<f64>, evidence: &Value) -> Value {
    json!({
        "id": id, "question_id": HOSTILE, "repetition": 1, "tags": [HOSTILE],
        "human_score": human, "human_scores": [human, human], "score": score,
        "ungraded": score.is_none().then_some(HOSTILE), "method": "llm",
        "missing_concepts": [HOSTILE], "labelled_missing": [HOSTILE], "concept_match": null,
        "concepts": [{"id": HOSTILE, "verdict": HOSTILE, "evidence": evidence}],
        "confidence": 0.8, "needs_review": true, "review_reasons": [HOSTILE], "flags": [HOSTILE],
        "snapshot": HOSTILE, "usage": {
            "input_tokens": 500, "cached_input_tokens": 0, "output_tokens": 5, "cost_usd": null
        },
        "latency_ms": 1.0
    })
}

/// The sample's texts; the two last cases are about one question.
pub(super) fn texts() -> Texts {
    let text = |question: &str, answer: &str| CaseText {
        question: question.to_owned(),
        reference_answer: HOSTILE.to_owned(),
        candidate_answer: answer.to_owned(),
        concepts: [(HOSTILE.to_owned(), HOSTILE.to_owned())].into(),
    };
    Texts {
        cases: [
            (HOSTILE.to_owned(), text("Why?", HOSTILE)),
            ("one".to_owned(), text(HOSTILE, "Words")),
            ("two".to_owned(), text(HOSTILE, "\u{1f600} a stack")),
        ]
        .into(),
        replies: [(
            (HOSTILE.to_owned(), "one".to_owned(), 1),
            HOSTILE.to_owned(),
        )]
        .into(),
    }
}
