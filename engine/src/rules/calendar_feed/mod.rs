//! Calendar feeds: what a person or a unit reads in a calendar program of their own.
//!
//! A feed has a secret address, so whoever knows it reads it. It holds duties and absences, never a case
//! nor a citizen, and it answers only while who opened it may read it.

mod entries;
mod permit;
pub mod refusal;

use std::fmt;

use jiff::civil::{Date, Time};

pub use entries::{Entry, EntryKind, Shown, shown};
pub use permit::{answers, lists, open, revoke};

use super::{
    id::{CalendarFeedCode, PersonCode, UnitCode},
    instant::{Instant, Span, Zone},
};

/// How far back a feed reaches, in days: whoever looks back over the month that ends sees it whole.
pub const DAYS_BACK: i64 = 4 * 7;

/// How far ahead a feed reaches, in days: half a year, as far as rotas are planned and leave is taken. A
/// program that subscribes reads it all again at every look, so it must not grow without end.
pub const DAYS_AHEAD: i64 = 26 * 7;

/// Whose calendar it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The duties and absences of a person.
    Person(PersonCode),
    /// Who is on duty at a unit.
    Unit(UnitCode),
}

/// As a log names it.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(person) => write!(f, "person:{person}"),
            Self::Unit(unit) => write!(f, "unit:{unit}"),
        }
    }
}

/// An address under which a calendar is read; the address itself is nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Names it; no secret.
    pub code: CalendarFeedCode,
    /// Whose calendar it is.
    pub subject: Subject,
    /// Who opened it.
    pub opened_by: PersonCode,
    /// When.
    pub opened_at: Instant,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

/// What a feed shows of time: from midnight to midnight, so that it is the same all day.
#[must_use]
pub fn horizon(at: Instant, zone: &Zone) -> Span {
    let today = midnight(at, zone);
    Span { from: today.plus_days(-DAYS_BACK), to: today.plus_days(DAYS_AHEAD) }
}

/// The midnight that begins the day.
fn midnight(at: Instant, zone: &Zone) -> Instant {
    let start = local(at, zone).and_then(|(date, _)| zone.0.to_timestamp(date.to_datetime(Time::midnight())).ok());
    start.map_or(at, |start| Instant(start.as_microsecond()))
}

/// The date and the time of the day on the clock of the zone; none outside the years that have dates.
fn local(at: Instant, zone: &Zone) -> Option<(Date, Time)> {
    let local = zone.0.to_datetime(jiff::Timestamp::from_microsecond(at.0).ok()?);
    Some((local.date(), local.time()))
}
