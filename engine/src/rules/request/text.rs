//! What texts from outside must keep to.

use super::refusal::{Code, Refusal};

/// The longest text, in characters: two pages of a message book.
pub(super) const MAX_TEXT: usize = 2_000;

pub(super) use crate::rules::name::MAX_NAME;

/// A text that has to say something.
pub(super) fn required(field: &str, text: &str) -> Result<String, Refusal> {
    let text = optional(field, text, MAX_TEXT)?;
    if text.is_empty() {
        return Refusal::because(Code::WordsMissing, format!("`{field}` is empty; say it in a few words"));
    }
    Ok(text)
}

/// A text that may be empty; white space around it goes.
pub(super) fn optional(field: &str, text: &str, most: usize) -> Result<String, Refusal> {
    let text = text.trim();
    let length = text.chars().count();
    if length > most {
        let message = format!("`{field}` has {length} characters; keep it to {most}");
        return Refusal::because(Code::TooLong, message);
    }
    // Line breaks and tabs are people's; anything else of the kind breaks stores and screens.
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Refusal::because(Code::BadText, format!("`{field}` has control characters in it; type it again"));
    }
    Ok(text.to_owned())
}
