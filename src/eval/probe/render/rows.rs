use crate::eval::Conclusion;

use super::super::{Kind, Move, ProbeReport, ProbeRow, Target};
use super::words;

/// A table for one kind of change.
pub(super) struct Section {
    /// What the changes are for.
    pub(super) title: &'static str,
    /// How to read the table.
    pub(super) note: &'static str,
    /// What the columns are called.
    pub(super) header: Vec<&'static str>,
    /// A row each, and its conclusion.
    pub(super) rows: Vec<(Vec<String>, Conclusion)>,
}

/// The report's tables: one for each kind that has rows.
pub(super) fn sections(report: &ProbeReport) -> Vec<Section> {
    let sections = [
        Section {
            title: "Robustness: the answer says the same, so its score should stay",
            note: "The mean size of the moves decides: in the mean move, falls and rises make up for each \
                   other. Moved: by more than 0.1. Flipped: passes now and failed before, or the \
                   other way round. In brackets: 95 % intervals.",
            header: vec![
                "change",
                "texts",
                "size of move",
                "move",
                "moved",
                "flipped",
                "",
            ],
            rows: rows(report, Kind::Robustness, robust_cells),
        },
        Section {
            title: "Attacks: the text deserves nothing more, so its score should not rise",
            note: "The share that passes decides; beside it stands the share that passed before \
                   the attack. Unseen: passes and is not marked for review. A rise is more than 0.1; for a text in place of the answer, a score \
                   above 0.2.",
            header: vec![
                "attack",
                "texts",
                "pass",
                "unseen",
                "passed before",
                "rose",
                "move",
                "",
            ],
            rows: rows(report, Kind::Attack, attack_cells),
        },
    ];
    let sections = sections.into_iter();
    sections
        .filter(|section| !section.rows.is_empty())
        .collect()
}

fn rows(
    report: &ProbeReport,
    kind: Kind,
    cells: fn(&ProbeRow) -> Vec<String>,
) -> Vec<(Vec<String>, Conclusion)> {
    let rows = report.rows.iter().filter(|row| row.kind == kind);
    rows.map(|row| {
        let conclusion = conclusion(report, row);
        let mut cells = cells(row);
        cells.push(words::conclusion(conclusion).to_owned());
        (cells, conclusion)
    })
    .collect()
}

/// The conclusion of the row's check.
fn conclusion(report: &ProbeReport, row: &ProbeRow) -> Conclusion {
    let name = row.perturbation.name();
    let of_row = |check: &str| check.rsplit('/').next() == Some(name);
    let mut checks = report.gate.checks.iter();
    checks
        .find(|check| of_row(&check.name))
        .map_or(Conclusion::Inconclusive, |check| check.conclusion)
}

fn robust_cells(row: &ProbeRow) -> Vec<String> {
    vec![
        title(row),
        counts(row),
        words::amount(row.absolute_shift),
        words::shift(row.shift),
        words::bare_share(row.moved),
        words::bare_share(row.pass_changed),
    ]
}

fn attack_cells(row: &ProbeRow) -> Vec<String> {
    let attack = row.attack.as_ref();
    vec![
        title(row),
        counts(row),
        attack.map_or_else(String::new, |attack| words::share(attack.success)),
        attack.map_or_else(String::new, |attack| words::bare_share(attack.unseen)),
        attack.map_or_else(String::new, |attack| {
            words::bare_share(attack.passed_before)
        }),
        attack.map_or_else(String::new, |attack| words::bare_share(attack.risen)),
        words::shift(row.shift),
    ]
}

fn title(row: &ProbeRow) -> String {
    format!(
        "{}: {}",
        row.perturbation.name(),
        row.perturbation.description()
    )
}

/// How many texts, and how many of them say nothing: `40, 2 declined, 1 without a score`.
fn counts(row: &ProbeRow) -> String {
    let lacking: usize = row.ungraded.values().sum();
    let mut counts = vec![row.n.to_string()];
    if row.refused > 0 {
        counts.push(format!("{} declined", row.refused));
    }
    if lacking > 0 {
        counts.push(format!("{lacking} ungraded"));
    }
    counts.join(", ")
}

/// What the columns of the largest moves are called.
pub(super) const MOVE_HEADER: [&str; 6] = [
    "case or question",
    "change",
    "people",
    "before",
    "after",
    "move",
];

/// A row for each of the largest moves.
pub(super) fn move_cells(moved: &Move) -> [String; 6] {
    let replaces = moved.perturbation.target() == Target::EachQuestion;
    [
        words::name(&moved.id),
        moved.perturbation.name().to_owned(),
        words::score((!replaces).then_some(moved.human_score)),
        words::score(moved.before),
        words::score(Some(moved.after)),
        words::signed(moved.by()),
    ]
}

/// What the report is about: `suite, run (model, prompt), pass mark, seed`.
pub(super) fn subject(report: &ProbeReport) -> String {
    let run = &report.run;
    let details: Vec<String> = [Some(&run.method), run.model.as_ref(), run.prompt.as_ref()]
        .into_iter()
        .flatten()
        .map(|detail| words::name(detail))
        .collect();
    format!(
        "Suite {}, grader {} ({}), pass mark {:.2}, seed {}",
        words::name(&report.suite),
        words::name(&run.name),
        details.join(", "),
        report.pass_mark,
        report.seed
    )
}

/// What the gate says of the whole.
pub(super) fn verdict(report: &ProbeReport) -> String {
    let checks = &report.gate.checks;
    let count = |conclusion| {
        let such = checks.iter().filter(|check| check.conclusion == conclusion);
        such.count()
    };
    format!(
        "{}: {} of {} changes are within their limit, {} are not, {} cannot be told",
        words::conclusion(report.gate.conclusion),
        count(Conclusion::Pass),
        checks.len(),
        count(Conclusion::Fail),
        count(Conclusion::Inconclusive)
    )
}

/// A sentence for each check that did not pass.
pub(super) fn problems(report: &ProbeReport) -> Vec<String> {
    let checks = report.gate.checks.iter();
    checks
        .filter(|check| check.conclusion != Conclusion::Pass)
        .map(|check| check.detail.clone())
        .collect()
}
