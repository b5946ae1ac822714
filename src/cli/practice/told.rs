use anstyle::{AnsiColor, Style};

use crate::bank::{Bank, Question};
use crate::cli::print;
use crate::grade::{Grade, Method, Verdict};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const RED: Style = AnsiColor::Red.on_default();

pub(super) fn welcome(bank: &Bank, questions: usize, by_model: bool) -> anyhow::Result<()> {
    print::with(|out| {
        use std::io::Write as _;
        writeln!(out, "{BOLD}{}{BOLD:#}: {questions} questions.", bank.title)?;
        if !by_model {
            writeln!(
                out,
                "{DIM}No language model is configured: ideas are found by their words, and a good paraphrase may hold \
                 more than is found.\nA local model judges better: ollama pull llama3.1, then with \
                 OPENAI_BASE_URL=http://localhost:11434/v1\nand ANSWER_GRADER__LLM__MODEL=llama3.1 in the \
                 environment.{DIM:#}"
            )?;
        }
        Ok(())
    })
}

pub(super) fn question(number: usize, of: usize, question: &Question) -> anyhow::Result<()> {
    let topic = question.topic.as_deref().unwrap_or_default();
    let unmeasured = if question.labelled {
        ""
    } else {
        " (how well it is graded is not measured against people yet)"
    };
    print::with(|out| {
        use std::io::Write as _;
        writeln!(
            out,
            "\n{DIM}Question {number} of {of}  {topic}{unmeasured}{DIM:#}"
        )?;
        writeln!(out, "{BOLD}{}{BOLD:#}", question.task().question)
    })
}

pub(super) fn follow_up(question: &str) -> anyhow::Result<()> {
    print::line(&format!("\n{BOLD}{question}{BOLD:#}"))
}

/// Says what a grade comes to. Keywords count ideas; a percentage would promise too much.
pub(super) fn headline(grade: &Grade) -> String {
    let found = grade
        .concepts
        .iter()
        .filter(|concept| matches!(concept.verdict, Verdict::Covered | Verdict::Partial));
    let count = format!("{} of {} ideas", found.count(), grade.concepts.len());
    match grade.score {
        None => "This answer could not be graded".to_owned(),
        Some(score) if grade.method == Method::Llm => {
            format!("{:.0} %, {count} covered", score * 100.0)
        }
        Some(_) => format!("Mentions {count}"),
    }
}

/// Shows a grade; the idea that is asked about next is not told.
pub(super) fn grade(
    question: &Question,
    grade: &Grade,
    hidden: Option<&str>,
) -> anyhow::Result<()> {
    print::with(|out| {
        use std::io::Write as _;
        writeln!(out, "\n{BOLD}{}{BOLD:#}", headline(grade))?;
        if grade.score.is_none() {
            writeln!(out, "  {}", grade.review_reasons.join(", "))?;
        }
        for concept in &grade.concepts {
            let (style, word) = verdict(concept.verdict);
            let text = concept.text.as_deref().unwrap_or(&concept.id);
            if hidden == Some(concept.id.as_str()) {
                writeln!(
                    out,
                    "  {style}{word:<12}{style:#} the question below is about this one"
                )?;
                continue;
            }
            writeln!(out, "  {style}{word:<12}{style:#} {text}")?;
            if let Some(evidence) = &concept.evidence {
                let words: Vec<_> = evidence.quote.split_whitespace().collect();
                writeln!(out, "  {DIM}{:<12} “{}”{DIM:#}", "", words.join(" "))?;
            }
            let read = question.links.get(&concept.id);
            if let Some(link) = read.filter(|_| concept.verdict != Verdict::Covered) {
                writeln!(out, "  {:<12} {DIM}{link}{DIM:#}", "")?;
            }
        }
        for misconception in &grade.misconceptions {
            let text = misconception.text.as_deref().unwrap_or(&misconception.id);
            writeln!(out, "  {RED}{:<12}{RED:#} {text}", "mistaken")?;
        }
        if hidden.is_none() && grade.method == Method::Llm && !grade.feedback.is_empty() {
            writeln!(out, "\n  {}", grade.feedback)?;
        }
        Ok(())
    })
}

pub(super) fn model_answer(question: &Question) -> anyhow::Result<()> {
    let text = &question.task().reference_answer;
    if text.is_empty() {
        return Ok(());
    }
    print::line(&format!("\n{BOLD}A model answer{BOLD:#}\n{text}"))
}

pub(super) fn verdict(verdict: Verdict) -> (Style, &'static str) {
    match verdict {
        Verdict::Covered => (GREEN, "covered"),
        Verdict::Partial => (YELLOW, "in part"),
        Verdict::Missing => (DIM, "missing"),
        Verdict::Contradicted => (RED, "contradicted"),
    }
}
