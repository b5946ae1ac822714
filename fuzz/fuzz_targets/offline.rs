//! Grades any answer by any key, typed and spoken: no panic, a score within 0..1, the same one twice.
#![no_main]

use answer_grader::grade::AnswerSource;
use answer_grader::{Concept, OfflineGrader, Submission, Task};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let mut texts = text.split('\u{0}');
    let mut next = || texts.next().unwrap_or_default().to_owned();
    let (question, reference, answer, concept) = (next(), next(), next(), next());
    let mut task = Task::new(question, reference);
    if !concept.is_empty() {
        task.concepts.push(Concept {
            id: "c".to_owned(),
            text: concept,
            weight: 1.0,
            aliases: texts.map(str::to_owned).collect(),
            required: false,
        });
    }
    let grader = OfflineGrader::new(task);
    for answer_source in [AnswerSource::Text, AnswerSource::Speech] {
        let submission = Submission {
            answer_source,
            explain: true,
            ..grader.submission(answer.as_str())
        };
        let grade = grader.grade_submission(&submission);
        assert!(grade.score.is_none_or(|score| (0.0..=1.0).contains(&score)));
        assert_eq!(grade, grader.grade_submission(&submission));
    }
});
