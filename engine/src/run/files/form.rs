//! One file: from its bytes to the rows that can be read, and everything that is wrong with its form.

use std::{borrow::Cow, collections::HashSet};

use super::{
    cells::Cells,
    entry::Entry,
    header::{Header, names},
    problem::FileProblem,
    rows::{QuoteFault, Row, Rows},
    text::decode,
};
use crate::rules::{instant::Zone, world::Table};

/// After so many problems of a file the rest is left out: nobody reads a longer list.
pub(super) const MOST_PROBLEMS: usize = 100_000;

/// The form of one file.
#[derive(Debug, Default)]
pub(super) struct Form {
    /// The header, when it can be read.
    pub(super) header: Header,
    /// For each row read, in order: its number in the file.
    pub(super) rows: Vec<usize>,
    /// What is wrong.
    pub(super) problems: Vec<FileProblem>,
    /// What the rows that cannot be read are called.
    unread: HashSet<String>,
    /// Whether there are rows whose name is unknown: perhaps all of them.
    nameless: bool,
}

impl Form {
    /// Whether a row of that name may stand in the file although it was not read.
    pub(super) fn may_hold(&self, name: &str) -> bool {
        self.nameless || self.unread.contains(name)
    }

    /// Whether every row was read.
    pub(super) fn is_whole(&self) -> bool {
        !self.nameless && self.unread.is_empty()
    }

    fn broken(&mut self, problems: impl IntoIterator<Item = FileProblem>) {
        self.problems.extend(problems);
        self.nameless = true;
    }
}

/// Reads a file.
pub(super) fn read<T: Entry>(bytes: Result<Cow<'_, [u8]>, FileProblem>, zone: &Zone) -> (Vec<T>, Form) {
    let mut form = Form::default();
    let mut entries = Vec::new();
    let file = T::TABLE.file();
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(problem) => {
            form.broken([problem]);
            return (entries, form);
        }
    };
    let text = match decode(file, &bytes) {
        Ok(text) => text,
        Err(problem) => {
            form.broken([problem]);
            return (entries, form);
        }
    };
    let mut rows = Rows::new(&text);
    if text.is_empty() && T::TABLE.may_be_missing() {
        return (entries, form);
    }
    let Some(first) = rows.next() else {
        let mend = format!("begin it with the header `{}`", names(T::COLUMNS));
        form.broken([FileProblem::of_file(file, "the file is empty", &mend)]);
        return (entries, form);
    };
    match Header::read(T::TABLE, (T::COLUMNS, T::OPTIONAL), &first) {
        Ok(header) => form.header = header,
        Err(problems) => {
            form.broken(problems);
            return (entries, form);
        }
    }
    for row in rows {
        if form.problems.len() >= MOST_PROBLEMS {
            form.broken([FileProblem::too_many(file)]);
            break;
        }
        match entry::<T>(&row, &mut form, zone) {
            Some(entry) => {
                entries.push(entry);
                form.rows.push(row.no);
            }
            None => leave_out::<T>(&row, &mut form),
        }
    }
    (entries, form)
}

fn entry<T: Entry>(row: &Row<'_>, form: &mut Form, zone: &Zone) -> Option<T> {
    if let Some((what, mend)) = misshapen(row, form.header.count) {
        form.problems.push(FileProblem::new(T::TABLE.file(), row.no, "", &what, mend));
        return None;
    }
    let header = &form.header;
    T::read(&mut Cells { table: T::TABLE, header, row, zone, found: &mut form.problems })
}

/// What is wrong with the shape of a row.
fn misshapen(row: &Row<'_>, count: usize) -> Option<(String, &'static str)> {
    match row.fault {
        Some(QuoteFault::Open) => {
            let what = "a quotation mark opens a cell and is never closed; nothing after it was read";
            Some((what.to_owned(), "close it, or write it twice if it belongs to the text"))
        }
        Some(QuoteFault::TextAfter) => {
            let what = "text stands after the closing quotation mark of a cell";
            Some((what.to_owned(), "write a quotation mark inside a quoted cell twice"))
        }
        None if row.count != count => {
            let what = format!("the row has `{}` cells, the header has {count}", row.count);
            Some((
                what,
                "give it as many cells as the header; a comma inside a cell needs quotation marks around the cell",
            ))
        }
        None => None,
    }
}

/// Notes what a row that cannot be read is called, so that others that name it are not blamed.
fn leave_out<T: Entry>(row: &Row<'_>, form: &mut Form) {
    if T::NAME.is_empty() {
        return;
    }
    let name = form.header.place(T::NAME).and_then(|place| row.cells.get(place)).filter(|name| !name.is_empty());
    match name {
        Some(name) if row.fault != Some(QuoteFault::Open) => {
            form.unread.insert(name.clone().into_owned());
        }
        _ => form.nameless = true,
    }
}

/// The forms of all files.
#[derive(Debug, Default)]
pub(super) struct Forms(Vec<(Table, Form)>);

impl Forms {
    /// Keeps the form of a file and passes its rows on.
    pub(super) fn keep<T: Entry>(&mut self, (entries, form): (Vec<T>, Form)) -> Vec<T> {
        self.0.push((T::TABLE, form));
        entries
    }

    pub(super) fn of(&self, table: Table) -> Option<&Form> {
        self.0.iter().find(|(t, _)| *t == table).map(|(_, form)| form)
    }

    /// What is wrong with the form of all files, in the order of files and rows.
    pub(super) fn into_problems(self) -> Vec<FileProblem> {
        self.0.into_iter().flat_map(|(_, form)| form.problems).collect()
    }
}
