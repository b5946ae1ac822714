use super::log::{Log, shown};
use super::node::{Node, Place, Value};

/// Which names hold what; where one is given it is the only one that is looked for.
#[derive(Debug, Clone, Default)]
pub struct Naming {
    /// The question.
    pub question: Option<String>,
    /// The candidate's answer.
    pub answer: Option<String>,
    /// The reference answer.
    pub reference: Option<String>,
    /// What people gave.
    pub score: Option<String>,
    /// The case's id.
    pub id: Option<String>,
    /// What full marks are worth in the scores.
    pub max_score: Option<f64>,
}

/// Part of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Question,
    Answer,
    Reference,
    Score,
    Id,
    MaxScore,
}

impl Role {
    /// Those that a caller may name a field for.
    pub(super) const NAMED: [Self; 5] = [
        Self::Question,
        Self::Answer,
        Self::Reference,
        Self::Score,
        Self::Id,
    ];

    /// The names that are looked for, the likeliest first, in small letters without marks.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Question => &["question", "query", "input", "prompt"],
            Self::Answer => &[
                "candidateanswer",
                "studentanswer",
                "answer",
                "response",
                "output",
            ],
            Self::Reference => &[
                "referenceanswer",
                "reference",
                "expectedanswer",
                "expectedoutput",
                "expected",
                "ideal",
                "idealanswer",
                "groundtruth",
            ],
            Self::Score => &["humanscore", "expectedscore", "score", "points", "label"],
            Self::Id => &["id", "caseid"],
            Self::MaxScore => &["maxpoints", "maxscore"],
        }
    }

    /// The option that names another field.
    pub(super) const fn option(self) -> &'static str {
        match self {
            Self::Question => "--question",
            Self::Answer => "--answer",
            Self::Reference => "--reference",
            Self::Score => "--score",
            Self::Id => "--id",
            Self::MaxScore => "--max-score",
        }
    }
}

impl Naming {
    pub(super) fn given(&self, role: Role) -> Option<&str> {
        match role {
            Role::Question => self.question.as_deref(),
            Role::Answer => self.answer.as_deref(),
            Role::Reference => self.reference.as_deref(),
            Role::Score => self.score.as_deref(),
            Role::Id => self.id.as_deref(),
            Role::MaxScore => None,
        }
    }

    /// Finds which of some names plays a role. `may` tells whether one that was not given by the
    /// caller may play it.
    pub(super) fn find<'a>(
        &self,
        role: Role,
        names: &(impl Iterator<Item = &'a str> + Clone),
        mut may: impl FnMut(&str) -> bool,
    ) -> Option<&'a str> {
        if let Some(given) = self.given(role) {
            return names.clone().find(|name| *name == given);
        }
        let known = role.names().iter();
        known
            .flat_map(|known| names.clone().filter(move |name| plain(name) == **known))
            .find(|name| !self.is_given(name) && may(name))
    }

    /// Whether a caller has given a name, for whatever role: it has no other then.
    pub(super) fn is_given(&self, name: &str) -> bool {
        let mut given = Role::NAMED.iter().filter_map(|role| self.given(*role));
        given.any(|given| bare(given) == bare(name))
    }

    /// Says which name was given for two roles.
    pub(super) fn given_twice(&self) -> Option<String> {
        let given = Role::NAMED
            .iter()
            .filter_map(|role| Some((*role, self.given(*role)?)));
        let given: Vec<_> = given.collect();
        given.iter().enumerate().find_map(|(at, (role, name))| {
            let (before, _) = given[..at]
                .iter()
                .find(|(_, known)| bare(known) == bare(name))?;
            Some(format!(
                "{} and {} name the same field, {}",
                before.option(),
                role.option(),
                shown(name)
            ))
        })
    }

    /// Finds under which name there is what people gave, and says of which that is not.
    pub(super) fn score<'a, 'n>(
        &self,
        names: &(impl Iterator<Item = &'a str> + Clone),
        value: impl Fn(&str) -> Option<&'n Node>,
        log: &mut Log,
    ) -> Option<&'a str> {
        if self.score.is_some() {
            return self.find(Role::Score, names, |_| true);
        }
        self.find(Role::Score, names, |name| {
            let Some(node) = value(name) else {
                return false;
            };
            let may = may_be_score(name, node);
            if !may {
                let what = format!(
                    "`{}` is no number, so it is not taken for a score (--score names another field)",
                    shown(name)
                );
                log.note(&node.place, what);
            }
            may
        })
    }
}

/// Names of scores that nobody uses for anything else.
const SURE_SCORES: [&str; 2] = ["humanscore", "expectedscore"];

