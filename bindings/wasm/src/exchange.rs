use serde_json::json;
use wasm_bindgen::prelude::*;

use crate::task::as_json;
use crate::wrong::other;

/// An answer that was looked at: what a model is asked about it, or its grade where nothing needs to be asked.
#[wasm_bindgen]
pub struct Asked(answer_grader::Prepared);

impl Asked {
    pub(crate) fn of(prepared: answer_grader::Prepared) -> Self {
        Self(prepared)
    }
}

#[wasm_bindgen]
impl Asked {
    /// `{"grade"}`, or `{"request": {"system", "user", "schema", "schemaName", "prompt"}}`.
    pub fn content(&self) -> String {
        use answer_grader::Prepared::{Ask, Settled};
        match &self.0 {
            Settled(grade) => json!({ "grade": grade }).to_string(),
            Ask(exchange) => {
                let request = exchange.request();
                json!({ "request": {
                    "system": *request.system,
                    "user": request.user,
                    "schema": *request.schema,
                    "schemaName": request.schema_name,
                    "prompt": request.prompt,
                }})
                .to_string()
            }
        }
    }

    /// Turns a model's reply into a grade, every claim checked against the answer.
    ///
    /// # Errors
    /// The reply is not what was asked for, or nothing was asked.
    pub fn finish(&self, reply: &str) -> Result<String, JsValue> {
        let answer_grader::Prepared::Ask(exchange) = &self.0 else {
            return Err(other(&"no model was asked"));
        };
        let grade = exchange.finish(reply).map_err(|error| other(&error))?;
        as_json(&grade)
    }
}
