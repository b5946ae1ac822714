//! Further samples, and a stronger model, for grades of low confidence.

use std::time::Instant;

use futures_util::future::join_all;

use super::asking::{Asking, Llm, Spent};
use super::core::Exchange;
use super::{GradeError, GraderSettings};
use crate::grade::{Judgement, consensus};

/// Has an answer judged again where its grade would be of low confidence: first by further samples of
/// the same model, all at once, then, where these leave it so, by the stronger one, whose judgement
/// counts. What cannot be had changes nothing.
pub(super) async fn look_again(
    llm: &Llm,
    exchange: &Exchange,
    first: Judgement,
    settings: &GraderSettings,
    deadline: Option<Instant>,
    spent: &mut Spent,
) -> Judgement {
    let unsure = |judgement: &Judgement| {
        let grade = exchange.grade(judgement.clone(), &settings.standard);
        grade.has_low_confidence()
    };
    if (settings.samples < 2 && llm.stronger.is_none()) || !unsure(&first) {
        return first;
    }
    let read = |reply: &str| exchange.judge(reply);
    let asking = |sample| Asking {
        rendered: exchange.request(),
        read: &read,
        settings,
        deadline,
        sample,
    };
    let more = (1..settings.samples).map(|sample| async move {
        let mut spent = Spent::default();
        (llm.ask(&asking(sample), &mut spent).await, spent)
    });
    let mut samples = vec![first];
    let more = join_all(more).await;
    // They were asked at the same time, so the slowest of them was waited for.
    spent.waited += more
        .iter()
        .map(|(_, cost)| cost.waited)
        .max()
        .unwrap_or_default();
    for (sample, cost) in more {
        spent.add_beside(&cost);
        samples.extend(usable(sample));
    }
    spent.samples = samples.len();
    let Some(judged) = consensus(&samples) else {
        return samples.swap_remove(0);
    };
    let Some(stronger) = llm.stronger.as_ref().filter(|_| unsure(&judged)) else {
        return judged;
    };
    let answered_by = spent.answered_by.clone();
    if let Some(second) = usable(stronger.ask(&asking(0), spent).await) {
        spent.samples = 1;
        second
    } else {
        spent.answered_by = answered_by;
        judged
    }
}

fn usable(judged: Result<Judgement, GradeError>) -> Option<Judgement> {
    if let Err(error) = &judged {
        let reason = error.code();
        tracing::warn!(reason, "a second look at a grade of low confidence failed");
    }
    judged.ok()
}
