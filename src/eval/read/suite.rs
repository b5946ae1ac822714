use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::CaseError;
use crate::bank::Problem;
use crate::eval::metrics::Metric;
use crate::eval::probe::ProbeLimits;

/// An evaluation written down: which cases, what counts as passing, and what must be reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Suite {
    /// The file's name without extension, or the case files' names.
    pub name: String,
    /// The case files.
    pub cases: Vec<PathBuf>,
    /// Banks whose questions the cases name, before those of the settings.
    pub banks: Vec<PathBuf>,
    /// A score from which an answer passes, 0..1.
    pub pass_mark: f64,
    /// A human score from which an answer passes, 0..1.
    pub human_pass_mark: f64,
    /// Into how many levels scores are rounded for QWK.
    pub levels: usize,
    /// The metric that decides against a baseline.
    pub primary: Metric,
    /// What must be reached.
    pub gate: GateSettings,
    /// What perturbations may do.
    pub probe: ProbeLimits,
}

/// `[gate]` of a suite.
#[derive(Debug, Clone, PartialEq)]
pub struct GateSettings {
    /// Values that must be reached, or not be exceeded, by key: a metric's name, with `_max` where
    /// less is better, or `coverage`, `cost_usd_max`, `latency_p99_ms_max`, `spread_max`.
    pub limits: BTreeMap<String, f64>,
    /// The largest share of grades without a score, 0..1, with which anything can be said.
    pub ungraded_max: f64,
    /// How much worse than the baseline the primary metric may be.
    pub max_regression: f64,
}

/// Where answers pass, if the suite does not say.
const PASS_MARK: f64 = 0.6;
/// Five levels are those of a school's marks, and what agreement is mostly reported at.
const LEVELS: usize = 5;
/// Beyond this QWK would need thousands of answers.
const MOST_LEVELS: usize = 101;
/// One answer in twenty may be lost before nothing can be said.
const UNGRADED: f64 = 0.05;
/// About what one answer in fifty that moves by a level does to QWK.
const MAX_REGRESSION: f64 = 0.02;

