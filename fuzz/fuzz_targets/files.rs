//! Reads any bytes as what people write: a bank, notes for one, labelled cases and a suite of them. An error that says
//! where, or something that can be used.
#![no_main]

use std::path::Path;

use answer_grader::bank::{Bank, Banks, import};
use answer_grader::eval::{Reader, Suite};
use answer_grader::grade::Limits;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((kind, rest)) = data.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(rest);
    match kind % 5 {
        0 => {
            if let Ok(bank) = Bank::parse(&text, "bank.toml") {
                bank.questions.iter().for_each(|question| drop(question.task()));
            }
        }
        1 => {
            // What is made of notes is a bank.
            if let Ok(made) = import(&text, "notes.md", "notes", "Notes") {
                Bank::parse(&made, "notes.toml").unwrap();
            }
        }
        kind => {
            let end = ["jsonl", "csv", "toml"][usize::from(kind) - 2];
            let file = std::env::temp_dir().join(format!("answer-grader-fuzz-{}.{end}", std::process::id()));
            std::fs::write(&file, rest).unwrap();
            read(&file);
        }
    }
});

const LIMITS: Limits = Limits {
    answer_chars: 2_000,
    reference_chars: 2_000,
    alternative_answers: 5,
    concepts: 10,
    concept_chars: 200,
    aliases: 5,
    metadata_bytes: 500,
};

fn read(file: &Path) {
    // Of cases or of a suite; what is wrong is told, and nothing else is wanted here.
    let banks = Banks::default();
    let mut reader = Reader::new(&banks, &LIMITS, None, false);
    if reader.read(file).is_ok() {
        let _ = reader.finish("cases");
    }
    let _ = Suite::read(file);
}
