use std::fmt;
use std::ops::RangeInclusive;

use sha2::{Digest as _, Sha256};

use super::Method;

/// Names the format of a calibration's file; another number means other fields.
///
/// See [`Calibration`], which the constant is no part of: the file holds it, and the identity depends on it.
pub const CALIBRATION_SCHEMA: &str = "answer-grader/calibration/1";

const UNIT: RangeInclusive<f64> = 0.0..=1.0;
const OUT_OF_RANGE: &str = "must be from 0 to 1";

/// What a grader's scores and confidences are worth beside people's, learnt from labelled answers.
///
/// Each method has its own; a method without one keeps its scores.
///
/// ```
/// use answer_grader::grade::{
///     Calibration, ConfidenceStep, ConfidenceTable, Method, MethodCalibration, ScoreMap,
/// };
///
/// let map = ScoreMap::new(vec![[0.0, 0.0], [0.5, 0.7], [1.0, 1.0]])?;
/// let step = |at_least, chance| ConfidenceStep { at_least, chance };
/// let confidence = ConfidenceTable::new(vec![step(0.0, 0.4), step(0.5, 0.8)])?;
/// let keyword = MethodCalibration::new(map, confidence, Some(0.3))?;
/// let calibration = Calibration::new("django", None, Some(keyword))?;
/// let method = calibration.of(Method::Keyword).ok_or("no table")?;
/// assert_eq!((method.apply(0.5), method.confidence(0.6)), (0.7, 0.8));
/// assert_eq!(method.map().points()[1], [0.5, 0.7]);
/// assert_eq!(method.confidence_table().steps()[1].chance, 0.8);
/// assert_eq!((method.confidence_table().chance(0.1), method.review_below()), (0.4, Some(0.3)));
/// assert!(calibration.of(Method::Llm).is_none());
/// assert!(calibration.identity().starts_with("django@"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`Standard`](super::Standard) gives it to a grader.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    name: String,
    llm: Option<MethodCalibration>,
    keyword: Option<MethodCalibration>,
}

/// The calibration of one method.
///
/// See [`Calibration`].
#[derive(Debug, Clone, PartialEq)]
pub struct MethodCalibration {
    map: ScoreMap,
    confidence: ConfidenceTable,
    review_below: Option<f64>,
}

/// A map from scores to calibrated scores: straight lines between points that never fall.
///
/// It begins at `[0, 0]`, so that an answer that earned nothing never gains by it, and ends at a
/// score of 1.
///
/// ```
/// use answer_grader::grade::ScoreMap;
///
/// let map = ScoreMap::new(vec![[0.0, 0.0], [0.5, 0.8], [1.0, 1.0]])?;
/// assert_eq!(map.apply(0.0), 0.0);
/// assert_eq!(map.apply(0.75), 0.9);
/// # Ok::<(), answer_grader::grade::CalibrationError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreMap(Vec<[f64; 2]>);

/// The chance that a person's score lies within .15 of the calibrated score, by the grader's
/// confidence: steps that never fall.
///
/// See [`Calibration`].
#[derive(Debug, Clone, PartialEq)]
pub struct ConfidenceTable(Vec<ConfidenceStep>);

/// A step of a [`ConfidenceTable`], which reaches up to the next one.
///
/// See [`Calibration`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConfidenceStep {
    /// The lowest confidence of the step as the grader gave it, 0..1; 0 in the first one.
    pub at_least: f64,
    /// Above 0 and below 1: a sample never shows what is certain.
    pub chance: f64,
}

/// Names a part of a calibration.
///
/// See [`CalibrationError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalibrationField {
    /// The calibration's name, the stem of its file's name.
    Name,
    /// The methods' tables.
    Methods,
    /// The points of a map.
    Map,
    /// The steps of a confidence table.
    Confidence,
    /// The confidence below which a person should look.
    ReviewBelow,
}

/// Says what is wrong with a calibration: the field, and the limit that it breaks.
///
/// ```
/// use answer_grader::grade::{CalibrationField, ScoreMap};
///
/// let error = ScoreMap::new(vec![[0.0, 0.1], [1.0, 1.0]]).unwrap_err();
/// assert_eq!((error.field, error.index), (CalibrationField::Map, Some(0)));
/// assert_eq!(error.to_string(), "map[0]: must be [0, 0]: nothing earned stays nothing");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalibrationError {
    /// The field.
    pub field: CalibrationField,
    /// Which of its entries, from 0; `None` where the field as a whole is meant.
    pub index: Option<usize>,
    /// What would be right.
    pub limit: &'static str,
}

