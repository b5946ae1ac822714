//! The core of answer-grader as WebAssembly: what `answer-grader/core` of `bindings/typescript` calls.
//!
//! Requests come as JSON text and grades go as such, in the API's form: one conversion for each, and JavaScript's own
//! parser makes the values.
//!
//! | file | job |
//! |---|---|
//! | `task` | a question with its key, prepared for any number of answers |
//! | `exchange` | what a model is asked about an answer, and what its reply comes to |
//! | `wrong` | errors, as JSON that the package throws as its own |

mod exchange;
mod task;
mod wrong;
