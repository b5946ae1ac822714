//! Grades of low confidence are judged again, and no others.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use answer_grader::grade::Verdict;
use answer_grader::llm::{
    CallError, Completion, Failure, Model, ModelIdentity, Prices, Reply, Request, Usage,
};
use answer_grader::{Concept, Grade, Grader, GraderSettings, Policy, Prompt, Submission, Task};
use serde_json::{Value, json};

/// Gives these replies in turn, the last again and again; none fails.
struct Scripted {
    name: &'static str,
    replies: Vec<Option<Value>>,
    asked: AtomicUsize,
}

impl Scripted {
    fn new(name: &'static str, replies: Vec<Option<Value>>) -> Arc<Self> {
        Arc::new(Self {
            name,
            replies,
            asked: AtomicUsize::new(0),
        })
    }
}

impl Model for Scripted {
    fn identity(&self) -> ModelIdentity {
        ModelIdentity {
            provider: "test".into(),
            model: self.name.into(),
        }
    }

    fn complete<'a>(&'a self, request: &'a Request) -> Completion<'a> {
        let at = self.asked.fetch_add(1, SeqCst);
        assert_eq!(
            at > 0,
            request.seed.is_some(),
            "a further sample has a seed"
        );
        assert_eq!(at > 0, request.temperature > Some(0.0));
        let usage = Usage {
            input: 1_000,
            ..Usage::default()
        };
        let reply = self.replies[at.min(self.replies.len() - 1)].clone();
        Box::pin(async move {
            let content = reply.ok_or(CallError {
                failure: Failure::Refused,
                attempts: 1,
                usage,
            })?;
            Ok(Reply {
                content: content.to_string(),
                model: self.name.into(),
                request_id: None,
                usage,
                attempts: 1,
                elapsed: Duration::ZERO,
                cached: false,
            })
        })
    }
}

#[expect(clippy::unnecessary_wraps, reason = "a script holds failures, too")]
fn judged(overall: u8, second: &str) -> Option<Value> {
    let quote = if second == "missing" { "" } else { "on demand" };
    Some(json!({
        "concepts": {
            "c1": {"quote": "maps classes to tables", "verdict": "covered"},
            "c2": {"quote": quote, "verdict": second},
        },
        "overall": overall,
        "feedback": format!("{overall}"),
    }))
}

/// Half of the concepts and full marks do not go together, so nobody trusts it.
fn unsure() -> Option<Value> {
    judged(100, "missing")
}

fn submission() -> Submission {
    let concept = |id: &str, text: &str| Concept {
        id: id.into(),
        text: text.into(),
        weight: 1.0,
        aliases: vec![],
        required: false,
    };
    let mut task = Task::new("What is the ORM for?", "It maps classes to tables, lazily.");
    task.concepts = vec![
        concept("map", "classes are mapped to tables"),
        concept("lazy", "rows are loaded on demand"),
    ];
    Submission::new(
        task,
        "It maps classes to tables. Rows are loaded on demand.",
    )
}

const PRICES: Option<Prices> = Some(Prices {
    input: 1.0,
    cached_input: None,
    cache_write: None,
    output: 1.0,
});

async fn grade(first: &Arc<Scripted>, samples: u32, stronger: Option<&Arc<Scripted>>) -> Grade {
    let settings = GraderSettings {
        samples,
        ..GraderSettings::default()
    };
    let prompt = Arc::new(Prompt::built_in().unwrap());
    let mut grader = Grader::new(settings, first.clone(), prompt, PRICES);
    if let Some(stronger) = stronger {
        grader = grader.with_escalation(stronger.clone(), PRICES);
    }
    grader
        .grade(&submission(), Policy::default())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_grade_of_low_confidence_is_the_mean_of_several_samples() {
    let replies = vec![unsure(), judged(80, "covered"), judged(90, "covered")];
    let model = Scripted::new("first", replies);
    let grade = grade(&model, 3, None).await;
    assert_eq!(grade.score, Some(0.9));
    assert_eq!(grade.concepts[1].verdict, Verdict::Covered);
    assert_eq!(
        (grade.provenance.samples, grade.provenance.attempts),
        (3, 3)
    );
    assert_eq!(grade.usage.input_tokens, 3_000);
    assert!((grade.usage.cost_usd.unwrap() - 0.003).abs() < 1e-9);
}

#[tokio::test]
async fn a_grade_that_is_trusted_is_asked_for_once() {
    let model = Scripted::new("first", vec![judged(95, "covered")]);
    let stronger = Scripted::new("stronger", vec![unsure()]);
    let grade = grade(&model, 5, Some(&stronger)).await;
    assert_eq!((grade.score, grade.provenance.samples), (Some(0.95), 1));
    assert_eq!(
        (model.asked.load(SeqCst), stronger.asked.load(SeqCst)),
        (1, 0)
    );
    assert!(!grade.needs_review);
}

#[tokio::test]
async fn a_sample_that_fails_is_left_out() {
    let model = Scripted::new("first", vec![unsure(), None, judged(60, "missing")]);
    let grade = grade(&model, 3, None).await;
    // The mean of 100 and 60, held by the evidence.
    assert_eq!((grade.score, grade.provenance.samples), (Some(0.75), 2));
    assert_eq!(grade.provenance.attempts, 3);
}

#[tokio::test]
async fn a_stronger_model_has_the_last_word_where_doubt_remains() {
    let model = Scripted::new("first", vec![unsure()]);
    let stronger = Scripted::new("stronger", vec![judged(70, "covered")]);
    let grade = grade(&model, 1, Some(&stronger)).await;
    assert_eq!(grade.provenance.model.as_deref(), Some("stronger"));
    assert_eq!(
        (grade.provenance.samples, grade.provenance.attempts),
        (1, 2)
    );
    assert_eq!(grade.feedback, "70");
}

#[tokio::test]
async fn a_stronger_model_that_fails_takes_nothing_away() {
    let model = Scripted::new("first", vec![unsure()]);
    let stronger = Scripted::new("stronger", vec![None]);
    let grade = grade(&model, 1, Some(&stronger)).await;
    assert_eq!(grade.provenance.model.as_deref(), Some("first"));
    assert_eq!((grade.score, grade.needs_review), (Some(0.75), true));
    assert!((grade.usage.cost_usd.unwrap() - 0.002).abs() < 1e-9);
}
