//! What the rows of the register have in common.

use crate::{
    rules::instant::{Instant, Span},
    run::error::Error,
};

/// One column of a primary key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum KeyPart {
    Text(String),
    Number(i64),
}

impl From<&str> for KeyPart {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for KeyPart {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

/// A row that cannot be read.
pub(super) fn corrupt<E: ToString>(table: &'static str, row: &str) -> impl Fn(E) -> Error + use<E> {
    let row = row.to_owned();
    move |error| Error::corrupt(table, &row, error)
}

/// A word of this program.
pub(super) fn word<T>(
    table: &'static str,
    row: &str,
    text: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, Error> {
    parse(text).ok_or_else(|| Error::corrupt(table, row, format!("`{text}` is not a word of this program")))
}

pub(super) const fn span(from: i64, to: i64) -> Span {
    Span { from: Instant(from), to: Instant(to) }
}