impl Default for GateSettings {
    fn default() -> Self {
        Self {
            limits: BTreeMap::new(),
            ungraded_max: UNGRADED,
            max_regression: MAX_REGRESSION,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSuite {
    cases: OneOrMore,
    bank: Option<OneOrMore>,
    pass_mark: Option<Spanned<f64>>,
    human_pass_mark: Option<Spanned<f64>>,
    levels: Option<Spanned<usize>>,
    primary: Option<Spanned<String>>,
    #[serde(default)]
    gate: BTreeMap<String, Spanned<f64>>,
    #[serde(default)]
    probe: BTreeMap<String, Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "must be a file's name or a list of names")]
enum OneOrMore {
    One(PathBuf),
    More(Vec<PathBuf>),
}

impl OneOrMore {
    /// The files, seen from the folder that the suite lies in.
    fn beside(self, suite: &Path) -> Vec<PathBuf> {
        let folder = suite.parent().unwrap_or(Path::new(""));
        let files = match self {
            Self::One(file) => vec![file],
            Self::More(files) => files,
        };
        files.into_iter().map(|file| folder.join(file)).collect()
    }
}

impl Suite {
    /// The suite of some case files, with the usual marks and no gate.
    pub fn of(cases: &[PathBuf]) -> Self {
        let names: Vec<_> = cases.iter().map(|path| stem(path)).collect();
        Self {
            name: names.join("+"),
            cases: cases.to_vec(),
            banks: Vec::new(),
            pass_mark: PASS_MARK,
            human_pass_mark: PASS_MARK,
            levels: LEVELS,
            primary: Metric::Qwk,
            gate: GateSettings::default(),
            probe: ProbeLimits::default(),
        }
    }

    /// Reads a suite from its file; the files it names are seen from the folder it lies in.
    ///
    /// # Errors
    /// The file cannot be read, or all that is wrong with it, by line and key.
    pub fn read(path: &Path) -> Result<Self, CaseError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|source| CaseError::Unreadable {
            path: name.clone(),
            source,
        })?;
        Self::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, CaseError> {
        let mut problems = Problems {
            file: path.display().to_string(),
            text,
            found: Vec::new(),
        };
        let raw = toml::from_str::<RawSuite>(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            problems.add(at, None, error.message());
            CaseError::Invalid(std::mem::take(&mut problems.found))
        })?;
        let pass_mark = raw
            .pass_mark
            .map_or(PASS_MARK, |value| problems.share("pass_mark", &value));
        let human_pass_mark = raw
            .human_pass_mark
            .map_or(pass_mark, |value| problems.share("human_pass_mark", &value));
        let levels = raw.levels.map_or(LEVELS, |levels| {
            if !(2..=MOST_LEVELS).contains(levels.get_ref()) {
                let detail = format!("must be from 2 to {MOST_LEVELS}");
                problems.add(levels.span().start, Some("levels"), &detail);
            }
            levels.into_inner()
        });
        let primary = raw.primary.map_or(Metric::Qwk, |name| {
            Metric::named(name.get_ref()).unwrap_or_else(|| {
                let known = Metric::ALL.map(Metric::name).join(", ");
                problems.add(
                    name.span().start,
                    Some("primary"),
                    &format!("must be one of {known}"),
                );
                Metric::Qwk
            })
        });
        let gate = gate(raw.gate, &mut problems);
        let probe = probe(raw.probe, &mut problems);
        let cases = raw.cases.beside(path);
        if !problems.found.is_empty() {
            return Err(CaseError::Invalid(problems.found));
        }
        Ok(Self {
            name: stem(path),
            cases,
            banks: raw.bank.map_or_else(Vec::new, |banks| banks.beside(path)),
            pass_mark,
            human_pass_mark,
            levels,
            primary,
            gate,
            probe,
        })
    }
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

fn gate(raw: BTreeMap<String, Spanned<f64>>, problems: &mut Problems) -> GateSettings {
    let mut gate = GateSettings::default();
    for (key, value) in raw {
        match key.as_str() {
            "ungraded_max" => gate.ungraded_max = problems.share("gate.ungraded_max", &value),
            "max_regression" => {
                gate.max_regression = problems.amount("gate.max_regression", &value);
            }
            _ if is_limit(&key) => {
                let value = problems.finite(&format!("gate.{key}"), &value);
                gate.limits.insert(key, value);
            }
            _ => {
                let detail = format!(
                    "is nothing that can be held to a limit; known are {}, ungraded_max, max_regression",
                    known_limits().join(", ")
                );
                problems.add(value.span().start, Some(&format!("gate.{key}")), &detail);
            }
        }
    }
    gate
}

fn probe(raw: BTreeMap<String, Spanned<f64>>, problems: &mut Problems) -> ProbeLimits {
    let mut probe = ProbeLimits::default();
    for (key, value) in raw {
        let field = match key.as_str() {
            "robustness_shift_max" => &mut probe.robustness_shift_max,
            "attack_success_max" => &mut probe.attack_success_max,
            "ungraded_max" => &mut probe.ungraded_max,
            _ => {
                let detail =
                    "is unknown; known are robustness_shift_max, attack_success_max, ungraded_max";
                problems.add(value.span().start, Some(&format!("probe.{key}")), detail);
                continue;
            }
        };
        *field = problems.share(&format!("probe.{key}"), &value);
    }
    probe
}

/// The gate's keys that hold a figure to a limit.
fn known_limits() -> Vec<String> {
    let metrics = Metric::ALL.map(|metric| {
        let end = if metric.less_is_better() { "_max" } else { "" };
        format!("{}{end}", metric.name())
    });
    let others = [
        "coverage",
        "cost_usd_max",
        "latency_p99_ms_max",
        "spread_max",
    ];
    metrics
        .into_iter()
        .chain(others.map(str::to_owned))
        .collect()
}

fn is_limit(key: &str) -> bool {
    known_limits().iter().any(|known| known == key)
}

/// Collects what is wrong with a suite, with its line.
struct Problems<'a> {
    file: String,
    text: &'a str,
    found: Vec<Problem>,
}

