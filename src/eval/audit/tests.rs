use std::io::Write as _;

use rstest::rstest;

use super::*;

const SETTINGS: AuditSettings = AuditSettings {
    pass_mark: 0.5,
    resamples: 400,
    small: 5,
};

fn grade(person: usize, groups: [&str; 2], score: f64, human_score: Option<f64>) -> AuditedGrade {
    AuditedGrade {
        person: format!("p{person}"),
        groups: groups.map(str::to_owned).to_vec(),
        score: Some(score),
        human_score,
    }
}

/// 20 of `a`, of whom 16 pass, and 20 of `b`, of whom 8 pass; each third is of an unknown age.
fn sample() -> Vec<AuditedGrade> {
    let one = |person: usize| {
        let (sex, passes) = if person < 20 {
            ("a", person < 16)
        } else {
            ("b", person < 28)
        };
        let age = if person.is_multiple_of(3) {
            ""
        } else {
            "young"
        };
        grade(person, [sex, age], if passes { 0.8 } else { 0.3 }, None)
    };
    (0..40).map(one).collect()
}

fn attributes() -> [String; 2] {
    ["sex".to_owned(), "age".to_owned()]
}

#[test]
fn an_impact_ratio_is_a_rate_by_the_highest_rate() {
    let audit = audit(&sample(), &attributes(), SETTINGS);
    assert_eq!(
        (audit.people, audit.grades, audit.median),
        (40, 40, Some(0.8))
    );
    let by_sex = &audit.partitions[0];
    assert_eq!(by_sex.reference.as_deref(), Some("a"));
    let [a, b] = by_sex.groups.as_slice() else {
        panic!("two groups")
    };
    assert_eq!(
        (a.pass_rate.value, a.pass_ratio.value),
        (Some(0.8), Some(1.0))
    );
    assert_eq!(
        (b.pass_rate.value, b.pass_ratio.value),
        (Some(0.4), Some(0.5))
    );
    let [low, high] = b.pass_ratio.ci95.unwrap();
    assert!(
        low > 0.15 && low < 0.5 && high > 0.5 && high < 0.9,
        "[{low}, {high}]"
    );
    // Nobody is above the median where most have it.
    assert_eq!(b.scoring_rate.value, Some(0.0));
}

#[test]
fn intersections_are_parted_and_who_is_not_known_is_counted() {
    let audit = audit(&sample(), &attributes(), SETTINGS);
    let names: Vec<_> = audit
        .partitions
        .iter()
        .map(|one| one.attributes.join("+"))
        .collect();
    assert_eq!(names, ["sex", "age", "sex+age"]);
    let both = &audit.partitions[2];
    assert_eq!(both.unknown, 14);
    assert_eq!(
        both.groups.iter().map(|group| group.people).sum::<usize>(),
        26
    );
    assert_eq!(both.groups[0].name, "a / young");
}

#[test]
fn a_small_group_is_marked_and_is_no_reference() {
    let mut grades = sample();
    grades.extend((40..43).map(|person| grade(person, ["c", "old"], 0.9, None)));
    let audit = audit(&grades, &attributes(), SETTINGS);
    let by_sex = &audit.partitions[0];
    assert_eq!(by_sex.reference.as_deref(), Some("a"));
    let c = by_sex
        .groups
        .iter()
        .find(|group| group.name == "c")
        .unwrap();
    assert!(c.small && c.pass_ratio.value.unwrap() > 1.0);
}

#[test]
fn errors_are_told_by_people_and_their_score_is_the_one_that_counts() {
    let grades = [
        grade(0, ["a", ""], 0.9, Some(0.2)),
        grade(1, ["a", ""], 0.2, Some(0.2)),
        grade(2, ["a", ""], 0.3, Some(0.8)),
        grade(3, ["a", ""], 0.9, Some(0.8)),
        grade(4, ["a", ""], 0.1, Some(0.9)),
    ];
    let audit = audit(&grades, &attributes(), SETTINGS);
    let a = &audit.partitions[0].groups[0];
    assert_eq!((a.reviewed, a.pass_rate.value), (5, Some(0.6)));
    assert_eq!(
        (a.false_pass_rate.value, a.false_fail_rate.value),
        (Some(0.5), Some(2.0 / 3.0))
    );
}

/// The grades of one person do not count as so many people.
#[test]
fn grades_of_one_person_make_an_interval_no_narrower() {
    let people = |grades_each: usize| {
        let one = |person: usize| {
            let score = if person.is_multiple_of(2) { 0.9 } else { 0.1 };
            (0..grades_each).map(move |_| grade(person, ["a", "x"], score, None))
        };
        let grades: Vec<_> = (0..20).flat_map(one).collect();
        let audit = audit(&grades, &attributes(), SETTINGS);
        let [low, high] = audit.partitions[0].groups[0].pass_rate.ci95.unwrap();
        high - low
    };
    assert!((people(1) - people(10)).abs() < 1e-9);
}

#[test]
fn nobody_makes_an_audit_of_nothing() {
    let audit = audit(&[], &attributes(), SETTINGS);
    assert_eq!((audit.people, audit.median), (0, None));
    assert!(audit.partitions.iter().all(|one| one.groups.is_empty()));
}

#[rstest]
#[case("person,sex\nana,f\n", "first column")]
#[case("subject\nana\n", "first column")]
#[case("subject,sex\nana,f\nana,m\n", ":3: stands for a person")]
#[case("subject,sex\n ,f\n", ":2: names nobody")]
#[case("subject,sex\nana,f,1\n", "cannot read")]
fn what_is_wrong_with_a_file_is_named(#[case] text: &str, #[case] expected: &str) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let error = Groups::read(file.path()).unwrap_err().to_string();
    assert!(
        error.contains(expected) && !error.contains("ana"),
        "{error}"
    );
}
