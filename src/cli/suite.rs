use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand, ValueEnum};

use super::print;
use crate::eval::import::{Imported, Naming, Origin, import};

/// What to do with suites.
#[derive(Debug, Subcommand)]
pub(super) enum SuiteCommand {
    Import(ImportArguments),
}

/// Turn tests of promptfoo, or a grader of OpenAI with its items, into a suite for eval.
///
/// Writes FOLDER/suite.toml and FOLDER/cases.jsonl; tests that nobody has graded yet go to
/// FOLDER/unlabelled.jsonl, where "score" is still to be filled in. What has no counterpart is left
/// out and named.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ImportArguments {
    /// promptfoo: configurations, files of tests (.yaml, .json, .jsonl, .csv) or results (.json, .jsonl);
    /// OpenAI: graders or evals (.json) and items (.jsonl)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The folder to write; nothing in it is written over
    #[arg(short, long, value_name = "FOLDER")]
    output: PathBuf,
    /// Where the files come from; found out from what they hold where it is not given
    #[arg(long, value_enum)]
    from: Option<From>,
    /// The variable or field that holds the question
    #[arg(long, value_name = "NAME")]
    question: Option<String>,
    /// The variable or field that holds the candidate's answer
    #[arg(long, value_name = "NAME")]
    answer: Option<String>,
    /// The variable or field that holds the reference answer
    #[arg(long, value_name = "NAME")]
    reference: Option<String>,
    /// The variable, metadata or field that holds what a person gave
    #[arg(long, value_name = "NAME")]
    score: Option<String>,
    /// The variable or field that names the case
    #[arg(long, value_name = "NAME")]
    id: Option<String>,
    /// What full marks are worth in the scores; 1, or what a grader's `range` says
    #[arg(long, value_name = "N", value_parser = full_marks)]
    max_score: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum From {
    /// promptfoo
    Promptfoo,
    /// OpenAI
    Openai,
}

const EXAMPLES: &str = "\
Names that are found without an option, with or without capitals and underscores:
  question   question, query, input, prompt
  answer     candidate_answer, student_answer, answer, response, output; else a test's providerOutput
  reference  reference_answer, reference, expected_answer, expected_output, expected, ideal, ground_truth
  score      human_score, expected_score, score, points, label; of max_points or max_score

Examples:
  answer-grader suite import promptfooconfig.yaml -o suites/django
  answer-grader suite import tests.csv --answer essay --score teacher --max-score 5 -o suites/essays
  answer-grader suite import results.json -o suites/again       # of promptfoo eval -o results.json
  answer-grader suite import grader.json items.jsonl -o suites/graded
  answer-grader eval suites/django/suite.toml --method keyword -o report.html

docs/evaluation.md says what becomes of each assertion and grader.";

fn full_marks(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number),
        _ => Err("must be a number above 0".to_owned()),
    }
}

impl SuiteCommand {
    pub(super) fn run(self, file: Option<&Path>) -> anyhow::Result<()> {
        let settings = super::start(file, &[])?;
        let Self::Import(arguments) = self;
        let folder = &arguments.output;
        // Before anything is read, since nobody waits for an import that cannot be kept.
        free(folder, ["suite.toml", "cases.jsonl", "unlabelled.jsonl"])?;
        let naming = Naming {
            question: arguments.question,
            answer: arguments.answer,
            reference: arguments.reference,
            score: arguments.score,
            id: arguments.id,
            max_score: arguments.max_score,
        };
        let origin = arguments.from.map(|from| match from {
            From::Promptfoo => Origin::Promptfoo,
            From::Openai => Origin::OpenAi,
        });
        let imported = import(&arguments.files, origin, &naming, &settings.limits)?;
        free(folder, imported.files.iter().map(|(name, _)| name.as_str()))?;
        write(folder, &imported.files)?;
        tell(folder, &imported)
    }
}

/// Refuses a folder that holds a suite, since people fill in what an import wrote.
fn free<'a>(folder: &Path, names: impl IntoIterator<Item = &'a str>) -> anyhow::Result<()> {
    if folder.exists() && !folder.is_dir() {
        bail!("{} is no folder; -o names one", folder.display());
    }
    for name in names {
        let path = folder.join(name);
        if path.exists() {
            bail!(
                "{} exists, and nothing is written over it; give another folder, or move it away",
                path.display()
            );
        }
    }
    Ok(())
}

/// Writes all files or none: each under another name first, so that a full disk leaves nothing
/// that looks like a suite.
fn write(folder: &Path, files: &[(String, String)]) -> anyhow::Result<()> {
    let is_new = !folder.exists();
    let cannot = || format!("cannot write {}", folder.display());
    fs::create_dir_all(folder).with_context(cannot)?;
    let new = |name: &str| folder.join(format!(".{name}.new"));
    let done: io::Result<()> = (|| {
        for (name, text) in files {
            fs::write(new(name), text)?;
        }
        // The suite comes last, since it names the others.
        for (name, _) in files.iter().rev() {
            fs::rename(new(name), folder.join(name))?;
        }
        Ok(())
    })();
    if done.is_err() {
        for (name, _) in files {
            // What was not written cannot be removed.
            let _ = fs::remove_file(new(name));
            let _ = fs::remove_file(folder.join(name));
        }
        if is_new {
            let _ = fs::remove_dir(folder);
        }
    }
    done.with_context(cannot)
}

fn tell(folder: &Path, imported: &Imported) -> anyhow::Result<()> {
    let suite = folder.join("suite.toml");
    let suite = suite.display();
    print::line(&format!(
        "{suite}: {} with a score",
        cases(imported.labelled)
    ))?;
    let open = imported.unlabelled + imported.unanswered;
    if open > 0 {
        let unlabelled = folder.join("unlabelled.jsonl");
        print::line(&format!(
            "{}: {} to fill in: {} without a score, {} without an answer",
            unlabelled.display(),
            cases(open),
            imported.unlabelled,
            imported.unanswered
        ))?;
    }
    if !imported.notes.is_empty() {
        print::line("left out, or to be read:")?;
        for note in &imported.notes {
            print::line(&format!(
                "  {} × {} (first: {})",
                note.count, note.what, note.first
            ))?;
        }
    }
    for (name, _) in &imported.files {
        if Path::new(name).extension().is_some_and(|end| end == "md") {
            print::line(&format!(
                "{}: the prompt of a grader, for you to carry over",
                folder.join(name).display()
            ))?;
        }
    }
    let suite = suite.to_string();
    let suite = if suite.contains(char::is_whitespace) {
        format!("'{suite}'")
    } else {
        suite
    };
    let eval = format!("answer-grader eval {suite} --method keyword");
    if open == 0 {
        return print::line(&format!("next: {eval}"));
    }
    let fill = "write what is null in unlabelled.jsonl: the \"candidate_answer\", and what a person gave it, as \"score\" from 0 to 1 or as \"points\" of \"max_points\"";
    if imported.labelled == 0 {
        return print::line(&format!("next: {fill}\nthen: {eval}"));
    }
    print::line(&format!(
        "next: {eval}\nnext: {fill}; then name the file in suite.toml beside cases.jsonl"
    ))
}

fn cases(count: usize) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} case{end}")
}