impl Calibration {
    /// Makes a calibration; `name` is the stem of its file's name, which the identity begins with.
    ///
    /// # Errors
    /// The name is empty or has control characters, or there is no method.
    pub fn new(
        name: impl Into<String>,
        llm: Option<MethodCalibration>,
        keyword: Option<MethodCalibration>,
    ) -> Result<Self, CalibrationError> {
        let name = name.into();
        if name.trim().is_empty() || name.contains(char::is_control) {
            let limit = "must not be empty, nor have control characters";
            return Err(whole(CalibrationField::Name, limit));
        }
        if llm.is_none() && keyword.is_none() {
            return Err(whole(CalibrationField::Methods, "needs llm or keyword"));
        }
        Ok(Self { name, llm, keyword })
    }

    /// The calibration of a method; none for the gate, whose rules a person would follow too.
    pub fn of(&self, method: Method) -> Option<&MethodCalibration> {
        match method {
            Method::Llm => self.llm.as_ref(),
            Method::Keyword => self.keyword.as_ref(),
            Method::Gate => None,
        }
    }

    /// The name and 12 hex digits of a SHA-256 of all numbers, such as `django@1f3a9c02d4e5`, for a
    /// grade's provenance.
    ///
    /// It is the same on every machine, and whatever comments the file has.
    pub fn identity(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(CALIBRATION_SCHEMA);
        for method in [&self.llm, &self.keyword] {
            hash.update([u8::from(method.is_some())]);
            if let Some(method) = method {
                method.add_to(&mut hash);
            }
        }
        format!("{}@{}", self.name, crate::text::hex(&hash.finalize()[..6]))
    }
}

impl MethodCalibration {
    /// Puts the parts together; a grade whose confidence, as the grader gave it, is below
    /// `review_below` (0..1) is for a person to look at.
    ///
    /// # Errors
    /// `review_below` is out of range.
    pub fn new(
        map: ScoreMap,
        confidence: ConfidenceTable,
        review_below: Option<f64>,
    ) -> Result<Self, CalibrationError> {
        if review_below.is_some_and(|limit| !UNIT.contains(&limit)) {
            return Err(whole(CalibrationField::ReviewBelow, OUT_OF_RANGE));
        }
        Ok(Self {
            map,
            confidence,
            review_below: review_below.map(without_sign),
        })
    }

    /// The score that people would give where the grader gives `score`, both 0..1; 0 stays 0.
    pub fn apply(&self, score: f64) -> f64 {
        self.map.apply(score)
    }

    /// The chance, above 0 and below 1, that a person's score lies within .15 of the calibrated
    /// score, where the grader's own confidence is `raw`, 0..1.
    pub fn confidence(&self, raw: f64) -> f64 {
        self.confidence.chance(raw)
    }

    /// The map of scores.
    pub fn map(&self) -> &ScoreMap {
        &self.map
    }

    /// The confidence table.
    pub fn confidence_table(&self) -> &ConfidenceTable {
        &self.confidence
    }

    /// The confidence, as the grader gave it and not as the table has it, below which a person
    /// should look at a grade; `None` leaves that to the settings.
    pub fn review_below(&self) -> Option<f64> {
        self.review_below
    }

    /// Adds all numbers to a hash, each list with its length before it.
    fn add_to(&self, hash: &mut Sha256) {
        let map = self.map.points().as_flattened().to_vec();
        let steps = self.confidence.steps().iter();
        let confidence = steps.flat_map(|step| [step.at_least, step.chance]);
        let review_below = self.review_below.into_iter();
        for numbers in [map, confidence.collect(), review_below.collect()] {
            hash.update((numbers.len() as u64).to_le_bytes());
            for number in numbers {
                hash.update(number.to_le_bytes());
            }
        }
    }
}

