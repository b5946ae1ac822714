use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};

use super::record::{KeptRequest, task_of};
use super::reviews::ReviewState;
use super::{Store, StoreError};
use crate::grade::{Grade, Task};

/// A grade as it was kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// When it was made, in milliseconds since 1970.
    pub made_ms: i64,
    /// What was asked, and what is right.
    pub task: Task,
    /// What was sent; `None` where it is erased, or was never kept.
    pub request: Option<KeptRequest>,
    /// The grade; without quotes and feedback where these are erased.
    pub grade: Grade,
    /// The model's reply, word for word, where it is kept.
    pub reply: Option<String>,
    /// Whether nothing of it may be erased for now.
    pub legal_hold: bool,
    /// When its texts were erased.
    pub erased_ms: Option<i64>,
    /// The score that a person gave last, which then counts.
    pub human_score: Option<f64>,
    /// Where it stands with people.
    pub review_state: Option<ReviewState>,
    /// Whether a re-grade proposes it, or it was replaced by one.
    pub standing: Option<Standing>,
}

/// Where a grade stands that does not count.
#[derive(utoipa::ToSchema, Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It would count instead of this one if its re-grade were applied.
    ProposedInsteadOf(String),
    /// This one counts instead of it.
    ReplacedBy(String),
}

/// A grade as it stands in a list.
#[derive(utoipa::ToSchema, Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields are a grade's")]
pub struct Summary {
    pub id: String,
    #[serde(skip)]
    pub made_ms: i64,
    pub question_id: Option<String>,
    pub method: String,
    pub score: Option<f64>,
    pub human_score: Option<f64>,
    pub review_state: Option<ReviewState>,
    pub confidence: f64,
    pub needs_review: bool,
    pub degraded: Option<String>,
    pub model: Option<String>,
    pub prompt: Option<String>,
    pub cost_usd: Option<f64>,
    pub legal_hold: bool,
    pub erased: bool,
}

/// Which grades are wanted; all that count where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// Of a bank's question.
    pub question_id: Option<String>,
    /// Of a person, as the caller calls them.
    pub subject: Option<String>,
    /// By who judged: `llm`, `keyword`, `gate`.
    pub method: Option<String>,
    /// By the model's name.
    pub model: Option<String>,
    /// By the prompt's identity.
    pub prompt: Option<String>,
    /// By whether a person should look at them.
    pub needs_review: Option<bool>,
    /// By whether a person has judged them.
    pub reviewed: Option<bool>,
    /// By whether something else than what was asked for judged.
    pub degraded: Option<bool>,
    /// Made at this time or later, in milliseconds since 1970.
    pub from_ms: Option<i64>,
    /// Made before this time.
    pub until_ms: Option<i64>,
    /// Older than the grade of this id, where the last page ended.
    pub before: Option<String>,
}

/// Some of the grades, the latest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The grades.
    pub grades: Vec<Summary>,
    /// Whether there are more, older than the last of these.
    pub more: bool,
}

