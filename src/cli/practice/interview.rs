use std::io::{BufRead as _, IsTerminal as _};
use std::time::{Instant, SystemTime};

use serde::Serialize;
use tokio::runtime::Runtime;

use super::choose::topic;
use super::memory::Memory;
use super::told;
use crate::bank::{Bank, Question};
use crate::cli::print;
use crate::config::{self, Settings};
use crate::grade::{Defaults, Grade, GradeRequest, Limits, Verdict};
use crate::grader::Grader;

/// A mock interview under way.
pub(super) struct Interview<'a> {
    bank: &'a Bank,
    grader: Grader,
    runtime: Runtime,
    limits: Limits,
    defaults: Defaults,
    minutes: Option<u16>,
    begun: SystemTime,
}

/// What became of a question.
#[derive(Debug, Serialize)]
pub(super) struct Answered {
    pub(super) question_id: String,
    pub(super) question: String,
    pub(super) topic: String,
    /// `null` where the question was skipped.
    pub(super) answer: Option<String>,
    pub(super) seconds: u64,
    pub(super) follow_up: Option<FollowUp>,
    /// The grade of the answer and of the one to the follow-up together.
    pub(super) grade: Option<Grade>,
}

/// A question about the most important idea that an answer lacks.
#[derive(Debug, Serialize)]
pub(super) struct FollowUp {
    /// The idea.
    pub(super) concept: String,
    pub(super) question: String,
    /// Empty where it was skipped.
    pub(super) answer: String,
}

/// What somebody typed.
enum Typed {
    Text(String),
    Nothing,
    /// Ctrl-D.
    End,
}

impl<'a> Interview<'a> {
    pub(super) fn new(
        settings: &Settings,
        bank: &'a Bank,
        minutes: Option<u16>,
    ) -> anyhow::Result<Self> {
        let (grader, _) = config::grader(settings)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        Ok(Self {
            bank,
            grader,
            runtime,
            limits: settings.limits,
            defaults: config::defaults(settings),
            minutes,
            begun: SystemTime::now(),
        })
    }

    pub(super) fn begun(&self) -> SystemTime {
        self.begun
    }

    /// Asks all questions; gives what became of those that came up.
    pub(super) fn hold(
        &mut self,
        questions: &[&Question],
        memory: &mut Memory,
    ) -> anyhow::Result<Vec<Answered>> {
        let mut answers = Vec::new();
        told::welcome(self.bank, questions.len(), self.grader.model().is_some())?;
        for (at, question) in questions.iter().enumerate() {
            told::question(at + 1, questions.len(), question)?;
            let started = Instant::now();
            let typed = type_answer("Your answer (an empty line ends it)")?;
            let seconds = started.elapsed().as_secs();
            if let Some(minutes) = self.minutes
                && seconds > u64::from(minutes) * 60
            {
                print::line(&format!("That took longer than {minutes} minutes."))?;
            }
            let mut answered = Answered {
                question_id: format!("{}/{}", self.bank.id, question.id),
                question: question.task().question.clone(),
                topic: topic(question).to_owned(),
                answer: None,
                seconds,
                follow_up: None,
                grade: None,
            };
            match typed {
                Typed::End => break,
                Typed::Nothing => print::line("Skipped.")?,
                Typed::Text(text) => {
                    answered.answer = Some(text);
                    // One answer that cannot be graded does not cost the others.
                    let judged = self.judge(question, &mut answered);
                    if let Some(grade) = &answered.grade {
                        let kept = memory.keep(&self.bank.id, &question.id, grade);
                        kept.unwrap_or_else(|error| print::error(&error));
                    }
                    judged.unwrap_or_else(|error| print::error(&error));
                }
            }
            answers.push(answered);
        }
        Ok(answers)
    }

    /// Grades an answer, asks further about what matters most of what is missing, and shows the rest.
    fn judge(&self, question: &Question, answered: &mut Answered) -> anyhow::Result<()> {
        let text = answered.answer.clone().unwrap_or_default();
        let mut grade = self.grade(&answered.question_id, question, &text)?;
        answered.grade = Some(grade.clone());
        let asked = follow_up(question, &grade);
        let hidden = asked.as_ref().map(|asked| asked.concept.as_str());
        told::grade(question, &grade, hidden)?;
        if let Some(mut asked) = asked {
            told::follow_up(&asked.question)?;
            if let Typed::Text(more) = type_answer("Your answer (empty: show what is missing)")? {
                let both = format!("{text}\n\n{more}");
                grade = self.grade(&answered.question_id, question, &both)?;
                answered.grade = Some(grade.clone());
                asked.answer = more;
            }
            told::grade(question, &grade, None)?;
            answered.follow_up = Some(asked);
        }
        told::model_answer(question)
    }

    fn grade(&self, id: &str, question: &Question, text: &str) -> anyhow::Result<Grade> {
        let request = GradeRequest {
            question_id: Some(id.to_owned()),
            candidate_answer: text.to_owned(),
            ..GradeRequest::default()
        };
        let find = |_: &str| Some(question.task().clone());
        let (submission, policy) = request.check(&self.limits, self.defaults, find)?;
        let grading = self.grader.grade(&submission, policy);
        Ok(self.runtime.block_on(grading)?)
    }
}

/// The question about the weightiest idea that an answer lacks.
fn follow_up(question: &Question, grade: &Grade) -> Option<FollowUp> {
    let lacking = grade
        .concepts
        .iter()
        .filter(|concept| matches!(concept.verdict, Verdict::Missing | Verdict::Contradicted));
    let weight = |id: &str| {
        let concepts = question.task().concepts.iter();
        concepts
            .clone()
            .find(|one| one.id == id)
            .map_or(1.0, |one| one.weight)
    };
    // The first of equals.
    let concept = lacking.reduce(|one, other| {
        if weight(&other.id) > weight(&one.id) {
            other
        } else {
            one
        }
    })?;
    let asked = question.follow_ups.get(&concept.id);
    Some(FollowUp {
        concept: concept.id.clone(),
        question: asked.cloned().unwrap_or_else(|| {
            "One more idea matters here. What else would you say about it?".to_owned()
        }),
        answer: String::new(),
    })
}

/// Reads lines until an empty one.
fn type_answer(prompt: &str) -> anyhow::Result<Typed> {
    print::dim(prompt)?;
    let mut lines: Vec<String> = Vec::new();
    let input = std::io::stdin();
    loop {
        let mut line = Vec::new();
        if input.lock().read_until(b'\n', &mut line)? == 0 {
            if input.is_terminal() {
                print::line("")?;
            }
            return Ok(typed(&lines).unwrap_or(Typed::End));
        }
        // A terminal of another encoding costs some letters, and not the interview.
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end_matches(['\n', '\r']);
        if line.trim().is_empty() {
            return Ok(typed(&lines).unwrap_or(Typed::Nothing));
        }
        lines.push(line.to_owned());
    }
}

fn typed(lines: &[String]) -> Option<Typed> {
    (!lines.is_empty()).then(|| Typed::Text(lines.join("\n")))
}
