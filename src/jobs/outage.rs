use std::time::Duration;

use crate::grader::GradeError;

/// The first pause, and the longest; each is twice as long as the one before.
const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_mins(5);
/// So many failures that may be an answer's own fault are taken to be that.
pub(super) const TRIES: u32 = 8;

/// What a failure says about the rest of the job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It concerns this answer alone.
    Answer,
    /// It may concern this answer or all: others are not tried for now, and this one not for ever.
    Either,
    /// Nothing can be graded for now.
    Outage,
}

/// Tells by the failure's name, which is all that is left of it where it kept a reference from being taken
/// apart.
pub(super) fn meaning(error: &GradeError) -> Meaning {
    match error.code() {
        "rate_limited"
        | "quota_exhausted"
        | "overloaded"
        | "network"
        | "authentication"
        | "budget_exhausted"
        | "storage_unavailable" => Meaning::Outage,
        "server_error" | "timeout" => Meaning::Either,
        _ => Meaning::Answer,
    }
}

/// How long a job is left alone that was paused so many times in a row. What the provider or the budget says
/// counts where it is longer.
pub(super) fn pause(error: &GradeError, pauses: u32) -> Duration {
    let wait = FIRST.saturating_mul(1 << pauses.min(10)).min(LONGEST);
    wait.max(error.retry_after().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::grader::Failure;

    #[rstest]
    #[case(Failure::Network, Meaning::Outage)]
    #[case(Failure::QuotaExhausted, Meaning::Outage)]
    #[case(Failure::Authentication { status: 401 }, Meaning::Outage)]
    #[case(Failure::ServerError { status: 500 }, Meaning::Either)]
    #[case(Failure::Timeout, Meaning::Either)]
    #[case(Failure::Refused, Meaning::Answer)]
    #[case(Failure::ContextTooLong, Meaning::Answer)]
    fn only_what_is_nobodys_fault_pauses_a_job(
        #[case] failure: Failure,
        #[case] expected: Meaning,
    ) {
        assert_eq!(meaning(&GradeError::Model(failure)), expected);
    }

    #[test]
    fn pauses_grow_and_the_provider_may_ask_for_more() {
        let error = GradeError::Model(Failure::Network);
        let waits = [0, 1, 2, 30].map(|pauses| pause(&error, pauses).as_secs());
        assert_eq!(waits, [5, 10, 20, 300]);
        let asked = Failure::RateLimited {
            retry_after: Some(Duration::from_mins(10)),
        };
        assert_eq!(pause(&GradeError::Model(asked), 0).as_secs(), 600);
    }
}
