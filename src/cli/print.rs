use std::io::Write as _;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::grade::{ConceptGrade, Explanation, Grade, Method, Verdict};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const RED: Style = AnsiColor::Red.on_default();

/// Tells whether an error only says that nobody reads the output any more.
pub(super) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let cause = error.root_cause().downcast_ref::<std::io::Error>();
    cause.is_some_and(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Prints a line to stderr.
pub(super) fn line_to_stderr(text: &str) {
    // Where even stderr is gone there is nobody to tell.
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Prints an error with its causes to stderr.
pub(super) fn error(error: &anyhow::Error) {
    line_to_stderr(&format!("{RED}error:{RED:#} {error:#}"));
}

/// Prints a line to stdout.
pub(super) fn line(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(anstream::stdout(), "{text}")?)
}

/// Prints a line of less weight to stdout.
pub(super) fn dim(text: &str) -> anyhow::Result<()> {
    line(&format!("{DIM}{text}{DIM:#}"))
}

/// Prints a value as indented JSON.
pub(super) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    line(&serde_json::to_string_pretty(value)?)
}

/// Prints to stdout what is written piece by piece.
pub(super) fn with(
    write: impl FnOnce(&mut anstream::AutoStream<std::io::StdoutLock<'static>>) -> std::io::Result<()>,
) -> anyhow::Result<()> {
    Ok(write(&mut anstream::stdout().lock())?)
}

/// Prints a grade for a person.
pub(super) fn grade(grade: &Grade) -> anyhow::Result<()> {
    let mut out = anstream::stdout().lock();
    match (grade.score, grade.points) {
        (Some(score), Some(points)) if (grade.max_points - 1.0).abs() > f64::EPSILON => {
            writeln!(
                out,
                "{BOLD}Score {score:.2}{BOLD:#}  ({points} of {} points)",
                grade.max_points
            )?;
        }
        (Some(score), _) => writeln!(out, "{BOLD}Score {score:.2}{BOLD:#}")?,
        (None, _) => writeln!(out, "{BOLD}No score{BOLD:#}")?,
    }
    writeln!(
        out,
        "{DIM}{}, confidence {:.2}{DIM:#}",
        judge(grade),
        grade.confidence
    )?;
    if let Some(degraded) = &grade.degraded {
        let why = match degraded.reason.as_str() {
            "not_configured" => "no language model is configured",
            reason => reason,
        };
        writeln!(out, "{YELLOW}Graded offline: {why}.{YELLOW:#}")?;
    }

    section(&mut out, grade, "Covered", GREEN, Verdict::Covered)?;
    section(&mut out, grade, "Covered in part", YELLOW, Verdict::Partial)?;
    section(&mut out, grade, "Missing", RED, Verdict::Missing)?;
    section(&mut out, grade, "Contradicted", RED, Verdict::Contradicted)?;
    for misconception in &grade.misconceptions {
        let text = misconception.text.as_deref().unwrap_or(&misconception.id);
        writeln!(
            out,
            "\n{RED}Misconception{RED:#}: {text} {DIM}(holds the score at {}){DIM:#}",
            misconception.cap
        )?;
    }
    let says_more = grade.method == Method::Llm || grade.concepts.is_empty();
    if says_more && !grade.feedback.is_empty() {
        writeln!(out, "\n{}", grade.feedback)?;
    }
    if let Some(explanation) = &grade.explanation {
        explain(&mut out, grade, explanation)?;
    }
    if grade.needs_review {
        writeln!(
            out,
            "\n{YELLOW}Needs review:{YELLOW:#} {}",
            grade.review_reasons.join(", ")
        )?;
    }
    Ok(())
}

/// Prints how a keyword grade came about, from the words to the score.
fn explain(
    out: &mut impl std::io::Write,
    grade: &Grade,
    explanation: &Explanation,
) -> std::io::Result<()> {
    let parts = &explanation.parts;
    writeln!(out, "\n{BOLD}How the score came about{BOLD:#}")?;
    match explanation.reference {
        0 => writeln!(out, "  compared with the reference answer")?,
        number => writeln!(out, "  compared with alternative answer {number}")?,
    }
    let rows = [
        ("words beyond the question's", parts.covered),
        ("words in the same order", parts.sequence),
        ("words as often", parts.words),
        ("runs of characters", parts.characters),
        ("words alike by letters", parts.soft),
        ("weighted sum", explanation.value),
        ("mapped to a score", explanation.mapped),
    ];
    for (name, value) in rows {
        writeln!(out, "  {name:<28}{value:.3}")?;
    }
    if explanation.choice_bonus > 0.0 {
        let bonus = explanation.choice_bonus;
        writeln!(
            out,
            "  {DIM}of which the right choice made up {bonus:.2} of what was missing{DIM:#}"
        )?;
    }
    if explanation.denied_share > 0.0 {
        writeln!(
            out,
            "  {:<28}{:.3}",
            "less the share denied", explanation.denied_share
        )?;
    }
    for guard in &explanation.guards {
        writeln!(
            out,
            "  {:<28}{:.3}",
            format!("held by {}", guard.code),
            guard.ceiling
        )?;
    }
    if let Some(score_parts) = &grade.score_parts {
        let (lower, upper) = (score_parts.lower, score_parts.upper);
        writeln!(
            out,
            "  {:<28}{lower:.3} to {upper:.3}",
            "allowed by the evidence"
        )?;
    }
    writeln!(
        out,
        "\n{BOLD}Words of the reference{BOLD:#} {DIM}(the question's in brackets){DIM:#}"
    )?;
    for word in &explanation.words {
        let name = if word.in_question {
            format!("({})", word.word)
        } else {
            word.word.clone()
        };
        match &word.found {
            Some(found) => writeln!(
                out,
                "  {name:<28}{GREEN}{found}{GREEN:#} {DIM}{:.2}{DIM:#}",
                word.likeness
            )?,
            None => writeln!(out, "  {name:<28}{DIM}-{DIM:#}")?,
        }
    }
    Ok(())
}

fn judge(grade: &Grade) -> String {
    match grade.method {
        Method::Llm => format!(
            "judged by {}",
            grade
                .provenance
                .model
                .as_deref()
                .unwrap_or("a language model")
        ),
        Method::Keyword => "judged by keywords".to_owned(),
        Method::Gate => "settled without judging".to_owned(),
    }
}

fn section(
    out: &mut impl std::io::Write,
    grade: &Grade,
    title: &str,
    style: Style,
    verdict: Verdict,
) -> std::io::Result<()> {
    let concepts: Vec<&ConceptGrade> = grade
        .concepts
        .iter()
        .filter(|concept| concept.verdict == verdict)
        .collect();
    if concepts.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{style}{title}{style:#}")?;
    for concept in concepts {
        writeln!(
            out,
            "  - {}",
            concept.text.as_deref().unwrap_or(&concept.id)
        )?;
        if let Some(evidence) = &concept.evidence {
            writeln!(
                out,
                "    {DIM}\"{}\"{DIM:#}",
                evidence
                    .quote
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ")
            )?;
        }
    }
    Ok(())
}
