use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::evidence::Utf16Places;
use crate::eval::{CaseResult, CaseText, ConceptResult, Report, Run, Settings, Texts, Usage};

/// A score further from a person's than this is worth a look.
const FAR: f64 = 0.25;

/// Keeps a difference of decimal scores from being beyond a limit by its rounding alone.
const ROUNDING: f64 = 1e-9;

/// What the page's script draws cases from: texts that several cases share stand in it once.
#[derive(Debug, Serialize)]
struct Data<'a> {
    /// Whether cases were graded several times.
    repeated: bool,
    runs: Vec<RunData<'a>>,
    questions: Vec<QuestionData<'a>>,
    answers: Vec<AnswerData<'a>>,
}

#[derive(Debug, Serialize)]
struct RunData<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<&'a str>,
    cases: Vec<CaseData<'a>>,
}

#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct QuestionData<'a> {
    question: &'a str,
    reference: &'a str,
    concepts: &'a BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
struct AnswerData<'a> {
    /// Which of the questions.
    question: usize,
    text: &'a str,
}

#[derive(Debug, Serialize)]
struct CaseData<'a> {
    id: &'a str,
    question: &'a str,
    repetition: u32,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tags: &'a [String],
    human: f64,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    raters: &'a [f64],
    score: Option<f64>,
    /// Where grader and people are on other sides of their pass marks: `false pass`, `false fail`.
    #[serde(skip_serializing_if = "Option::is_none")]
    wrong: Option<&'static str>,
    failing: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    ungraded: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    missing: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    labelled: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    concepts: Vec<ConceptData<'a>>,
    confidence: f64,
    review: bool,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    reasons: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    flags: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot: Option<&'a str>,
    replayed: bool,
    usage: Usage,
    latency: f64,
    /// Which of the answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct ConceptData<'a> {
    id: &'a str,
    verdict: &'a str,
    /// Where its evidence stands in the answer, in UTF-16 units.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<[usize; 2]>,
}

/// The texts by their place in the data.
struct Places<'a> {
    answers: HashMap<&'a str, (usize, Utf16Places)>,
}

/// Writes the data of all cases as JSON that can stand within a `script` element: `<` is escaped,
/// so nothing in an answer ends the element or opens another (HTML standard, "Restrictions for
/// contents of script elements").
///
/// # Errors
/// The data cannot be written as JSON, which does not happen with these types.
pub(super) fn data(report: &Report, texts: &Texts) -> serde_json::Result<String> {
    let mut questions = Vec::new();
    let mut known: HashMap<QuestionData<'_>, usize> = HashMap::new();
    let mut answers = Vec::new();
    let mut places = Places {
        answers: HashMap::new(),
    };
    for (id, text) in &texts.cases {
        let question = *known.entry(question(text)).or_insert_with(|| {
            questions.push(self::question(text));
            questions.len() - 1
        });
        let answer = &text.candidate_answer;
        let place = (answers.len(), Utf16Places::of(answer));
        places.answers.insert(id, place);
        answers.push(AnswerData {
            question,
            text: answer,
        });
    }
    let data = Data {
        repeated: report.settings.repeat > 1,
        runs: report
            .runs
            .iter()
            .map(|run| run_data(run, &report.settings, texts, &places))
            .collect(),
        questions,
        answers,
    };
    Ok(serde_json::to_string(&data)?.replace('<', "\\u003c"))
}

fn question(text: &CaseText) -> QuestionData<'_> {
    QuestionData {
        question: &text.question,
        reference: &text.reference_answer,
        concepts: &text.concepts,
    }
}

fn run_data<'a>(
    run: &'a Run,
    settings: &Settings,
    texts: &'a Texts,
    places: &Places<'_>,
) -> RunData<'a> {
    let reply = |case: &CaseResult| {
        let key = (run.name.clone(), case.id.clone(), case.repetition);
        texts.replies.get(&key).map(String::as_str)
    };
    RunData {
        name: &run.name,
        prompt: run.prompt.as_deref(),
        cases: run
            .cases
            .iter()
            .map(|case| {
                let place = places.answers.get(case.id.as_str());
                let mut shown = case_data(case, settings, place.map(|(_, answer)| answer));
                shown.answer = place.map(|(index, _)| *index);
                shown.reply = reply(case);
                shown
            })
            .collect(),
    }
}

