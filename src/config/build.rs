use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::Settings;
use super::models::{models, stronger};
use crate::bank::{BankError, Banks};
use crate::eval::calibrate::{CalibrationFileError, read_calibration};
use crate::grade::{Calibration, Defaults, Policy, Standard};
use crate::grader::{BudgetSettings, Grader, GraderSettings};
use crate::llm::{BreakerSettings, CachedModel, HttpModel, Model, SettingsError as ModelError};
use crate::prompt::{Prompt, PromptError};

/// Says why the settings, though readable, do not make a grader.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A model entry is wrong.
    #[error("settings: the model \"{name}\" cannot be asked")]
    Model {
        /// The model's name.
        name: String,
        /// What is wrong.
        source: ModelError,
    },
    /// A further model is not known.
    #[error("settings: {setting} names \"{name}\", which has no entry among [[llm.models]]")]
    UnknownModel {
        /// The setting.
        setting: &'static str,
        /// The model's name.
        name: String,
    },
    /// A further model cannot be asked.
    #[error("settings: {setting} names \"{name}\", but its key, {variable}, is not set")]
    NoKey {
        /// The setting.
        setting: &'static str,
        /// The model's name.
        name: String,
        /// The variable that should hold its key.
        variable: String,
    },
    /// A budget is set, and nobody knows what a model costs.
    #[error(
        "settings: [budget] limits what is spent, but the model \"{0}\" has no prices; give them in its \
         [[llm.models]] entry"
    )]
    NoPrices(String),
    /// The prompt cannot be used.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// The calibration's file cannot be read.
    #[error("settings: cannot read grading.calibration, {path}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The calibration is wrong.
    #[error("{path}:{source}")]
    Calibration {
        /// The file.
        path: String,
        /// What is wrong, and where.
        source: CalibrationFileError,
    },
    /// A bank cannot be used.
    #[error(transparent)]
    Bank(#[from] BankError),
}

/// What the grader asks, for the log line at the start and for `config check`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backend {
    /// No language model is configured.
    Offline,
    /// This model, at this address.
    Llm {
        /// The model's name.
        model: String,
        /// Its base URL, without any query.
        base_url: String,
        /// Whether a key is sent.
        with_key: bool,
    },
}

/// What a grader does beyond what each request says.
///
/// # Errors
/// The calibration that the settings name cannot be used.
pub fn grader_settings(settings: &Settings) -> Result<GraderSettings, BuildError> {
    let file = settings.grading.calibration.as_deref();
    Ok(GraderSettings {
        standard: Standard {
            review_below: settings.grading.review_below,
            calibration: file.map(calibration).transpose()?.map(Arc::new),
        },
        context_tokens: settings.llm.context_tokens,
        max_output_tokens: settings.llm.max_output_tokens,
        repair: settings.llm.repair,
        samples: settings.llm.samples,
        ..GraderSettings::default()
    })
}

fn calibration(file: &Path) -> Result<Calibration, BuildError> {
    let path = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|source| BuildError::Unreadable {
        path: path.clone(),
        source,
    })?;
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    read_calibration(&stem, &text).map_err(|source| BuildError::Calibration { path, source })
}

/// Reads the prompt that the settings name, or takes the built-in one.
///
/// # Errors
/// The prompt cannot be used.
pub fn prompt(settings: &Settings) -> Result<Prompt, BuildError> {
    let folder = settings.llm.prompt.as_deref();
    Ok(folder.map_or_else(Prompt::built_in, Prompt::read)?)
}

/// Reads the prompt for a reference's concepts that the settings name, or takes the built-in one.
///
/// # Errors
/// The prompt cannot be used.
fn concepts_prompt(settings: &Settings) -> Result<Prompt, BuildError> {
    let folder = settings.llm.concepts_prompt.as_deref();
    Ok(folder.map_or_else(Prompt::built_in_concepts, Prompt::read)?)
}

/// Reads both prompts, for grading and for a reference's concepts.
///
/// # Errors
/// One of them cannot be used.
pub fn prompts(settings: &Settings) -> Result<(Prompt, Prompt), BuildError> {
    Ok((prompt(settings)?, concepts_prompt(settings)?))
}

/// The most that may be spent on models.
pub fn budget(settings: &Settings) -> BudgetSettings {
    BudgetSettings {
        usd_per_hour: settings.budget.usd_per_hour,
        usd_per_day: settings.budget.usd_per_day,
    }
}

/// Builds the grader that the settings and the environment describe.
///
/// # Errors
/// The model entry or the prompt is wrong. That no model is configured is no error.
pub fn grader(settings: &Settings) -> Result<(Grader, Backend), BuildError> {
    let (prompt, concepts_prompt) = prompts(settings)?;
    let standards = GraderSettings {
        budget: budget(settings),
        ..grader_settings(settings)?
    };
    let llm = &settings.llm;
    let breaker = BreakerSettings {
        failures: llm.breaker_failures,
        rest: Duration::from_millis(llm.breaker_rest_ms),
    };
    let models = models(settings, breaker)?;
    let stronger = match models.as_slice() {
        // Nobody judges first.
        [] => None,
        _ => stronger(settings, breaker)?,
    };
    let unpriced = models
        .iter()
        .chain(&stronger)
        .find(|model| model.prices.is_none());
    if let Some(unpriced) = unpriced.filter(|_| standards.budget != BudgetSettings::default()) {
        return Err(BuildError::NoPrices(unpriced.name.clone()));
    }
    let mut models = models.into_iter();
    let Some(first) = models.next() else {
        return Ok((Grader::offline(standards), Backend::Offline));
    };
    let kept = |model: Arc<HttpModel>| -> Arc<dyn Model> {
        match llm.cache_replies {
            0 => model,
            most => Arc::new(CachedModel::new(model, most)),
        }
    };
    let (prompt, model) = (Arc::new(prompt), kept(first.model));
    let mut grader = Grader::new(standards, model, prompt, first.prices);
    if llm.extract_concepts {
        grader = grader.with_extraction(Arc::new(concepts_prompt));
    }
    let grader = models.fold(grader, |grader, next| {
        grader.with_next(kept(next.model), next.prices)
    });
    let grader = match stronger {
        Some(stronger) => grader.with_escalation(kept(stronger.model), stronger.prices),
        None => grader,
    };
    Ok((grader, first.backend))
}

/// Loads the banks that the settings name.
///
/// # Errors
/// A file cannot be read or is wrong, or two banks have one id.
pub fn banks(settings: &Settings) -> Result<Banks, BuildError> {
    let mut banks = if settings.banks.built_in {
        Banks::built_in()?
    } else {
        Banks::default()
    };
    for file in &settings.banks.files {
        banks.add(crate::bank::Bank::read(Path::new(file))?)?;
    }
    Ok(banks)
}

/// What holds where a request is silent.
pub fn defaults(settings: &Settings) -> Defaults {
    let grading = &settings.grading;
    Defaults {
        policy: Policy {
            method: grading.method,
            fallback: grading.fallback,
            deadline: grading.deadline_ms.map(Duration::from_millis),
        },
        feedback: grading.feedback,
        redact_emails: settings.privacy.redact_emails,
        redact_phones: settings.privacy.redact_phones,
    }
}
