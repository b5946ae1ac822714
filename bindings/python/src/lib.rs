//! The core of answer-grader as a Python module: what `answer_grader` (the package around it) calls.
//!
//! | file | job |
//! |---|---|
//! | `task` | a question with its key, prepared for any number of answers |
//! | `exchange` | what a model is asked about an answer, and what its reply comes to |
//! | `grade` | a grade, with its parts as Python's own values |
//! | `text` | texts, whose halves of surrogate pairs UTF-8 does not know |
//! | `wrong` | errors as exceptions |
//!
//! No work on texts holds the interpreter's lock.

mod exchange;
mod grade;
mod task;
mod text;
mod wrong;

use pyo3::prelude::*;

/// The module.
#[pymodule]
mod _core {
    #[pymodule_export]
    use super::exchange::Exchange;
    #[pymodule_export]
    use super::grade::Grade;
    #[pymodule_export]
    use super::task::Task;
    #[pymodule_export]
    use super::wrong::{InvalidRequestError, ReplyError};
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "it is Python's name")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
