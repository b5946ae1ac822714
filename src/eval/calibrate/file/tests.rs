use super::*;
use crate::eval::calibrate::fit::tests::{fitted, graded_cases, kind_grader};
use proptest::prelude::*;
use rstest::rstest;

const SMALL: &str = r#"schema = "answer-grader/calibration/1"
[keyword]
review_below = 0.5
map = [
    [0, 0],
    [0.5, 0.25],
    [1, 0.75],
]
confidence = [
    { at_least = 0, chance = 0.25 },
    { at_least = 0.5, chance = 0.75 },
]
[keyword.fitted]
n = 5
questions = 2
rmse = { before = 0.2, after = 0.1 }
qwk = { before = 0.2 }
pearson_r = {}
"#;

fn message(text: &str) -> String {
    read_calibration("x", text).unwrap_err().to_string()
}

#[test]
fn a_file_written_by_hand_is_read() {
    let calibration = read_calibration("django", SMALL).unwrap();
    let keyword = calibration.of(Method::Keyword).unwrap();
    assert_eq!(
        keyword.map().points(),
        [[0.0, 0.0], [0.5, 0.25], [1.0, 0.75]]
    );
    assert_eq!(keyword.review_below(), Some(0.5));
    assert_eq!(keyword.confidence(0.7).to_bits(), 0.75_f64.to_bits());
    assert_eq!(calibration.of(Method::Llm), None);
    // The hash of the same numbers in the tests of `Calibration`, computed in Python.
    assert_eq!(calibration.identity(), "django@5bf9d9e60b38");
}

#[test]
fn the_identity_is_the_same_whatever_else_the_file_says() {
    let identity = |text: &str| read_calibration("x", text).unwrap().identity();
    let commented = format!("# a word\n{}", SMALL.replace("n = 5", "n = 6"));
    assert_eq!(identity(&commented), identity(SMALL));
    let other = SMALL.replace("[0.5, 0.25]", "[0.5, 0.26]");
    assert_ne!(identity(&other), identity(SMALL));
}

#[rstest]
#[case::unknown_key("review_below", "review_bellow", "3:1: unknown field `review_bellow`")]
#[case::unknown_figure("n = 5", "n = 5\nm = 6", "15:1: unknown field `m`")]
#[case::unknown_method("[keyword.fitted]", "[gate]", "13:2: unknown field `gate`")]
#[case::unknown_in_a_step(
    ", chance = 0.25",
    ", chances = 0.25",
    "10:21: unknown field `chances`"
)]
#[case::schema(
    "calibration/1",
    "calibration/2",
    "1:10: schema: must be \"answer-grader/cal"
)]
#[case::no_schema(
    "schema = \"answer-grader/calibration/1\"",
    "",
    "1:1: missing field `schema`"
)]
#[case::kind(
    "[0.5, 0.25]",
    "[0.5, 'x']",
    "6:11: invalid type: string \"x\", expected f64"
)]
#[case::falls(
    "[1, 0.75]",
    "[1, 0.2]",
    "7:5: keyword.map[2]: its calibrated score must not be"
)]
#[case::range("[1, 0.75]", "[1, 1.2]", "7:5: keyword.map[2]: must be from 0 to 1")]
#[case::nan(
    "[0.5, 0.25]",
    "[nan, 0.25]",
    "6:5: keyword.map[1]: must be from 0 to 1"
)]
#[case::chance(
    "chance = 0.75",
    "chance = 1.0",
    "11:5: keyword.confidence[1]: chance must be ab"
)]
#[case::review(
    "review_below = 0.5",
    "review_below = 5",
    "3:16: keyword.review_below: must be"
)]
#[case::no_map(
    "    [0, 0],\n    [0.5, 0.25],\n    [1, 0.75],\n",
    "",
    "4:7: keyword.map: must have"
)]
#[case::no_toml("n = 5", "n = ", "14:")]
fn what_is_wrong_is_told_with_its_line_and_field(
    #[case] right: &str,
    #[case] wrong: &str,
    #[case] expected: &str,
) {
    let message = message(&SMALL.replacen(right, wrong, 1));
    assert!(message.starts_with(expected), "{message}");
}

#[test]
fn a_file_without_a_method_is_refused() {
    let text = "schema = \"answer-grader/calibration/1\"\n";
    assert_eq!(message(text), "1:1: methods: needs llm or keyword");
}

#[test]
fn a_file_of_another_schema_is_not_blamed_for_its_fields() {
    let text = "schema = \"answer-grader/calibration/9\"\nnew = 1\n";
    assert!(message(text).starts_with("1:10: schema: must be"));
}

#[test]
fn what_is_written_is_read_back() {
    let keyword = fitted(&graded_cases(20, 20, kind_grader), Some(0.85));
    let llm = Calibrated {
        method: Method::Llm,
        ..fitted(&graded_cases(3, 20, |human, _| human * 0.5), None)
    };
    let text = write_calibration("0.1.0", "django", &[keyword.clone(), llm.clone()]);
    let read = read_calibration("c", &text).unwrap();
    let expected = Calibration::new("c", Some(llm.calibration), Some(keyword.calibration)).unwrap();
    assert_eq!(read, expected);
    assert_eq!(read.identity(), expected.identity());
}

#[test]
fn the_file_says_what_made_it() {
    let keyword = fitted(&graded_cases(4, 10, kind_grader), None);
    let text = write_calibration("0.1.0", "django", &[keyword]);
    let made = "# Made by `answer-grader calibrate`, version 0.1.0, of the suite \"django\".\n\
                # keyword: run \"keyword\", 40 grades of 40 answers to 4 questions\n\
                #   warning: fewer than 100 labelled answers (40)";
    assert!(text.starts_with(made), "{text}");
    assert!(text.contains("\n[keyword.fitted]\nn = 40\nquestions = 4\nrmse = { before = 0."));
}

proptest! {
    #[test]
    fn no_name_gets_out_of_its_comment(
        suite in "\\PC*|[\n\r\u{1b}\"= a]*",
        run in any::<String>(),
    ) {
        let mut keyword = fitted(&graded_cases(2, 5, kind_grader), None);
        keyword.report.run = run;
        let text = write_calibration("0.1.0", &suite, &[keyword.clone()]);
        let read = read_calibration("c", &text).unwrap();
        prop_assert_eq!(read.of(Method::Keyword), Some(&keyword.calibration));
    }
}
