//! The header line: which column stands where, in English or in Chinese.

use super::{
    problem::{FileProblem, quoted},
    rows::Row,
};
use crate::rules::world::Table;

/// A column: its English and its Chinese header.
pub(super) type Column = (&'static str, &'static str);

/// Where the columns stand.
#[derive(Debug, Default)]
pub(super) struct Header {
    /// For each column of the table: its place in the file, and its header as the file writes it.
    places: Vec<(&'static str, usize, String)>,
    /// How many cells every row must have.
    pub(super) count: usize,
}

impl Header {
    /// Reads the first row of a file; a column that is optional may be missing, which means that it is empty.
    pub(super) fn read(
        table: Table,
        (columns, optional): (&'static [Column], &'static [&'static str]),
        row: &Row<'_>,
    ) -> Result<Self, Vec<FileProblem>> {
        let file = table.file();
        let problem = |column: &str, what: &str, mend: &str| FileProblem::new(file, row.no, column, what, mend);
        let known = |cell: &str| columns.iter().find(|(en, zh)| cell.eq_ignore_ascii_case(en) || cell == *zh);
        if row.fault.is_some() {
            let what = "a quotation mark in the header does not open or close a cell";
            return Err(vec![problem("", what, "take the quotation mark out")]);
        }
        if !row.cells.iter().any(|cell| known(cell).is_some()) {
            let what = format!("the first row is not the header: no column of {file} is named in it");
            let mend = format!("begin the file with `{}`, separated by commas", names(columns));
            return Err(vec![problem("", &what, &mend)]);
        }
        let mut problems = Vec::new();
        let mut header = Self { places: Vec::new(), count: row.count };
        for (place, cell) in row.cells.iter().enumerate() {
            match known(cell) {
                None if cell.is_empty() => {
                    let what = format!("column {} has no header", place + 1);
                    problems.push(problem("", &what, "take the column out, or write its header"));
                }
                None => {
                    let what = format!("{} is not a column of {file}", quoted(cell));
                    problems.push(problem(cell, &what, &format!("take it out; the columns are `{}`", names(columns))));
                }
                Some((en, _)) if header.place(en).is_some() => {
                    problems.push(problem(
                        cell,
                        &format!("column {} stands here twice", quoted(cell)),
                        "take one of them out",
                    ));
                }
                Some((en, _)) => header.places.push((en, place, cell.clone().into_owned())),
            }
        }
        if row.count > row.cells.len() {
            let what = format!("the header has {} cells", row.count);
            problems.push(problem("", &what, &format!("take out all but `{}`", names(columns))));
        }
        let missing = |en: &str| header.place(en).is_none() && !optional.contains(&en);
        for (en, zh) in columns.iter().filter(|(en, _)| missing(en)) {
            let mend = format!("add a column `{en}` or `{zh}`; it may be empty where the format allows it");
            problems.push(problem("", &format!("column `{en}` ({zh}) is missing"), &mend));
        }
        if problems.is_empty() { Ok(header) } else { Err(problems) }
    }

    /// Where the column stands, counted from 0.
    pub(super) fn place(&self, column: &str) -> Option<usize> {
        self.places.iter().find(|(en, ..)| *en == column).map(|(_, place, _)| *place)
    }

    /// The header that the file gives the column.
    pub(super) fn written(&self, column: &str) -> &str {
        self.places.iter().find(|(en, ..)| *en == column).map_or("", |(.., written)| written)
    }
}

/// The English headers, as the first line of a file.
pub(super) fn names(columns: &[Column]) -> String {
    columns.iter().map(|(en, _)| *en).collect::<Vec<_>>().join(",")
}
