//! What is wrong with one row of a table, said so that a clerk can mend it.

/// One thing wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The row, counted from 0 as the rows were given.
    pub row: usize,
    /// The column, by its English header.
    pub column: &'static str,
    /// What is wrong, naming the input.
    pub what: String,
    /// What to do about it.
    pub mend: &'static str,
}

impl Fault {
    /// A fault of one column of one row.
    pub fn new(row: usize, column: &'static str, what: impl Into<String>, mend: &'static str) -> Self {
        Self { row, column, what: what.into(), mend }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}; {}", self.what, self.mend)
    }
}
