use super::Rendered;

/// Counts the tokens of a text as OpenAI's current models do (`o200k_base`); other models count
/// differently, by a few per cent on prose.
///
/// The first call builds the tokenizer: about .3 s of CPU and 45 MB.
///
/// ```
/// use answer_grader::prompt::count_tokens;
///
/// assert_eq!(count_tokens(""), 0);
/// assert_eq!(count_tokens("It joins two tables."), 5);
/// ```
pub fn count_tokens(text: &str) -> usize {
    tiktoken_rs::o200k_base_singleton().count_ordinary(text)
}

/// Builds the tokenizer ahead of the first request.
///
/// ```
/// answer_grader::prompt::warm_up();
/// ```
pub fn warm_up() {
    let _ = count_tokens("");
}

/// Tells how many tokens a request takes if that is more than `limit`.
///
/// A token is at least a byte, so nothing is counted where the bytes already fit.
///
/// ```
/// use answer_grader::prompt::{exceeds, render_concepts};
/// use answer_grader::{Prompt, Task};
///
/// let task = Task::new("What is a join?", "It combines rows of two tables.");
/// let asked = render_concepts(&Prompt::built_in_concepts()?, &task)?;
/// assert!(exceeds(&asked, 100) > Some(100));
/// assert_eq!(exceeds(&asked, 100_000), None);
/// # Ok::<(), answer_grader::prompt::PromptError>(())
/// ```
pub fn exceeds(rendered: &Rendered, limit: usize) -> Option<usize> {
    let bytes = rendered.system.len() + rendered.user.len();
    if bytes <= limit {
        return None;
    }
    let tokens = count_tokens(&rendered.system) + count_tokens(&rendered.user);
    (tokens > limit).then_some(tokens)
}
