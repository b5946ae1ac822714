use super::*;
use proptest::prelude::*;
use rstest::rstest;

fn steps(steps: &[[f64; 2]]) -> Vec<ConfidenceStep> {
    let step = |[at_least, chance]: &[f64; 2]| ConfidenceStep {
        at_least: *at_least,
        chance: *chance,
    };
    steps.iter().map(step).collect()
}

fn method() -> MethodCalibration {
    let map = ScoreMap::new(vec![[0.0, 0.0], [0.5, 0.25], [1.0, 0.75]]).unwrap();
    let table = ConfidenceTable::new(steps(&[[0.0, 0.25], [0.5, 0.75]])).unwrap();
    MethodCalibration::new(map, table, Some(0.5)).unwrap()
}

#[rstest]
#[case::zero(0.0, 0.0)]
#[case::between(0.25, 0.125)]
#[case::at_a_point(0.5, 0.25)]
#[case::between_the_next(0.75, 0.5)]
#[case::the_end(1.0, 0.75)]
#[case::below(-1.0, 0.0)]
#[case::above(2.0, 0.75)]
#[case::no_number(f64::NAN, 0.0)]
fn a_score_is_read_off_straight_lines(#[case] score: f64, #[case] calibrated: f64) {
    assert_eq!(method().apply(score).to_bits(), calibrated.to_bits());
}

#[rstest]
#[case(0.0, 0.25)]
#[case(0.4999, 0.25)]
#[case(0.5, 0.75)]
#[case(1.0, 0.75)]
#[case(f64::NAN, 0.25)]
fn a_confidence_is_read_off_its_step(#[case] raw: f64, #[case] chance: f64) {
    assert_eq!(method().confidence(raw).to_bits(), chance.to_bits());
}

#[rstest]
#[case(&[[0.0, 0.0]], "map: must have two points")]
#[case(&[[0.0, 0.1], [1.0, 1.0]], "map[0]: must be [0, 0]")]
#[case(&[[0.1, 0.0], [1.0, 1.0]], "map[0]: must be [0, 0]")]
#[case(&[[0.0, 0.0], [1.0, 1.1]], "map[1]: must be from 0 to 1")]
#[case(&[[0.0, 0.0], [f64::NAN, 0.5], [1.0, 1.0]], "map[1]: must be from 0 to 1")]
#[case(&[[0.0, 0.0], [0.5, 0.6], [1.0, 0.5]], "map[2]: its calibrated score must not be below")]
#[case(&[[0.0, 0.0], [0.5, 0.5], [0.5, 0.6], [1.0, 1.0]], "map[2]: its score must be above")]
#[case(&[[0.0, 0.0], [0.9, 1.0]], "map[1]: the last point must be at a score of 1")]
fn a_map_that_is_none_is_refused(#[case] points: &[[f64; 2]], #[case] expected: &str) {
    let message = ScoreMap::new(points.to_vec()).unwrap_err().to_string();
    assert!(message.starts_with(expected), "{message}");
}

#[rstest]
#[case(&[], "confidence: must have a step")]
#[case(&[[0.1, 0.5]], "confidence[0]: at_least of the first step must be 0")]
#[case(&[[0.0, 0.0]], "confidence[0]: chance must be above 0 and below 1")]
#[case(&[[0.0, 0.5], [0.5, 1.0]], "confidence[1]: chance must be above 0 and below 1")]
#[case(&[[0.0, 0.5], [1.5, 0.6]], "confidence[1]: at_least must be from 0 to 1")]
#[case(&[[0.0, 0.5], [0.0, 0.6]], "confidence[1]: at_least must be above")]
#[case(&[[0.0, 0.5], [0.5, 0.4]], "confidence[1]: chance must not be below")]
fn a_confidence_table_that_is_none_is_refused(#[case] table: &[[f64; 2]], #[case] expected: &str) {
    let message = ConfidenceTable::new(steps(table)).unwrap_err().to_string();
    assert!(message.starts_with(expected), "{message}");
}

#[test]
fn a_review_threshold_out_of_range_is_refused() {
    let MethodCalibration {
        map, confidence, ..
    } = method();
    let error = MethodCalibration::new(map, confidence, Some(1.5)).unwrap_err();
    assert_eq!(error.to_string(), "review_below: must be from 0 to 1");
}

#[rstest]
#[case("", Some(method()), CalibrationField::Name)]
#[case("a\nb", Some(method()), CalibrationField::Name)]
#[case("a", None, CalibrationField::Methods)]
fn a_calibration_needs_a_name_and_a_method(
    #[case] name: &str,
    #[case] llm: Option<MethodCalibration>,
    #[case] field: CalibrationField,
) {
    assert_eq!(Calibration::new(name, llm, None).unwrap_err().field, field);
}

#[test]
fn the_gate_is_never_calibrated() {
    let calibration = Calibration::new("x", Some(method()), Some(method())).unwrap();
    assert!(calibration.of(Method::Llm).is_some() && calibration.of(Method::Keyword).is_some());
    assert_eq!(calibration.of(Method::Gate), None);
}

/// Python, with the flags the other way round for the other method:
///
/// ```text
/// pack = lambda l: struct.pack('<Q%dd' % len(l), len(l), *l)
/// hashlib.sha256(b'answer-grader/calibration/1' + b'\0' + b'\1' + pack([0,0,.5,.25,1,.75])
///     + pack([0,.25,.5,.75]) + pack([.5])).hexdigest()[:12]
/// ```
#[test]
fn the_identity_is_the_hash_of_the_numbers() {
    let keyword = Calibration::new("django", None, Some(method())).unwrap();
    let llm = Calibration::new("django", Some(method()), None).unwrap();
    assert_eq!(keyword.identity(), "django@5bf9d9e60b38");
    assert_eq!(llm.identity(), "django@98366144faff");
}

#[test]
fn a_negative_zero_is_a_zero() {
    let map = ScoreMap::new(vec![[-0.0, -0.0], [1.0, 1.0]]).unwrap();
    assert_eq!(map.apply(0.0).to_bits(), 0.0_f64.to_bits());
    let plain = ScoreMap::new(vec![[0.0, 0.0], [1.0, 1.0]]).unwrap();
    let identity = |map| {
        let method = MethodCalibration::new(map, method().confidence, Some(-0.0)).unwrap();
        Calibration::new("x", Some(method), None)
            .unwrap()
            .identity()
    };
    assert_eq!(identity(map), identity(plain));
}

fn any_map() -> impl Strategy<Value = ScoreMap> {
    let inner = prop::collection::btree_map(1_u32..9999, 0.0..=1.0, 0..12);
    (inner, 0.0..=1.0).prop_map(|(inner, last)| {
        let mut heights: Vec<f64> = inner.values().copied().chain([last]).collect();
        heights.sort_by(f64::total_cmp);
        let scores = inner.keys().map(|at| f64::from(*at) / 1e4).chain([1.0]);
        let points = scores.zip(heights).map(|(score, height)| [score, height]);
        ScoreMap::new([[0.0, 0.0]].into_iter().chain(points).collect()).unwrap()
    })
}

proptest! {
    #[test]
    fn a_map_never_falls_and_stays_in_range(map in any_map(), a in 0.0..=1.0, b in 0.0..=1.0) {
        let (low, high) = (f64::min(a, b), f64::max(a, b));
        prop_assert!(map.apply(low) <= map.apply(high));
        prop_assert!((0.0..=1.0).contains(&map.apply(a)));
        prop_assert_eq!(map.apply(0.0).to_bits(), 0.0_f64.to_bits());
    }
}