impl Problems<'_> {
    fn add(&mut self, at: usize, place: Option<&str>, detail: &str) {
        let before = self.text.get(..at).unwrap_or_default();
        self.found.push(Problem {
            file: self.file.clone(),
            line: before.matches('\n').count() + 1,
            column: None,
            place: place.map(str::to_owned),
            pointer: None,
            detail: detail.to_owned(),
        });
    }

    fn share(&mut self, key: &str, value: &Spanned<f64>) -> f64 {
        if !(0.0..=1.0).contains(value.get_ref()) {
            self.add(value.span().start, Some(key), "must be from 0 to 1");
        }
        *value.get_ref()
    }

    fn amount(&mut self, key: &str, value: &Spanned<f64>) -> f64 {
        if !(0.0..=f64::MAX).contains(value.get_ref()) {
            self.add(value.span().start, Some(key), "must be 0 or more");
        }
        *value.get_ref()
    }

    fn finite(&mut self, key: &str, value: &Spanned<f64>) -> f64 {
        if !value.get_ref().is_finite() {
            self.add(value.span().start, Some(key), "must be a number");
        }
        *value.get_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn parse(text: &str) -> Result<Suite, String> {
        Suite::parse(text, Path::new("suites/x.toml")).map_err(|error| error.to_string())
    }

    #[test]
    fn a_suite_is_read_with_its_defaults() {
        let suite =
            parse("cases = '../cases/a.jsonl'\npass_mark = 0.5\n[gate]\nqwk = 0.7\n").unwrap();
        assert_eq!(suite.name, "x");
        assert_eq!(suite.cases, [PathBuf::from("suites/../cases/a.jsonl")]);
        assert_eq!(
            (suite.pass_mark, suite.human_pass_mark, suite.levels),
            (0.5, 0.5, 5)
        );
        assert_eq!(suite.gate.limits.get("qwk"), Some(&0.7));
        assert_eq!(Some(suite.gate.ungraded_max), Some(0.05));
    }

    #[rstest]
    #[case(
        "cases = 3",
        "suites/x.toml:1: must be a file's name or a list of names"
    )]
    #[case("pass_mark = 1", "suites/x.toml:1: missing field `cases`")]
    #[case(
        "cases = 'a.jsonl'\npass_mark = 2",
        "suites/x.toml:2: pass_mark: must be from 0 to 1"
    )]
    #[case(
        "cases = 'a.jsonl'\nlevels = 1",
        "suites/x.toml:2: levels: must be from 2 to 101"
    )]
    #[case(
        "cases = 'a.jsonl'\nprimary = 'kappa'",
        "suites/x.toml:2: primary: must be one of pearson_r"
    )]
    #[case(
        "cases = 'a.jsonl'\n[gate]\nqkw = 1",
        "suites/x.toml:3: gate.qkw: is nothing that can be held"
    )]
    #[case(
        "cases = 'a.jsonl'\n[gate]\nrmse = 1",
        "suites/x.toml:3: gate.rmse: is nothing that can be held"
    )]
    #[case(
        "cases = 'a.jsonl'\n[gate]\nqwk = nan",
        "suites/x.toml:3: gate.qwk: must be a number"
    )]
    #[case(
        "cases = 'a.jsonl'\nlevel = 1",
        "suites/x.toml:2: unknown field `level`"
    )]
    fn a_wrong_suite_is_refused_with_line_and_key(#[case] text: &str, #[case] message: &str) {
        let error = parse(text).unwrap_err();
        assert!(error.starts_with(message), "{error}");
    }
}
