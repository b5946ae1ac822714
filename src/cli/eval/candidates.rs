use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};

use super::arguments::{GraderArguments, Judge};
use crate::config::{self, Settings};
use crate::eval::{Candidate, Case};
use crate::grade::{Calibration, RequestedMethod};
use crate::grader::{GradeError, Grader};
use crate::llm::{Model, Prices, RecordedModel, Recording};
use crate::prompt::Prompt;

/// The graders that are evaluated: a row for each prompt and model.
pub(crate) struct Matrix {
    pub(crate) rows: Vec<Row>,
    /// Where replies come from, if from a file only.
    replayed: Option<PathBuf>,
}

/// One grader.
pub(crate) struct Row {
    pub(crate) candidate: Candidate,
    /// The recorded replies of each repetition; none where every reply is asked for.
    pub(crate) recorded: Vec<Arc<RecordedModel>>,
    pub(crate) prices: Option<Prices>,
    /// Whether anything may be sent.
    pub(crate) live: bool,
}

/// Builds the graders that were asked for. Every prompt is rendered once for each question, so that
/// one that does not is known before anything is sent.
pub(crate) fn candidates(
    arguments: &GraderArguments,
    settings: &Settings,
    cases: &[Arc<Case>],
) -> anyhow::Result<Matrix> {
    let rows = if by_llm(arguments, settings)? {
        by_models(arguments, settings)?
    } else {
        vec![by_keywords(arguments.repeat, settings)?]
    };
    for row in &rows {
        renders(row, cases)?;
    }
    Ok(Matrix {
        rows,
        replayed: arguments
            .replay
            .clone()
            .filter(|_| !arguments.record_missing),
    })
}

fn by_llm(arguments: &GraderArguments, settings: &Settings) -> anyhow::Result<bool> {
    let replies = arguments.replay.is_some() || arguments.record.is_some();
    let wants_model = replies || !arguments.prompt.is_empty() || !arguments.model.is_empty();
    match arguments.method {
        Judge::Keyword if wants_model => {
            bail!(
                "--method keyword asks no model: leave out --prompt, --model, --record and --replay"
            )
        }
        Judge::Keyword => Ok(false),
        Judge::Llm => Ok(true),
        Judge::Auto => Ok(wants_model || config::model(settings)?.is_some()),
    }
}

/// The offline grader, as often as it is to grade.
pub(crate) fn by_keywords(repeat: u32, settings: &Settings) -> anyhow::Result<Row> {
    let settings = config::grader_settings(settings)?;
    let calibration = settings.standard.calibration.as_deref();
    Ok(Row {
        candidate: Candidate {
            name: "keyword".to_owned(),
            method: RequestedMethod::Keyword,
            model: None,
            prompt: None,
            calibration: calibration.map(Calibration::identity),
            graders: vec![Grader::offline(settings); repeat as usize],
        },
        recorded: Vec::new(),
        prices: None,
        live: false,
    })
}

fn by_models(arguments: &GraderArguments, settings: &Settings) -> anyhow::Result<Vec<Row>> {
    let prompts = if arguments.prompt.is_empty() {
        vec![Arc::new(config::prompt(settings)?)]
    } else {
        let read = |folder: &PathBuf| Ok(Arc::new(Prompt::read(folder)?));
        arguments
            .prompt
            .iter()
            .map(read)
            .collect::<anyhow::Result<_>>()?
    };
    let models = if arguments.model.is_empty() {
        vec![settings.llm.model.clone()]
    } else {
        arguments.model.clone()
    };
    let recording = recording(arguments)?.map(Arc::new);
    let mut rows: Vec<Row> = Vec::new();
    for model in &models {
        let mut settings = settings.clone();
        settings.llm.model.clone_from(model);
        for prompt in &prompts {
            let row = by_model(arguments, &settings, prompt, recording.as_ref())?;
            if rows
                .iter()
                .any(|other| other.candidate.name == row.candidate.name)
            {
                bail!("{} is asked for twice", row.candidate.name);
            }
            rows.push(row);
        }
    }
    Ok(rows)
}

fn by_model(
    arguments: &GraderArguments,
    settings: &Settings,
    prompt: &Arc<Prompt>,
    recording: Option<&Arc<Recording>>,
) -> anyhow::Result<Row> {
    let (identity, mut prices) = config::model_identity(settings)?;
    let replay_only = arguments.replay.is_some() && !arguments.record_missing;
    let live = if replay_only {
        None
    } else {
        let model = config::model(settings)?.ok_or(GradeError::NotConfigured)?;
        prices = model.prices;
        Some(model.model as Arc<dyn Model>)
    };
    let recorded: Vec<_> = recording
        .iter()
        .flat_map(|recording| {
            let model = |occurrence| match &live {
                Some(live) => {
                    RecordedModel::record(Arc::clone(recording), occurrence, Arc::clone(live))
                }
                None => RecordedModel::replay(Arc::clone(recording), occurrence, identity.clone()),
            };
            (1..=arguments.repeat)
                .map(model)
                .map(Arc::new)
                .collect::<Vec<_>>()
        })
        .collect();
    let models: Vec<Arc<dyn Model>> = match &live {
        Some(live) if recorded.is_empty() => vec![Arc::clone(live); arguments.repeat as usize],
        _ => recorded
            .iter()
            .map(|model| Arc::clone(model) as Arc<dyn Model>)
            .collect(),
    };
    let settings = config::grader_settings(settings)?;
    let calibration = settings.standard.calibration.as_deref();
    let calibration = calibration.map(Calibration::identity);
    let grader = |model| Grader::new(settings.clone(), model, Arc::clone(prompt), prices);
    Ok(Row {
        candidate: Candidate {
            name: format!("{}, {}", identity.model, prompt.identity()),
            method: RequestedMethod::Llm,
            model: Some(identity.model),
            prompt: Some(prompt.identity().to_owned()),
            calibration,
            graders: models.into_iter().map(grader).collect(),
        },
        recorded,
        prices,
        live: live.is_some(),
    })
}

fn recording(arguments: &GraderArguments) -> anyhow::Result<Option<Recording>> {
    Ok(match (&arguments.record, &arguments.replay) {
        // Nothing is recorded in a dry run, and whoever asks for one has no file yet.
        (Some(path), _) => Some(Recording::create(path)?),
        (None, Some(path)) => Some(Recording::read(path, arguments.record_missing)?),
        (None, None) => None,
    })
}

fn renders(row: &Row, cases: &[Arc<Case>]) -> anyhow::Result<()> {
    let Some(grader) = row.candidate.graders.first() else {
        return Ok(());
    };
    let mut questions = std::collections::HashSet::new();
    for case in cases {
        let submission = case.submission();
        if questions.insert((&case.question_id, submission.answer_source as u8)) {
            let asked = grader.preview(submission);
            asked.with_context(|| format!("{}: the case {}", row.candidate.name, case.id))?;
        }
    }
    Ok(())
}

impl Matrix {
    /// Refuses a budget that could not be kept.
    pub(crate) fn check_budget(&self, max_cost: Option<f64>) -> anyhow::Result<()> {
        let unpriced = self
            .rows
            .iter()
            .find(|row| row.live && row.prices.is_none());
        match (max_cost, unpriced) {
            (Some(_), Some(row)) => bail!(
                "--max-cost needs the prices of {}; give them in [[llm.models]] of a file passed with --config",
                row.candidate.model.as_deref().unwrap_or("the model")
            ),
            _ => Ok(()),
        }
    }

    /// The file that replies are only taken from.
    pub(crate) fn replayed(&self) -> Option<&Path> {
        self.replayed.as_deref()
    }
}
