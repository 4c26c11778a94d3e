//! All calendars of a register, compiled.

use std::collections::{BTreeMap, HashMap};

use jiff::{
    ToSpan,
    civil::Date,
    tz::{TimeZone, TimeZoneDatabase},
};

use super::{
    check,
    compile::Sources,
    day::Declared,
    fault::Fault,
    kept::Calendar,
    rows::{CalendarRow, DayRow, Hours, On, Rows},
};
use crate::rules::{
    id::CalendarCode,
    instant::{Instant, Zone},
};

/// All calendars, by code. A clone shares them.
#[derive(Clone, Debug, Default)]
pub struct Calendars {
    calendars: BTreeMap<CalendarCode, Calendar>,
    /// The last published day of those that do not have it from their base.
    published: Vec<(CalendarCode, Date)>,
}

/// A calendar whose published days end soon: a limit that reaches beyond them is a guess.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndsSoon {
    /// Which calendar.
    pub calendar: CalendarCode,
    /// The last day that public notices cover.
    pub published_to: Date,
}

/// How many months ahead the notices should reach. That of the next year comes in November.
const MONTHS_AHEAD: i64 = 3;

impl Calendars {
    /// Compiles the rows.
    ///
    /// # Errors
    /// Every fault of the rows, in the order of files and rows.
    pub fn build(rows: Rows<'_>) -> Result<Self, Vec<Fault>> {
        let faults = check::faults(rows);
        if !faults.is_empty() {
            return Err(faults);
        }
        let by_code: HashMap<_, _> = rows.calendars.iter().map(|row| (&row.code, row)).collect();
        let mut hours: HashMap<_, HashMap<On, Vec<&Hours>>> = HashMap::new();
        for row in rows.hours {
            hours.entry(&row.calendar).or_default().entry(row.on).or_default().push(row);
        }
        for rows in hours.values_mut().flat_map(HashMap::values_mut) {
            rows.sort_by_key(|row| row.span.from);
        }
        let mut days: HashMap<_, Vec<&DayRow>> = HashMap::new();
        // Of a day that was taken back the calendar says nothing: what its base says holds again.
        for day in rows.days.iter().filter(|day| day.kind != Declared::Ordinary) {
            days.entry(&day.calendar).or_default().push(day);
        }
        let compiled = rows.calendars.iter().map(|row| {
            let zone = zone(&row.zone).unwrap_or_else(|| Zone::china().0);
            let mut sources = Sources {
                zone: zone.clone(),
                hours: hours.get(&row.code).cloned().unwrap_or_default(),
                days: BTreeMap::new(),
                markets: rows.markets.iter().filter(|m| m.calendar == row.code).collect(),
            };
            let mut published_to = None;
            for one in chain(row, &by_code) {
                published_to = published_to.or(one.published_to);
                for day in days.get(&one.code).into_iter().flatten() {
                    sources.days.entry(day.date).or_insert(day);
                }
            }
            (row.code.clone(), Calendar::new(row.code.clone(), zone, published_to, sources.compile()))
        });
        let mut published: Vec<(CalendarCode, Date)> =
            rows.calendars.iter().filter_map(|row| Some((row.code.clone(), row.published_to?))).collect();
        published.sort_unstable();
        Ok(Self { calendars: compiled.collect(), published })
    }

    /// The calendar with this code.
    #[must_use]
    pub fn get(&self, code: &CalendarCode) -> Option<&Calendar> {
        self.calendars.get(code)
    }

    /// All of them, in the order of codes.
    pub fn all(&self) -> impl Iterator<Item = &Calendar> {
        self.calendars.values()
    }

    /// The calendars whose published days end within three months of an instant, or have ended; not those
    /// that have them from their base, because they are mended with it.
    #[must_use]
    pub fn ends_soon(&self, as_of: Instant) -> Vec<EndsSoon> {
        let soon = self.published.iter().filter_map(|(code, published_to)| {
            let wanted = self.get(code)?.date_of(as_of).saturating_add(MONTHS_AHEAD.months());
            (*published_to < wanted).then(|| EndsSoon { calendar: code.clone(), published_to: *published_to })
        });
        soon.collect()
    }
}

/// A zone of the data built into the program, by its IANA name.
pub(super) fn zone(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

/// A calendar and its bases, the nearest first; a circle is walked once.
fn chain<'a>(
    row: &'a CalendarRow,
    by_code: &'a HashMap<&CalendarCode, &'a CalendarRow>,
) -> impl Iterator<Item = &'a CalendarRow> {
    std::iter::successors(Some(row), |one| by_code.get(one.base.as_ref()?).copied()).take(by_code.len())
}
