//! Register directories: CSV files, one a table, read with every problem at once, and written.
//!
//! The format is told in `fixtures/README.md`.

mod absence;
mod calendar;
mod cells;
mod duty_change;
mod entry;
mod follow;
mod form;
mod header;
mod limit;
mod listing;
mod order;
mod problem;
mod roster;
mod rows;
#[cfg(test)]
mod tests;
mod text;
mod write;

use std::{borrow::Cow, cmp::Ordering, collections::HashMap, path::Path};

pub use listing::listing;
pub use order::in_order;
pub use problem::FileProblem;
pub use text::MAX_FILE_BYTES;
pub use write::{rosters, write};

use crate::rules::{
    instant::Zone,
    world::{Problem, Register, Table, check, ground},
};
use form::Forms;

/// Reads a register directory: the rows in the order of the files, and nothing wrong with them.
///
/// # Errors
/// Everything that is wrong, in the order of files and rows: with the form of the files, and, as far
/// as rows could be read, with what they say together. What only follows from a row that could not
/// be read is left out.
pub fn read(dir: &Path, zone: &Zone) -> Result<Register, Vec<FileProblem>> {
    if !dir.is_dir() {
        let mend = "name the directory that holds units.csv and the others";
        return Err(vec![FileProblem::of_file(&dir.display().to_string(), "there is no such directory", mend)]);
    }
    gather(|table| text::bytes(dir, table).map(Cow::Owned), zone)
}

/// Reads a register from the bytes of its files; those that may be missing may be empty.
///
/// # Errors
/// As [`read`].
pub fn read_bytes<'a>(bytes: impl Fn(Table) -> &'a [u8], zone: &Zone) -> Result<Register, Vec<FileProblem>> {
    gather(|table| Ok(Cow::Borrowed(bytes(table))), zone)
}

fn gather<'a>(
    bytes: impl Fn(Table) -> Result<Cow<'a, [u8]>, FileProblem>,
    zone: &Zone,
) -> Result<Register, Vec<FileProblem>> {
    let mut forms = Forms::default();
    let register = Register {
        units: forms.keep(form::read(bytes(Table::Units), zone)),
        people: forms.keep(form::read(bytes(Table::People), zone)),
        posts: forms.keep(form::read(bytes(Table::Posts), zone)),
        holdings: forms.keep(form::read(bytes(Table::Holdings), zone)),
        matters: forms.keep(form::read(bytes(Table::Matters), zone)),
        mandates: forms.keep(form::read(bytes(Table::Mandates), zone)),
        ladders: forms.keep(form::read(bytes(Table::Ladders), zone)),
        limits: forms.keep(form::read(bytes(Table::Limits), zone)),
        calendars: forms.keep(form::read(bytes(Table::Calendars), zone)),
        hours: forms.keep(form::read(bytes(Table::Hours), zone)),
        days: forms.keep(form::read(bytes(Table::Days), zone)),
        markets: forms.keep(form::read(bytes(Table::Markets), zone)),
        unit_calendars: forms.keep(form::read(bytes(Table::UnitCalendars), zone)),
        absences: forms.keep(form::read(bytes(Table::Absences), zone)),
        rosters: forms.keep(form::read(bytes(Table::Rosters), zone)),
        duty_changes: forms.keep(form::read(bytes(Table::DutyChanges), zone)),
    };
    let mut counts: HashMap<Table, usize> = HashMap::new();
    let mut together = Vec::new();
    // Whether there is anything to rest on is asked once all of it could be read.
    let whole = [Table::Units, Table::Posts, Table::Holdings]
        .iter()
        .all(|t| forms.of(*t).is_some_and(|form| form.problems.is_empty()));
    let ungrounded = if whole { ground::problems(&register) } else { Vec::new() };
    for problem in check::problems(&register).into_iter().chain(ungrounded) {
        if follow::follows(&register, &forms, &problem) {
            continue;
        }
        let count = counts.entry(problem.table).or_default();
        *count += 1;
        match (*count).cmp(&form::MOST_PROBLEMS) {
            Ordering::Less => together.push(in_file(&forms, &problem)),
            Ordering::Equal => together.push(FileProblem::too_many(problem.table.file())),
            Ordering::Greater => {}
        }
    }
    let mut problems = forms.into_problems();
    problems.extend(together);
    if problems.is_empty() {
        return Ok(register);
    }
    let place = |file: &str| Table::ALL.iter().position(|table| table.file() == file);
    problems.sort_by_key(|problem| (place(&problem.file), problem.row));
    Err(problems)
}

/// The problem of a row of the register where it stands in the files.
fn in_file(forms: &Forms, problem: &Problem) -> FileProblem {
    let form = forms.of(problem.table);
    let row = form.and_then(|form| form.rows.get(problem.row)).copied().unwrap_or_default();
    let column = form.map_or("", |form| form.header.written(problem.column));
    FileProblem::new(problem.table.file(), row, column, &problem.what, &problem.mend)
}