impl ScoreMap {
    /// Checks the points, each a score and its calibrated score.
    ///
    /// # Errors
    /// A number is not from 0 to 1, the first point is not `[0, 0]`, a score is not above the one
    /// before it, a calibrated score is below the one before it, or the last score is not 1.
    pub fn new(points: Vec<[f64; 2]>) -> Result<Self, CalibrationError> {
        let wrong = |index, limit| Err(entry(CalibrationField::Map, index, limit));
        if points.len() < 2 {
            let limit = "must have two points or more";
            return Err(whole(CalibrationField::Map, limit));
        }
        for (index, [score, calibrated]) in points.iter().enumerate() {
            if !UNIT.contains(score) || !UNIT.contains(calibrated) {
                return wrong(index, OUT_OF_RANGE);
            }
            let before = index.checked_sub(1).and_then(|before| points.get(before));
            match before {
                None if *score > 0.0 || *calibrated > 0.0 => {
                    return wrong(index, "must be [0, 0]: nothing earned stays nothing");
                }
                Some([lower, _]) if score <= lower => {
                    return wrong(index, "its score must be above the one before it");
                }
                Some([_, lower]) if calibrated < lower => {
                    return wrong(
                        index,
                        "its calibrated score must not be below the one before",
                    );
                }
                _ => {}
            }
        }
        if points.last().is_some_and(|[score, _]| *score < 1.0) {
            return wrong(points.len() - 1, "the last point must be at a score of 1");
        }
        let points = points.into_iter();
        Ok(Self(points.map(|point| point.map(without_sign)).collect()))
    }

    /// The points, by rising score.
    pub fn points(&self) -> &[[f64; 2]] {
        &self.0
    }

    /// The calibrated score, 0..1, by linear interpolation; 0 stays 0, and a number that is no
    /// score counts as the nearest one.
    pub fn apply(&self, score: f64) -> f64 {
        let after = self.0.partition_point(|[from, _]| *from <= score);
        let before = after.checked_sub(1).and_then(|before| self.0.get(before));
        match (before, self.0.get(after)) {
            (Some([x0, y0]), Some([x1, y1])) => {
                (y0 + (y1 - y0) * (score - x0) / (x1 - x0)).clamp(*y0, *y1)
            }
            (Some([_, last]), None) => *last,
            (None, _) => 0.0,
        }
    }
}

impl ConfidenceTable {
    /// Checks the steps.
    ///
    /// # Errors
    /// There is no step, the first does not begin at 0, one does not begin above the one before it
    /// and by 1, or a chance is not above 0 and below 1, or falls.
    pub fn new(steps: Vec<ConfidenceStep>) -> Result<Self, CalibrationError> {
        let wrong = |index, limit| Err(entry(CalibrationField::Confidence, index, limit));
        if steps.is_empty() {
            let limit = "must have a step or more";
            return Err(whole(CalibrationField::Confidence, limit));
        }
        for (index, step) in steps.iter().enumerate() {
            if !UNIT.contains(&step.at_least) {
                return wrong(index, "at_least must be from 0 to 1");
            }
            if !(step.chance > 0.0 && step.chance < 1.0) {
                return wrong(index, "chance must be above 0 and below 1");
            }
            match index.checked_sub(1).and_then(|before| steps.get(before)) {
                None if step.at_least > 0.0 => {
                    return wrong(index, "at_least of the first step must be 0");
                }
                Some(before) if step.at_least <= before.at_least => {
                    return wrong(index, "at_least must be above the one before it");
                }
                Some(before) if step.chance < before.chance => {
                    return wrong(index, "chance must not be below the one before it");
                }
                _ => {}
            }
        }
        let unsigned = |step: ConfidenceStep| ConfidenceStep {
            at_least: without_sign(step.at_least),
            ..step
        };
        Ok(Self(steps.into_iter().map(unsigned).collect()))
    }

    /// The steps, by rising confidence.
    pub fn steps(&self) -> &[ConfidenceStep] {
        &self.0
    }

    /// The chance, above 0 and below 1, at a confidence, 0..1.
    pub fn chance(&self, raw: f64) -> f64 {
        let after = self.0.partition_point(|step| step.at_least <= raw);
        let step = self.0.get(after.saturating_sub(1));
        step.map_or(0.0, |step| step.chance)
    }
}

impl CalibrationField {
    /// The field's name in a file; a method's fields stand in the method's table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Methods => "methods",
            Self::Map => "map",
            Self::Confidence => "confidence",
            Self::ReviewBelow => "review_below",
        }
    }
}

impl fmt::Display for CalibrationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field.name())?;
        if let Some(index) = self.index {
            write!(f, "[{index}]")?;
        }
        write!(f, ": {}", self.limit)
    }
}

impl std::error::Error for CalibrationError {}

fn whole(field: CalibrationField, limit: &'static str) -> CalibrationError {
    CalibrationError {
        field,
        index: None,
        limit,
    }
}

fn entry(field: CalibrationField, index: usize, limit: &'static str) -> CalibrationError {
    CalibrationError {
        index: Some(index),
        ..whole(field, limit)
    }
}

/// Makes -0 into 0, so that equal calibrations have one identity.
fn without_sign(number: f64) -> f64 {
    number + 0.0
}

#[cfg(test)]
mod tests;
