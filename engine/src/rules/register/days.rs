//! Days of a calendar that a notice, or the place itself, declares.

use jiff::civil::Date;

use super::{
    command::NewDay,
    event::Event,
    refusal::{Code, Refusal},
};
use crate::rules::{
    calendar::{DayRow, Declared},
    id::CalendarCode,
    instant::Instant,
    world::World,
};

/// How many days one command declares at most: those of a year, with room.
const MOST_DAYS: usize = 400;

/// Days of a calendar from today on; those that are declared so already are left out.
pub(super) fn declare(
    world: &World,
    at: Instant,
    code: &CalendarCode,
    days: &[NewDay],
    published_to: Option<Date>,
) -> Result<Vec<Event>, Refusal> {
    let Some(calendar) = world.calendars().get(code) else {
        return Refusal::because(Code::NotInRegister, format!("calendar `{code}` is not in the register"));
    };
    if days.len() > MOST_DAYS {
        let message = format!("`{}` days are declared at once; declare {MOST_DAYS} at most", days.len());
        return Refusal::because(Code::WouldBreak, message);
    }
    let today = calendar.date_of(at);
    if let Some(past) = days.iter().find(|day| day.date < today) {
        let message = format!("`{}` is past and stays as it was; declare days from {today} on", past.date);
        return Refusal::because(Code::PastDay, message);
    }
    if let Some((_, day)) = days.iter().enumerate().find(|(i, day)| days.iter().take(*i).any(|d| d.date == day.date)) {
        let message = format!("`{}` is declared twice at once; keep one of the two", day.date);
        return Refusal::because(Code::WouldBreak, message);
    }
    let row = |NewDay { date, name, kind, periods }: &NewDay| DayRow {
        calendar: code.clone(),
        date: *date,
        name: name.clone(),
        kind: *kind,
        periods: periods.clone(),
    };
    let known = &world.register().days;
    let declared = |row: &DayRow| known.iter().find(|k| k.calendar == row.calendar && k.date == row.date);
    // Nothing is taken back where nothing was declared, nor twice.
    let changes = |row: &DayRow| match (row.kind, declared(row)) {
        (Declared::Ordinary, before) => before.is_some_and(|before| before.kind != Declared::Ordinary),
        (_, before) => before != Some(row),
    };
    let changed: Vec<DayRow> = days.iter().map(row).filter(changes).collect();
    let own = world.register().calendars.iter().find(|row| row.code == *code).and_then(|row| row.published_to);
    // What holds is what counts, also where it comes from the base: a date of its own would hide that.
    if let Some((to, before)) = published_to.zip(calendar.published_to()).filter(|(to, before)| to < before) {
        let message = format!("the notices cover the days to {before} already; `{to}` would take some back");
        return Refusal::because(Code::WouldBreak, message);
    }
    let published_to = published_to.filter(|to| own != Some(*to));
    if changed.is_empty() && published_to.is_none() {
        return Refusal::because(Code::NothingChanges, "the days are declared so already");
    }
    Ok(vec![Event::DaysDeclared { calendar: code.clone(), days: changed, published_to }])
}
