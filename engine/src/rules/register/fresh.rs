//! Codes of what has no name of its own: counted.

use std::str::FromStr;

use super::refusal::{Code, Refusal};

/// The next code of a count that nothing has yet.
pub(super) fn fresh_code<C: FromStr>(prefix: &str, known: usize, taken: impl Fn(&C) -> bool) -> Result<C, Refusal> {
    let mut codes = (known + 1..).take(known + 1).filter_map(|no| format!("{prefix}-{no}").parse().ok());
    let none = || Refusal::new(Code::CodeTaken, "no code is free; choose other codes in the files");
    codes.find(|code| !taken(code)).ok_or_else(none)
}