/// A value of a condition.
pub(super) enum Value {
    Text(String),
    Number(i64),
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments>;

pub(super) fn bind(query: Query<'_>, values: Vec<Value>) -> Query<'_> {
    values.into_iter().fold(query, |query, value| match value {
        Value::Text(text) => query.bind(text),
        Value::Number(number) => query.bind(number),
    })
}

impl Store {
    /// Finds a grade by its id.
    ///
    /// # Errors
    /// The database fails, or holds something that cannot be read.
    pub async fn grade(&self, id: &str) -> Result<Option<Recorded>, StoreError> {
        let select = "SELECT g.made_ms, t.task, g.request, g.grade, g.bones, g.reply, g.legal_hold, \
                      g.erased_ms, g.human_score, g.review_state, g.standing, COALESCE(g.replaced_by, g.replaces) \
                      FROM grades g JOIN tasks t ON t.hash = g.task WHERE g.id = $1";
        let row = sqlx::query(select).bind(id);
        let row = row.fetch_optional(&self.pool).await?;
        row.map(|row| recorded(&row)).transpose()
    }

    /// Tells by `appealed` whether an appeal is open against any grade of the answer of this one.
    ///
    /// # Errors
    /// The database fails.
    pub async fn appeal_of_answer(&self, id: &str) -> Result<Option<ReviewState>, StoreError> {
        let select = "SELECT MAX(f.review_state) FROM grades g JOIN grades f \
                      ON f.id = COALESCE(g.root, g.id) OR f.root = COALESCE(g.root, g.id) \
                      WHERE g.id = $1 AND f.review_state = 'appealed'";
        let state: Option<String> = sqlx::query_scalar(select)
            .bind(id)
            .fetch_one(&self.pool)
            .await?;
        ReviewState::of(state.as_deref())
    }

    /// Finds the grade that counts instead of one that was replaced, or that one itself.
    ///
    /// # Errors
    /// The database fails, or holds something that cannot be read.
    pub async fn counting_grade(&self, id: &str) -> Result<Option<Recorded>, StoreError> {
        let mut found = self.grade(id).await?;
        while let Some(Recorded {
            standing: Some(Standing::ReplacedBy(other)),
            ..
        }) = &found
        {
            found = self.grade(&other.clone()).await?;
        }
        Ok(found)
    }

    /// Lists grades, the latest first, `limit` of them at most.
    ///
    /// # Errors
    /// The database fails.
    pub async fn grades(&self, filter: &Filter, limit: u32) -> Result<Page, StoreError> {
        let (conditions, values) = self.conditions(filter);
        let select = format!(
            "SELECT {SUMMARY} FROM grades WHERE {conditions} ORDER BY id DESC LIMIT {}",
            u64::from(limit) + 1
        );
        // The text has names of columns and numbers of parameters only.
        let query = bind(sqlx::query(AssertSqlSafe(select)), values);
        let rows = query.fetch_all(&self.pool).await?;
        let mut grades = rows.iter().map(summary).collect::<Result<Vec<_>, _>>()?;
        let more = grades.len() > limit as usize;
        grades.truncate(limit as usize);
        Ok(Page { grades, more })
    }

    pub(super) fn conditions(&self, filter: &Filter) -> (String, Vec<Value>) {
        let subject = filter.subject.as_deref();
        let subject = subject.map(|subject| self.subject_hash(subject));
        let text = |value: &Option<String>| value.clone().map(Value::Text);
        let wanted = [
            ("question_id =", text(&filter.question_id)),
            ("subject =", subject.map(Value::Text)),
            ("method =", text(&filter.method)),
            ("model =", text(&filter.model)),
            ("prompt =", text(&filter.prompt)),
            (
                "needs_review =",
                filter.needs_review.map(|yes| Value::Number(yes.into())),
            ),
            ("made_ms >=", filter.from_ms.map(Value::Number)),
            ("made_ms <", filter.until_ms.map(Value::Number)),
            ("id <", text(&filter.before)),
        ];
        let mut conditions = vec!["standing IS NULL".to_owned()];
        let mut values = Vec::new();
        for (condition, value) in wanted {
            if let Some(value) = value {
                values.push(value);
                conditions.push(format!("{condition} ${}", values.len()));
            }
        }
        let there = |column: &str, yes: bool| {
            let not = if yes { "NOT " } else { "" };
            format!("{column} IS {not}NULL")
        };
        conditions.extend(filter.degraded.map(|yes| there("degraded", yes)));
        conditions.extend(filter.reviewed.map(|yes| there("human_score", yes)));
        (conditions.join(" AND "), values)
    }
}

fn recorded(row: &AnyRow) -> Result<Recorded, StoreError> {
    let unreadable = |_| StoreError::Unreadable("grades");
    let task: String = row.try_get(1)?;
    let (request, whole): (Option<String>, Option<String>) = (row.try_get(2)?, row.try_get(3)?);
    let bones: String = row.try_get(4)?;
    let request = request.map(|request| serde_json::from_str(&request));
    Ok(Recorded {
        made_ms: row.try_get(0)?,
        task: task_of(&task)?,
        request: request.transpose().map_err(unreadable)?,
        grade: serde_json::from_str(&whole.unwrap_or(bones)).map_err(unreadable)?,
        reply: row.try_get(5)?,
        legal_hold: row.try_get::<i64, _>(6)? != 0,
        erased_ms: row.try_get(7)?,
        human_score: row.try_get(8)?,
        review_state: ReviewState::of(row.try_get::<Option<String>, _>(9)?.as_deref())?,
        standing: standing(row)?,
    })
}

fn standing(row: &AnyRow) -> Result<Option<Standing>, StoreError> {
    let (word, other): (Option<String>, Option<String>) = (row.try_get(10)?, row.try_get(11)?);
    match (word.as_deref(), other) {
        (None, _) => Ok(None),
        (Some("proposed"), Some(other)) => Ok(Some(Standing::ProposedInsteadOf(other))),
        (Some("replaced"), Some(other)) => Ok(Some(Standing::ReplacedBy(other))),
        _ => Err(StoreError::Unreadable("grades")),
    }
}

/// The columns of a summary.
pub(super) const SUMMARY: &str = "id, made_ms, question_id, method, score, confidence, needs_review, degraded, \
                                  model, prompt, cost_usd, legal_hold, erased_ms, human_score, \
                                  review_state";

pub(super) fn summary(row: &AnyRow) -> Result<Summary, StoreError> {
    let erased: Option<i64> = row.try_get(12)?;
    Ok(Summary {
        id: row.try_get(0)?,
        made_ms: row.try_get(1)?,
        question_id: row.try_get(2)?,
        method: row.try_get(3)?,
        score: row.try_get(4)?,
        confidence: row.try_get(5)?,
        needs_review: row.try_get::<i64, _>(6)? != 0,
        degraded: row.try_get(7)?,
        model: row.try_get(8)?,
        prompt: row.try_get(9)?,
        cost_usd: row.try_get(10)?,
        legal_hold: row.try_get::<i64, _>(11)? != 0,
        erased: erased.is_some(),
        human_score: row.try_get(13)?,
        review_state: ReviewState::of(row.try_get::<Option<String>, _>(14)?.as_deref())?,
    })
}
