use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

use crate::grade::FeedbackLevel;

/// Characters of a quote: 25 words, with room.
pub(super) const QUOTE_LENGTH: usize = 240;
/// Characters of the feedback.
const FEEDBACK_LENGTH: usize = 600;

/// The key that stands for a concept in prompt and reply.
///
/// Ids would do, but they may be long, odd or telling; `c1` costs one or two tokens.
pub(super) fn concept_key(index: usize) -> String {
    format!("c{}", index + 1)
}

/// The key that stands for a misconception.
pub(super) fn misconception_key(index: usize) -> String {
    format!("m{}", index + 1)
}

/// The form of a reply: evidence before each verdict, the verdicts before the overall score.
///
/// It keeps to what all providers take: every key required, no other allowed, no optional parts.
///
/// Making it takes as long as filling the prompt in, and there are few: they are kept.
pub(super) fn reply(concepts: usize, misconceptions: usize, feedback: FeedbackLevel) -> Arc<Value> {
    static KEPT: Mutex<Vec<(Kind, Arc<Value>)>> = Mutex::new(Vec::new());
    let kind = (concepts, misconceptions, feedback);
    // Nothing in it can be left half done.
    let kept = || KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let known = kept().iter().find(|(known, _)| *known == kind).cloned();
    if let Some((_, schema)) = known {
        return schema;
    }
    let schema = Arc::new(made(concepts, misconceptions, feedback));
    let mut kept = kept();
    kept.truncate(MOST_KEPT - 1);
    kept.insert(0, (kind, schema.clone()));
    schema
}

/// The number of concepts, of misconceptions, and whether feedback is wanted.
type Kind = (usize, usize, FeedbackLevel);

/// So many forms are kept, the latest.
const MOST_KEPT: usize = 64;

fn made(concepts: usize, misconceptions: usize, feedback: FeedbackLevel) -> Value {
    let quote = json!({"type": "string", "maxLength": QUOTE_LENGTH});
    let verdict =
        json!({"type": "string", "enum": ["covered", "partial", "missing", "contradicted"]});
    let concept = object([("quote".into(), quote.clone()), ("verdict".into(), verdict)]);
    let misconception = object([
        ("quote".into(), quote),
        ("asserted".into(), json!({"type": "boolean"})),
    ]);

    let mut parts = vec![(
        "concepts".into(),
        object((0..concepts).map(|index| (concept_key(index), concept.clone()))),
    )];
    if misconceptions > 0 {
        let all =
            (0..misconceptions).map(|index| (misconception_key(index), misconception.clone()));
        parts.push(("misconceptions".into(), object(all)));
    }
    parts.push((
        "overall".into(),
        json!({"type": "integer", "minimum": 0, "maximum": 100}),
    ));
    if feedback != FeedbackLevel::None {
        parts.push((
            "feedback".into(),
            json!({"type": "string", "maxLength": FEEDBACK_LENGTH}),
        ));
    }
    object(parts)
}

/// An object with these keys and no others.
pub(super) fn object(properties: impl IntoIterator<Item = (String, Value)>) -> Value {
    let properties: Map<String, Value> = properties.into_iter().collect();
    let required: Vec<&String> = properties.keys().collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_comes_before_the_verdict_and_the_verdicts_before_the_score() {
        let schema = reply(2, 1, FeedbackLevel::Full);
        assert_eq!(
            schema["required"],
            json!(["concepts", "misconceptions", "overall", "feedback"])
        );
        assert_eq!(
            schema["properties"]["concepts"]["properties"]["c2"]["required"],
            json!(["quote", "verdict"])
        );
    }

    #[test]
    fn what_is_not_wanted_is_not_asked_for() {
        assert_eq!(
            reply(1, 0, FeedbackLevel::None)["required"],
            json!(["concepts", "overall"])
        );
    }
}