fn case_data<'a>(
    case: &'a CaseResult,
    settings: &Settings,
    answer: Option<&Utf16Places>,
) -> CaseData<'a> {
    CaseData {
        id: &case.id,
        question: &case.question_id,
        repetition: case.repetition,
        tags: &case.tags,
        human: case.human_score,
        raters: &case.human_scores,
        score: case.score,
        wrong: wrong_side(case, settings),
        failing: failing(case, settings),
        ungraded: case.ungraded.as_deref(),
        method: case.method.as_deref(),
        missing: &case.missing_concepts,
        labelled: case.labelled_missing.as_deref(),
        concepts: case
            .concepts
            .iter()
            .map(|concept| concept_data(concept, answer))
            .collect(),
        confidence: case.confidence,
        review: case.needs_review,
        reasons: &case.review_reasons,
        flags: &case.flags,
        snapshot: case.snapshot.as_deref(),
        replayed: case.replayed,
        usage: case.usage,
        latency: case.latency_ms,
        answer: None,
        reply: None,
    }
}

fn concept_data<'a>(concept: &'a ConceptResult, answer: Option<&Utf16Places>) -> ConceptData<'a> {
    ConceptData {
        id: &concept.id,
        verdict: &concept.verdict,
        evidence: concept.evidence.and_then(|scalars| answer?.span(scalars)),
    }
}

/// On which wrong side of the pass mark a grade is, if it is.
fn wrong_side(case: &CaseResult, settings: &Settings) -> Option<&'static str> {
    let passes = case.score? >= settings.pass_mark;
    let should = case.human_score >= settings.human_pass_mark;
    match (passes, should) {
        (true, false) => Some("false pass"),
        (false, true) => Some("false fail"),
        _ => None,
    }
}

/// Whether a grade is worth a look: there is none, it is on the wrong side of the pass mark, or it
/// is far from people's.
fn failing(case: &CaseResult, settings: &Settings) -> bool {
    case.score.is_none_or(|score| {
        wrong_side(case, settings).is_some() || (score - case.human_score).abs() > FAR + ROUNDING
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::Value;

    use super::super::sample;
    use super::*;

    fn read(report: &Report, texts: &Texts) -> Value {
        serde_json::from_str(&data(report, texts).unwrap()).unwrap()
    }

    #[test]
    fn hostile_texts_stay_within_their_element_and_come_out_as_they_were() {
        let data = data(&sample::report(), &sample::texts()).unwrap();
        assert!(!data.contains('<'));
        let data: Value = serde_json::from_str(&data).unwrap();
        assert_eq!(data["answers"][0]["text"], sample::HOSTILE);
        assert_eq!(data["runs"][0]["cases"][0]["reply"], sample::HOSTILE);
    }

    #[test]
    fn evidence_after_an_emoji_stands_where_the_script_cuts() {
        // The second case's answer is "😀 a stack" and its evidence the scalar values 2 to 9.
        let data = read(&sample::report(), &sample::texts());
        let evidence = &data["runs"][0]["cases"][1]["concepts"][0]["evidence"];
        assert_eq!(*evidence, serde_json::json!([3, 10]));
    }

    #[test]
    fn without_texts_there_are_figures_and_no_evidence() {
        let data = read(&sample::report(), &Texts::default());
        let case = &data["runs"][0]["cases"][1];
        assert_eq!(case["score"], 0.2);
        assert!(case.get("answer").is_none());
        assert!(case["concepts"][0].get("evidence").is_none());
    }

    #[test]
    fn a_question_of_several_answers_stands_there_once() {
        let data = read(&sample::report(), &sample::texts());
        let answers = data["answers"].as_array().unwrap();
        let places: Vec<_> = answers.iter().map(|answer| &answer["question"]).collect();
        assert_eq!(places, [0, 1, 1]);
        assert_eq!(data["questions"].as_array().unwrap().len(), 2);
    }

    #[rstest]
    #[case::same(0.75, Some(0.75), false, None)]
    #[case::a_quarter_apart(0.75, Some(1.0), false, None)]
    #[case::a_quarter_apart_by_rounding(0.65, Some(0.9), false, None)]
    #[case::further_apart(0.7, Some(0.96), true, None)]
    #[case::kind(0.55, Some(0.6), true, Some("false pass"))]
    #[case::harsh(0.6, Some(0.55), true, Some("false fail"))]
    #[case::ungraded(0.6, None, true, None)]
    fn a_failing_grade_is_none_or_far_or_on_the_wrong_side(
        #[case] human: f64,
        #[case] score: Option<f64>,
        #[case] fails: bool,
        #[case] side: Option<&str>,
    ) {
        let report = sample::report();
        let mut case = report.runs[0].cases[0].clone();
        case.human_score = human;
        case.score = score;
        assert_eq!(failing(&case, &report.settings), fails);
        assert_eq!(wrong_side(&case, &report.settings), side);
    }
}
