use serde::Serialize;
use serde_json::{Value, json};

use super::request::{Asked, OURS};
use crate::grade::{ConceptGrade, Grade, Verdict};

/// µEd's feedback.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct Feedback {
    #[serde(rename = "feedbackId")]
    id: String,
    title: String,
    message: String,
    suggested_action: Option<String>,
    /// `null` where no points may be given yet, or the answer cannot be judged.
    awarded_points: Option<f64>,
    /// As it was sent but for what is `null`. Left out where there is none: µEd's description allows `null` in words, not in its schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    criterion: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<Target>,
    /// Score, method, confidence and the rest of the grade, under `x-answer-grader`.
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor_extensions: Option<Value>,
}

#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct Target {
    artefact_type: &'static str,
    format: Option<String>,
    locator: Locator,
}

/// Where in the answer, in Unicode scalar values.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct Locator {
    #[serde(rename = "type")]
    kind: &'static str,
    start_index: usize,
    end_index: usize,
}

/// One feedback for the whole, then one for each concept.
pub(super) fn of(grade: &Grade, asked: &Asked) -> Vec<Feedback> {
    let id = grade.id.clone().unwrap_or_default();
    // Ids of concepts tell what the key is about.
    let shows_key = grade.concepts.iter().all(|concept| concept.text.is_some());
    let message = match grade.score {
        None if shows_key => format!(
            "This answer could not be judged: {}.",
            grade.review_reasons.join(", ")
        ),
        None => "This answer could not be judged.".to_owned(),
        Some(_) => grade.feedback.clone(),
    };
    let whole = Feedback {
        id: id.clone(),
        title: "The whole answer".to_owned(),
        message,
        suggested_action: None,
        awarded_points: grade.points.filter(|_| !asked.is_draft),
        criterion: asked.criterion.clone(),
        target: None,
        vendor_extensions: Some(json!({ OURS: ours(grade, asked, shows_key) })),
    };
    let concepts = grade
        .concepts
        .iter()
        .enumerate()
        .map(|(index, concept)| one(concept, index + 1, &id, asked));
    std::iter::once(whole).chain(concepts).collect()
}

/// The rest of the grade, as far as it may be shown.
fn ours(grade: &Grade, asked: &Asked, shows_key: bool) -> Value {
    let mut ours = json!({
        "method": grade.method,
        "degraded": grade.degraded,
        "confidence": grade.confidence,
        "needs_review": grade.needs_review,
    });
    if !asked.is_draft {
        ours["score"] = json!(grade.score);
    }
    if shows_key {
        // Some tell what was compared with the key.
        ours["review_reasons"] = json!(grade.review_reasons);
        ours["missing_concepts"] = json!(grade.missing_concepts);
        ours["misconceptions"] = json!(grade.misconceptions);
        ours["provenance"] = json!(grade.provenance);
    }
    ours
}

/// The feedback for a concept, the `number`th.
fn one(concept: &ConceptGrade, number: usize, id: &str, asked: &Asked) -> Feedback {
    let (message, action) = match concept.verdict {
        Verdict::Covered => ("Your answer covers this idea.", None),
        Verdict::Partial => (
            "Your answer covers part of this idea.",
            Some("Say more about it"),
        ),
        Verdict::Missing => ("Your answer does not mention this idea.", Some("Add it")),
        Verdict::Contradicted => (
            "Your answer says the opposite of this idea.",
            Some("Check what you wrote about it"),
        ),
    };
    let action = action.map(|action| match &concept.text {
        Some(text) => sentence(&format!("{action}: {}", text.trim())),
        // The key is not to be shown.
        None => format!("{action}."),
    });
    let (name, title, ours) = match &concept.text {
        Some(text) => (
            concept.id.clone(),
            text.clone(),
            json!({"concept": concept.id, "verdict": concept.verdict, "weight": concept.weight}),
        ),
        None => (
            number.to_string(),
            format!("Idea {number}"),
            json!({"verdict": concept.verdict}),
        ),
    };
    Feedback {
        id: format!("{id}/{name}"),
        title,
        message: message.to_owned(),
        suggested_action: action,
        awarded_points: None,
        criterion: None,
        target: concept.evidence.as_ref().map(|evidence| Target {
            artefact_type: "TEXT",
            format: asked.format.clone(),
            locator: Locator {
                kind: "span",
                start_index: evidence.start,
                end_index: evidence.end,
            },
        }),
        vendor_extensions: Some(json!({ OURS: ours })),
    }
}

/// Ends a text with a full stop, where it does not end already.
fn sentence(text: &str) -> String {
    let ends = text.ends_with(['.', '!', '?', '…', '。']);
    format!("{text}{}", if ends { "" } else { "." })
}
