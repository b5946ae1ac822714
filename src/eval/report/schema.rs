//! Holds `docs/eval-report.schema.json` to what `json.rs` writes and reads.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value, json};

use super::json::read_report;
use super::sample;

fn schema() -> Value {
    let text = include_str!("../../../docs/eval-report.schema.json");
    serde_json::from_str(text).unwrap()
}

fn is_valid(report: &Value) -> bool {
    jsonschema::draft202012::new(&schema())
        .unwrap()
        .is_valid(report)
}

fn full() -> Value {
    serde_json::to_value(sample::full()).unwrap()
}

#[test]
fn the_schema_is_one_itself() {
    jsonschema::draft202012::meta::validate(&schema()).unwrap();
}

#[test]
fn every_report_that_is_written_is_valid() {
    for report in [sample::full(), sample::empty(), sample::ungraded()] {
        let value = serde_json::to_value(report).unwrap();
        let validator = jsonschema::draft202012::new(&schema()).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[rstest]
#[case("/schema", json!("answer-grader/eval-report/2"))]
#[case("/settings/primary", json!("accuracy"))]
#[case("/settings/levels", json!(1))]
#[case("/settings/repeat", json!(0))]
#[case("/settings/resampling", json!("answers"))]
#[case("/label_sources", json!({"dog": 1}))]
#[case("/stopped", json!(null))]
#[case("/runs", json!({}))]
#[case("/runs/0/metrics/n", json!(-1))]
#[case("/runs/0/metrics/qwk", json!(0.8))]
#[case("/runs/0/metrics/qwk/ci95", json!([0.1]))]
#[case("/runs/0/metrics/human_agreement", json!(null))]
#[case("/runs/0/by_tag/short/graded", json!("1"))]
#[case("/runs/0/comparison/outcome", json!("equal"))]
#[case("/runs/0/comparison/differences", json!({"accuracy": null}))]
#[case("/runs/0/cases/0/score", json!(1.2))]
#[case("/runs/0/cases/0/human_score", json!(null))]
#[case("/runs/0/cases/0/tags", json!([1]))]
#[case("/runs/0/cases/0/concepts/0/verdict", json!("maybe"))]
#[case("/gate/conclusion", json!("passed"))]
fn a_wrong_value_is_invalid(#[case] place: &str, #[case] wrong: Value) {
    let mut report = full();
    assert!(is_valid(&report));
    *report.pointer_mut(place).unwrap() = wrong;
    assert!(!is_valid(&report));
}

/// The places of all objects of a value.
fn objects(value: &Value, place: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.push(place.to_owned());
            for (name, field) in fields {
                objects(field, &format!("{place}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                objects(item, &format!("{place}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn no_object_takes_a_field_that_is_not_described() {
    let report = full();
    let mut places = Vec::new();
    objects(&report, "", &mut places);
    assert!(places.len() > 40, "{}", places.len());
    for place in places {
        let mut more = report.clone();
        let object = more.pointer_mut(&place).unwrap();
        object["extra"] = json!("x");
        assert!(!is_valid(&more), "{place} takes anything");
    }
}

/// The names of all fields that the schema describes.
fn described(schema: &Value) -> BTreeSet<String> {
    let objects = schema["$defs"].as_object().unwrap().values();
    objects
        .chain([schema])
        .filter_map(|object| object["properties"].as_object())
        .flat_map(|properties| properties.keys().cloned())
        .collect()
}

#[test]
fn every_described_field_is_written_somewhere() {
    let report = full();
    let mut places = Vec::new();
    objects(&report, "", &mut places);
    let written: BTreeSet<String> = places
        .iter()
        .flat_map(|place| report.pointer(place).unwrap().as_object().unwrap().keys())
        .cloned()
        .collect();
    let never: Vec<String> = described(&schema()).difference(&written).cloned().collect();
    assert!(never.is_empty(), "{never:?}");
}

#[test]
fn what_lacks_a_field_and_is_valid_can_be_read() {
    let validator = jsonschema::draft202012::new(&schema()).unwrap();
    let report = full();
    let mut places = Vec::new();
    objects(&report, "", &mut places);
    let (mut needed, mut spared) = (0, 0);
    for place in places {
        let fields = report.pointer(&place).unwrap().as_object().unwrap();
        for field in fields.keys() {
            let mut less = report.clone();
            let object = less.pointer_mut(&place).unwrap().as_object_mut().unwrap();
            object.remove(field);
            if validator.is_valid(&less) {
                spared += 1;
                let read = read_report(&less.to_string());
                assert!(read.is_ok(), "{place}/{field}: {read:?}");
            } else {
                needed += 1;
            }
        }
    }
    assert!(
        needed > 100 && spared > 20,
        "{needed} needed, {spared} spared"
    );
}
