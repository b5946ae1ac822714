use std::fmt::Write as _;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context as _, bail};
use serde::Serialize;

use super::interview::Answered;
use super::told::{headline, verdict};
use crate::bank::Bank;
use crate::cli::print;
use crate::grade::{Grade, Method, Verdict};

/// Ideas that are named as strengths, and as gaps.
const MOST_IDEAS: usize = 8;

/// An interview as it ended; the service's page writes the same JSON.
#[derive(Serialize)]
pub(super) struct Report {
    schema: &'static str,
    bank: String,
    title: String,
    /// RFC 3339, UTC.
    begun: String,
    summary: Summary,
    answers: Vec<Answered>,
}

#[derive(Serialize)]
struct Summary {
    questions: usize,
    answered: usize,
    seconds: u64,
    /// Whether any answer was graded offline, where a mean score would promise too much.
    by_keywords: bool,
    /// The mean of the answers that have one.
    score: Option<f64>,
    /// Ideas that were found, at least in part.
    covered: usize,
    concepts: usize,
    topics: Vec<TopicSummary>,
    strengths: Vec<String>,
    gaps: Vec<String>,
}

#[derive(Serialize)]
struct TopicSummary {
    topic: String,
    score: Option<f64>,
    covered: usize,
    concepts: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Markdown,
    Json,
}

/// The format of a file, by its extension.
pub(super) fn format(path: &Path) -> anyhow::Result<Format> {
    match path.extension().and_then(|kind| kind.to_str()) {
        Some("md") => Ok(Format::Markdown),
        Some("json") => Ok(Format::Json),
        _ => bail!(
            "--output {}: the extension must be .md or .json",
            path.display()
        ),
    }
}

/// Says before anything else whether a report can be written there; what is there stays.
pub(super) fn check(path: &Path) -> anyhow::Result<()> {
    format(path)?;
    let opened = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path);
    opened.with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}

impl Report {
    pub(super) fn new(
        bank: &Bank,
        begun: SystemTime,
        questions: usize,
        answers: Vec<Answered>,
    ) -> Self {
        Self {
            schema: "answer-grader/practice/1",
            bank: bank.id.clone(),
            title: bank.title.clone(),
            begun: humantime::format_rfc3339_seconds(begun).to_string(),
            summary: summary(questions, &answers),
            answers,
        }
    }

    pub(super) fn print(&self) -> anyhow::Result<()> {
        print::line(&format!("\n{}", self.overview()))
    }

    pub(super) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let text = match format(path)? {
            Format::Json => serde_json::to_string_pretty(self)? + "\n",
            Format::Markdown => self.markdown(),
        };
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
        print::line_to_stderr(&format!("wrote {}", path.display()));
        Ok(())
    }

    fn overview(&self) -> String {
        let sum = &self.summary;
        let mut text = format!(
            "# {}\n\n{}: {} of {} questions answered, {} of {} ideas mentioned{}.\n",
            self.title,
            self.begun.get(..10).unwrap_or_default(),
            sum.answered,
            sum.questions,
            sum.covered,
            sum.concepts,
            match sum.score {
                Some(score) if !sum.by_keywords => format!(", {:.0} % in the mean", score * 100.0),
                _ => String::new(),
            },
        );
        if !sum.topics.is_empty() {
            text.push_str("\n| topic | ideas mentioned |\n|---|---|\n");
        }
        for topic in &sum.topics {
            let _ = writeln!(
                text,
                "| {} | {} of {} |",
                topic.topic, topic.covered, topic.concepts
            );
        }
        for (title, ideas) in [("Strengths", &sum.strengths), ("Gaps", &sum.gaps)] {
            if !ideas.is_empty() {
                let _ = writeln!(text, "\n## {title}\n\n- {}", ideas.join("\n- "));
            }
        }
        text
    }

    fn markdown(&self) -> String {
        let mut text = self.overview() + "\n## Answers\n";
        for (at, answered) in self.answers.iter().enumerate() {
            let _ = writeln!(text, "\n### {}. {}\n", at + 1, answered.question);
            let Some(answer) = &answered.answer else {
                text.push_str("Not answered.\n");
                continue;
            };
            let Some(grade) = &answered.grade else {
                let _ = writeln!(text, "Not graded.\n\n{}", quoted(answer));
                continue;
            };
            let _ = writeln!(text, "{}.\n\n{}", headline(grade), quoted(answer));
            if let Some(asked) = answered
                .follow_up
                .as_ref()
                .filter(|asked| !asked.answer.is_empty())
            {
                let _ = writeln!(
                    text,
                    "\nAsked further: {}\n\n{}",
                    asked.question,
                    quoted(&asked.answer)
                );
            }
            text.push('\n');
            for concept in &grade.concepts {
                let said = concept.text.as_deref().unwrap_or(&concept.id);
                let _ = writeln!(text, "- {}: {said}", verdict(concept.verdict).1);
            }
        }
        text
    }
}

fn quoted(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(|line| format!("> {line}")).collect();
    lines.join("\n")
}

fn summary(questions: usize, answers: &[Answered]) -> Summary {
    let pairs: Vec<_> = answers
        .iter()
        .filter_map(|one| one.grade.as_ref().map(|grade| (one, grade)))
        .collect();
    let grades: Vec<_> = pairs.iter().map(|(_, grade)| *grade).collect();
    let mut topics: Vec<&str> = Vec::new();
    for (answered, _) in &pairs {
        if !topics.contains(&answered.topic.as_str()) {
            topics.push(&answered.topic);
        }
    }
    let topics = topics.into_iter().map(|topic| {
        let here = pairs.iter().filter(|(answered, _)| answered.topic == topic);
        let here: Vec<_> = here.map(|(_, grade)| *grade).collect();
        let (covered, concepts) = counts(&here);
        TopicSummary {
            topic: topic.to_owned(),
            score: mean(&here),
            covered,
            concepts,
        }
    });
    let (covered, concepts) = counts(&grades);
    Summary {
        questions,
        answered: pairs.len(),
        seconds: pairs.iter().map(|(answered, _)| answered.seconds).sum(),
        by_keywords: grades.iter().any(|grade| grade.method != Method::Llm),
        score: mean(&grades),
        covered,
        concepts,
        topics: topics.collect(),
        strengths: ideas(&grades, &[Verdict::Covered]),
        gaps: ideas(&grades, &[Verdict::Missing, Verdict::Contradicted]),
    }
}

fn mean(grades: &[&Grade]) -> Option<f64> {
    let scores: Vec<_> = grades.iter().filter_map(|grade| grade.score).collect();
    (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64)
}

fn counts(grades: &[&Grade]) -> (usize, usize) {
    let concepts = grades.iter().flat_map(|grade| &grade.concepts);
    let found = |verdict| matches!(verdict, Verdict::Covered | Verdict::Partial);
    let covered = concepts.clone().filter(|one| found(one.verdict)).count();
    (covered, concepts.count())
}

/// The ideas with these verdicts, the weightiest first.
fn ideas(grades: &[&Grade], verdicts: &[Verdict]) -> Vec<String> {
    let concepts = grades.iter().flat_map(|grade| &grade.concepts);
    let mut ideas: Vec<_> = concepts
        .filter(|one| verdicts.contains(&one.verdict))
        .collect();
    ideas.sort_by(|one, other| other.weight.total_cmp(&one.weight));
    let texts = ideas
        .iter()
        .map(|one| one.text.clone().unwrap_or_else(|| one.id.clone()));
    texts.take(MOST_IDEAS).collect()
}
