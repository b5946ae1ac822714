use serde_json::Value;

use super::ReplyError;

/// Finds the text of the JSON object in a reply: models without a strict schema wrap it in a Markdown fence or
/// put their thoughts before it.
pub(super) fn object_in(reply: &str) -> Result<&str, ReplyError> {
    // Thoughts come before the object; a quote within it may hold anything.
    let after_thoughts = match reply.trim_start().strip_prefix("<think>") {
        Some(thoughts) => thoughts
            .split_once("</think>")
            .map_or(reply, |(_, rest)| rest),
        None => reply,
    };
    let start = after_thoughts.find('{').ok_or(ReplyError::NoJson)?;
    let end = after_thoughts
        .rfind('}')
        .filter(|end| *end > start)
        .ok_or(ReplyError::NoJson)?;
    Ok(&after_thoughts[start..=end])
}

/// Reads that text.
pub(super) fn value(object: &str) -> Result<Value, ReplyError> {
    serde_json::from_str(object).map_err(|_| ReplyError::NoJson)
}
