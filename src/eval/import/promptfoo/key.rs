use super::assertion::{Assertion, Meaning, left_out};
use super::convert::{Conversion, entry, is_file_name};
use super::test::{Entries, Test};
use crate::eval::import::draft::Draft;
use crate::eval::import::log::shown;
use crate::eval::import::names::ids;
use crate::eval::import::template::{Unfilled, fill};
use crate::grade::Concept;

/// A concept that has no id yet.
struct Idea<'a> {
    name: Option<&'a str>,
    text: String,
    weight: f64,
    aliases: Vec<String>,
}

impl Idea<'_> {
    /// The concept; of aliases that are said twice one is kept.
    fn concept(self, id: String) -> Concept {
        let mut aliases: Vec<String> = Vec::new();
        for alias in self.aliases {
            if alias != self.text && !aliases.contains(&alias) {
                aliases.push(alias);
            }
        }
        Concept {
            id,
            text: self.text,
            weight: self.weight,
            aliases,
            required: false,
        }
    }
}

impl Conversion<'_> {
    /// Makes a key of what the test asserts: references and concepts.
    pub(super) fn key(
        &mut self,
        test: &Test,
        answer: Option<&str>,
        vars: &Entries,
        draft: &mut Draft,
    ) {
        let mut concepts: Vec<Idea> = Vec::new();
        for assertion in &test.assertions {
            let Some(meaning) = assertion.meaning() else {
                self.log.note(&assertion.place, left_out(&assertion.kind));
                continue;
            };
            if assertion.weight <= 0.0 {
                self.log.note(
                    &assertion.place,
                    "assertions of weight 0 count for nothing, so they are left out",
                );
                continue;
            }
            let Some(texts) = self.texts(assertion, answer, vars) else {
                continue;
            };
            if assertion.has_threshold {
                let what = format!(
                    "thresholds of `{}` are of a measure of its own, so they are not kept",
                    shown(&assertion.kind)
                );
                self.log.note(&assertion.place, what);
            }
            if meaning == Meaning::Reference {
                for text in &texts {
                    draft.add_reference(text);
                }
                continue;
            }
            if meaning == Meaning::Criterion {
                let what = format!(
                    "`{}` criteria became concepts, word by word: a concept is an idea that an answer has to state, so read them",
                    shown(&assertion.kind)
                );
                self.log.note(&assertion.place, what);
            }
            // A template of a name is none.
            let metric = assertion
                .metric
                .as_deref()
                .filter(|name| !name.contains("{{"));
            let groups: Vec<Vec<String>> = match meaning {
                Meaning::Any => vec![texts],
                _ => texts.into_iter().map(|text| vec![text]).collect(),
            };
            for mut group in groups {
                if group.iter().any(|text| text.chars().count() > self.longest) {
                    let what = format!(
                        "`{}` texts of more than {} characters say more than an idea, so they are left out",
                        shown(&assertion.kind),
                        self.longest
                    );
                    self.log.note(&assertion.place, what);
                    continue;
                }
                let aliases = group.split_off(1);
                let idea = Idea {
                    name: metric,
                    text: group.concat(),
                    weight: assertion.weight,
                    aliases,
                };
                let same =
                    |known: &&mut Idea| known.text == idea.text && known.aliases == idea.aliases;
                let known = concepts.iter_mut().find(same);
                let Some(known) = known else {
                    concepts.push(idea);
                    continue;
                };
                let what =
                    "texts that are asserted twice became one concept, with the weights of both";
                self.log.note(&assertion.place, what);
                known.weight += idea.weight;
            }
        }
        let ids = ids(
            concepts.iter().map(|idea| idea.name.unwrap_or(&idea.text)),
            "concept",
        );
        let made = concepts.into_iter().zip(ids);
        draft.concepts = made.map(|(idea, id)| idea.concept(id)).collect();
    }

    /// The texts of an assertion's value, with the test's variables in their places.
    fn texts(
        &mut self,
        assertion: &Assertion,
        answer: Option<&str>,
        vars: &Entries,
    ) -> Option<Vec<String>> {
        let kind = shown(&assertion.kind);
        let Some(texts) = assertion.texts() else {
            let what = format!("`{kind}` assertions without a text are left out");
            self.log.note(&assertion.place, what);
            return None;
        };
        let value = |name: &str| {
            // The answer is no part of the key that it is graded against.
            let name = (answer != Some(name)).then_some(name)?;
            entry(vars, name)?
                .1
                .text()
                .map(std::borrow::Cow::into_owned)
        };
        let filled: Result<Vec<_>, _> = texts.iter().map(|text| fill(text, value)).collect();
        let filled = filled
            .map_err(|unfilled| {
                let what = match unfilled {
                    Unfilled::NotPlain => format!("`{kind}` values with more than `{{{{name}}}}` between double braces are left out"),
                    Unfilled::Unknown(name) => format!("`{kind}` values with `{{{{{}}}}}`, which is no other variable of the test, are left out", shown(&name)),
                };
                self.log.note(&assertion.place, what);
            })
            .ok()?;
        let trimmed = filled.iter().map(|text| text.trim().to_owned());
        let texts: Vec<_> = trimmed.filter(|text| !text.is_empty()).collect();
        if texts.iter().any(|text| is_file_name(text)) {
            let what = "files are read only where an assertion's value alone names one, in YAML or JSON; others are left out";
            self.log.note(&assertion.place, what);
            return None;
        }
        if texts.is_empty() {
            let what = format!("`{kind}` assertions without a text are left out");
            self.log.note(&assertion.place, what);
            return None;
        }
        Some(texts)
    }
}
