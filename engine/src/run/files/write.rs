//! From a register to its files.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use super::{entry::Entry, form, header::names, order::in_order, rows::write_cell};
use crate::{
    rules::{
        absence::Absence,
        calendar::{CalendarRow, DayRow, Hours, Market, UnitCalendar},
        instant::Zone,
        limit::LimitRule,
        matter::{Mandate, Matter, Rung},
        post::{Holding, Person, Post},
        roster::{DutyChange, Roster},
        tier::Unit,
        world::{Register, Table},
    },
    run::private,
};

/// Writes the register as a directory that [`super::read`] gives back equal to it (in the order of
/// [`in_order`]): English headers, UTF-8, LF. The same register always gives the same bytes. Files of
/// these names are replaced, all or none of them; one that may be missing is taken away when it has no
/// rows.
///
/// Text is written as it is, also where a spreadsheet would take it for a formula because it begins
/// with `=`, `+`, `-` or `@`: changing it would make the export differ from the register. Open an
/// export that others had a hand in with every column as text.
///
/// # Errors
/// Whatever the file system says; `InvalidData` when the register holds a row that no file can hold
/// (an empty name, say).
pub fn write(dir: &Path, register: &Register, zone: &Zone) -> io::Result<()> {
    let register = in_order(register.clone());
    let files = [
        file::<Unit>(&register.units, zone)?,
        file::<Person>(&register.people, zone)?,
        file::<Post>(&register.posts, zone)?,
        file::<Holding>(&register.holdings, zone)?,
        file::<Matter>(&register.matters, zone)?,
        file::<Mandate>(&register.mandates, zone)?,
        file::<Rung>(&register.ladders, zone)?,
        file::<LimitRule>(&register.limits, zone)?,
        file::<CalendarRow>(&register.calendars, zone)?,
        file::<Hours>(&register.hours, zone)?,
        file::<DayRow>(&register.days, zone)?,
        file::<Market>(&register.markets, zone)?,
        file::<UnitCalendar>(&register.unit_calendars, zone)?,
        file::<Absence>(&register.absences, zone)?,
        file::<Roster>(&register.rosters, zone)?,
        file::<DutyChange>(&register.duty_changes, zone)?,
    ];
    let (files, empty): (Vec<_>, Vec<_>) = files.into_iter().partition(|(table, _)| holds(&register, *table));
    private::folder(dir)?;
    for (table, text) in &files {
        private::file(&dir.join(format!("{}.new", table.file())))?.write_all(text.as_bytes())?;
    }
    for (table, _) in &files {
        fs::rename(dir.join(format!("{}.new", table.file())), dir.join(table.file()))?;
    }
    for (table, _) in empty {
        match fs::remove_file(dir.join(table.file())) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// The text of a `rosters.csv` with these rows.
///
/// # Errors
/// `InvalidData` when a row is one that no file can hold.
pub fn rosters(rows: &[Roster], zone: &Zone) -> io::Result<String> {
    file::<Roster>(rows, zone).map(|(_, text)| text)
}

/// Whether the file must be there.
fn holds(register: &Register, table: Table) -> bool {
    match table {
        Table::Limits => !register.limits.is_empty(),
        Table::Calendars => !register.calendars.is_empty(),
        Table::Hours => !register.hours.is_empty(),
        Table::Days => !register.days.is_empty(),
        Table::Markets => !register.markets.is_empty(),
        Table::UnitCalendars => !register.unit_calendars.is_empty(),
        Table::Absences => !register.absences.is_empty(),
        Table::Rosters => !register.rosters.is_empty(),
        Table::DutyChanges => !register.duty_changes.is_empty(),
        _ => true,
    }
}

/// The name and text of one file, after a look whether it is read back as these rows.
fn file<T: Entry + PartialEq>(entries: &[T], zone: &Zone) -> io::Result<(Table, String)> {
    let text = text(entries, zone);
    let (read, form) = form::read::<T>(Ok(text.as_bytes().into()), zone);
    if let Some(problem) = form.problems.first() {
        return Err(invalid(&problem.to_string()));
    }
    if let Some(at) = (0..entries.len()).find(|at| read.get(*at) != entries.get(*at)) {
        let row = entries.get(at).map(|entry| entry.cells(zone).join(",")).unwrap_or_default();
        return Err(invalid(&format!("{} cannot hold the row `{row}` as it is", T::TABLE.file())));
    }
    Ok((T::TABLE, text))
}

fn text<T: Entry>(entries: &[T], zone: &Zone) -> String {
    let mut text = names(T::COLUMNS) + "\n";
    for entry in entries {
        for (place, cell) in entry.cells(zone).iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            write_cell(&mut text, cell);
        }
        text.push('\n');
    }
    text
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the register cannot be written: {what}"))
}
