use super::Rendered;

/// Counts the tokens of a text as OpenAI's current models do (`o200k_base`); other models count
/// differently, by a few per cent on prose.
///
/// The first call builds the tokenizer: about .3 s of CPU and 45 MB.
pub fn count_tokens(text: &str) -> usize {
    tiktoken_rs::o200k_base_singleton().count_ordinary(text)
}

/// Builds the tokenizer ahead of the first request.
pub fn warm_up() {
    let _ = count_tokens("");
}

/// Tells how many tokens a request takes if that is more than `limit`.
///
/// A token is at least a byte, so nothing is counted where the bytes already fit.
pub fn exceeds(rendered: &Rendered, limit: usize) -> Option<usize> {
    let bytes = rendered.system.len() + rendered.user.len();
    if bytes <= limit {
        return None;
    }
    let tokens = count_tokens(&rendered.system) + count_tokens(&rendered.user);
    (tokens > limit).then_some(tokens)
}