/// Tells whether a value can stand for what people gave, though it may be wrong or still missing; a `label`
/// may as well say a topic.
fn may_be_score(name: &str, node: &Node) -> bool {
    let resembles_number = |text: &str| {
        let is_part = |c: char| c.is_ascii_digit() || "+-.,/% ".contains(c);
        text.trim().chars().all(is_part)
    };
    SURE_SCORES.contains(&plain(name).as_str())
        || node.number().is_some()
        || node.text().is_none_or(|text| resembles_number(&text))
}

/// A field of an item may be named with it or without.
fn bare(name: &str) -> &str {
    name.strip_prefix("item.").unwrap_or(name)
}

/// Tells whether a name is one that a role has where nobody says otherwise.
pub(super) fn is_usual(role: Role, name: &str) -> bool {
    role.names().contains(&plain(name).as_str())
}

/// `referenceAnswer`, `reference_answer` and `Reference answer` are one name.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// What people gave: so many points of so many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Label {
    pub(super) points: f64,
    pub(super) of: f64,
}

/// The range that scores are on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    pub(super) least: f64,
    pub(super) most: f64,
}

impl Scale {
    /// From nothing to so many.
    pub(super) fn from_0(most: f64) -> Self {
        Self { least: 0.0, most }
    }
}

/// Reads a score; an empty cell is one that is still missing.
pub(super) fn label(name: &str, node: &Node, scale: Option<Scale>, log: &mut Log) -> Option<Label> {
    let Some(value) = node.number() else {
        let is_empty = node.text().is_some_and(|text| text.trim().is_empty());
        if !is_empty && node.value != Value::Null {
            let detail = "must be a number, what people gave, such as 0.8; or 4 with --max-score 5";
            log.wrong(&node.place, name, detail);
        }
        return None;
    };
    let Scale { least, most } = scale.unwrap_or(Scale {
        least: 0.0,
        most: 1.0,
    });
    if !(least..=most).contains(&value) {
        log.wrong(&node.place, name, out_of_range(scale));
        return None;
    }
    Some(Label {
        points: difference(value, least),
        of: difference(most, least),
    })
}

/// What full marks are worth, where one of some names says so; nothing where none does or it cannot be, which is
/// said.
pub(super) fn full_marks<'n>(
    entries: impl Iterator<Item = &'n (String, Node)>,
    log: &mut Log,
) -> Result<Option<f64>, ()> {
    let named = entries.filter(|(name, _)| is_usual(Role::MaxScore, name));
    let named: Vec<_> = named.collect();
    let is_filled = |node: &Node| node.text().is_some_and(|text| !text.trim().is_empty());
    let filled = named.iter().find(|(_, node)| is_filled(node));
    let Some((name, node)) = filled.or(named.first()) else {
        return Ok(None);
    };
    let most = node.number().filter(|most| *most > 0.0);
    if most.is_none() {
        let detail =
            "must be a number above 0, what full marks are worth; --max-score says it for all";
        log.wrong(&node.place, name, detail);
    }
    most.map(Some).ok_or(())
}

/// A difference without the rest that binary fractions leave: 4.2 - 1 is 3.2.
fn difference(value: f64, least: f64) -> f64 {
    if least.abs() < f64::EPSILON {
        return value;
    }
    ((value - least) * 1e9).round() / 1e9
}

fn out_of_range(scale: Option<Scale>) -> String {
    match scale {
        None => {
            "must be from 0 to 1; --max-score says what full marks are worth, --score names another field"
                .to_owned()
        }
        Some(Scale { least, most }) => format!("must be from {least} to {most}"),
    }
}

/// Says of names that were given and never met that they do not exist.
pub(super) fn unmet(
    naming: &Naming,
    met: impl Fn(Role, &str) -> bool,
    place: &Place,
    log: &mut Log,
) {
    for role in Role::NAMED {
        if let Some(name) = naming.given(role).filter(|name| !met(role, name)) {
            let detail = format!("{} {}: no test or item has it", role.option(), shown(name));
            log.wrong(place, "", detail);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(Role::Reference, &["answer", "referenceAnswer"], Some("referenceAnswer"))]
    #[case(Role::Answer, &["output", "answer"], Some("answer"))]
    #[case(Role::Question, &["Question"], Some("Question"))]
    #[case(Role::Question, &["tone"], None)]
    fn the_likeliest_name_is_found(
        #[case] role: Role,
        #[case] names: &[&str],
        #[case] expected: Option<&str>,
    ) {
        let found = Naming::default().find(role, &names.iter().copied(), |_| true);
        assert_eq!(found, expected);
    }

    #[test]
    fn a_given_name_is_the_only_one() {
        let naming = Naming {
            answer: Some("essay".to_owned()),
            ..Naming::default()
        };
        let find =
            |names: &[&'static str]| naming.find(Role::Answer, &names.iter().copied(), |_| true);
        assert_eq!(find(&["answer", "essay"]), Some("essay"));
        assert_eq!(find(&["answer"]), None);
    }
}
