//! Reads any bytes as a request, and grades what is one: an error that names a field, or a grade; and what was
//! read is the same when it is written and read again.
#![no_main]

use answer_grader::grade::{Defaults, GradeRequest, Limits, parse_json};
use answer_grader::grade_offline;
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits {
    answer_chars: 2_000,
    reference_chars: 2_000,
    alternative_answers: 5,
    concepts: 10,
    concept_chars: 200,
    aliases: 5,
    metadata_bytes: 500,
};

fuzz_target!(|data: &[u8]| {
    let Ok(request) = parse_json::<GradeRequest>(data) else {
        return;
    };
    let written = serde_json::to_vec(&request).unwrap();
    assert_eq!(parse_json::<GradeRequest>(&written), Ok(request.clone()));
    let Ok((submission, _)) = request.check(&LIMITS, Defaults::default(), |_| None) else {
        return;
    };
    let grade = grade_offline(&submission);
    assert!(grade.score.is_none_or(|score| (0.0..=1.0).contains(&score)));
    serde_json::to_vec(&grade).unwrap();
});
