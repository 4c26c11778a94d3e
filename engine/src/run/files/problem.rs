//! What is wrong with a file, said so that a clerk can mend it.

use std::fmt;

use serde::Serialize;

use crate::rules::text::is_shown;

/// The longest text of a problem, in characters: what was wrong may be a line of megabytes.
const MOST_CHARS: usize = 400;

/// One thing wrong with one cell, one row or one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileProblem {
    /// The file's name, or the directory.
    pub file: String,
    /// The row as a spreadsheet counts it, the header being row 1; 0 when it is the file as a whole.
    pub row: usize,
    /// The column by the header that the file gives it; empty when it is the row as a whole.
    pub column: String,
    /// What is wrong, naming the input.
    pub what: String,
    /// What to do about it.
    pub mend: String,
}

impl FileProblem {
    pub(super) fn new(file: &str, row: usize, column: &str, what: &str, mend: &str) -> Self {
        Self { file: line(file), row, column: line(column), what: line(what), mend: line(mend) }
    }

    /// A problem of the file as a whole.
    pub(super) fn of_file(file: &str, what: &str, mend: &str) -> Self {
        Self::new(file, 0, "", what, mend)
    }

    /// The end of a list that is too long.
    pub(super) fn too_many(file: &str) -> Self {
        Self::of_file(file, "there are more problems than are told", "mend those first, and check again")
    }
}

impl fmt::Display for FileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, row, column, what, mend } = self;
        f.write_str(file)?;
        if *row > 0 {
            write!(f, " row {row}")?;
        }
        if !column.is_empty() {
            write!(f, " column {column}")?;
        }
        write!(f, ": {what}; {mend}")
    }
}

/// The text on one line of bounded length.
fn line(text: &str) -> String {
    let sign = |c: char| match c {
        c if c.is_control() => ' ',
        c if !is_shown(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    text.chars().map(sign).take(MOST_CHARS).collect()
}

/// A cell's text as a message quotes it: short, on one line, and never ending the quotation.
pub(super) fn quoted(text: &str) -> String {
    let sign = |c: char| match c {
        '`' => '\'',
        c if c.is_control() => ' ',
        // What turns the direction of writing would turn that of the message.
        c if !is_shown(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    let more = if text.chars().nth(40).is_some() { "…" } else { "" };
    format!("`{}{more}`", text.chars().take(40).map(sign).collect::<String>())
}
