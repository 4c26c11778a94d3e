//! The texts of a request: what [`text`] says of them, as a refusal.

use super::refusal::{Code, Refusal};
use crate::rules::text::{self, BadText};

/// The longest text, in characters: two pages of a message book.
pub(super) const MAX_TEXT: usize = 2_000;

/// A text that has to say something.
pub(super) fn required(field: &str, words: &str) -> Result<String, Refusal> {
    match text::long(words, MAX_TEXT).map_err(|bad| refused(field, bad))? {
        "" => Err(refused(field, BadText::Empty)),
        words => Ok(words.to_owned()),
    }
}

/// A text that may be empty; white space around it goes.
pub(super) fn optional(field: &str, words: &str) -> Result<String, Refusal> {
    text::long(words, MAX_TEXT).map(str::to_owned).map_err(|bad| refused(field, bad))
}

/// A name that may be empty.
pub(super) fn name(field: &str, name: &str) -> Result<String, Refusal> {
    text::line(name, text::MAX_NAME).map(str::to_owned).map_err(|bad| refused(field, bad))
}

/// A telephone number that may be empty.
pub(super) fn phone(field: &str, phone: &str) -> Result<String, Refusal> {
    text::phone(phone).map(str::to_owned).map_err(|bad| refused(field, bad))
}

fn refused(field: &str, bad: BadText) -> Refusal {
    match bad {
        BadText::Empty => Refusal::new(Code::WordsMissing, format!("`{field}` is empty; say it in a few words")),
        BadText::TooLong { .. } => Refusal::new(Code::TooLong, format!("`{field}` {bad}")),
        BadText::Sign(..) => Refusal::new(Code::BadText, format!("`{field}` {bad}")),
    }
}
