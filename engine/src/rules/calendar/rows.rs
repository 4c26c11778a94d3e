//! The rows that calendars are made of. Plain data: they may be wrong; [`super::check`] tells.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    day::{Declared, Weekday},
    market::Market,
    period::Period,
};
use crate::rules::{
    id::{CalendarCode, UnitCode},
    instant::Span,
};

/// The time zone of a calendar that names none.
pub const CHINA: &str = "Asia/Shanghai";

/// One calendar: the hours and days of a unit and of all below it that have none of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarRow {
    /// Names the calendar.
    pub code: CalendarCode,
    /// What people call it.
    pub name: String,
    /// Where its declared days come from as well, such as the national calendar. Hours and markets are
    /// each calendar's own.
    pub base: Option<CalendarCode>,
    /// The time zone of its hours, by its IANA name.
    pub zone: String,
    /// The last day that public notices cover. None: as the base; and where no base says it, the
    /// calendar does not follow notices.
    pub published_to: Option<Date>,
}

/// On which days hours hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum On {
    /// On a day of the week.
    Weekday(Weekday),
    /// On a make-up working day; without such hours it has those of the first day from Monday to
    /// Friday that has any.
    MakeUp,
    /// On a market day on which nothing was declared; without such hours it is as every week.
    Market,
    /// On a holiday or a local day off; without such hours nobody works then.
    Holiday,
}

impl On {
    /// All of them, the week first.
    pub const ALL: &[Self] = &[
        Self::Weekday(Weekday::Monday),
        Self::Weekday(Weekday::Tuesday),
        Self::Weekday(Weekday::Wednesday),
        Self::Weekday(Weekday::Thursday),
        Self::Weekday(Weekday::Friday),
        Self::Weekday(Weekday::Saturday),
        Self::Weekday(Weekday::Sunday),
        Self::MakeUp,
        Self::Market,
        Self::Holiday,
    ];

    /// The English word, as in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Weekday(day) => day.word(),
            Self::MakeUp => "MakeUp",
            Self::Market => "Market",
            Self::Holiday => "Holiday",
        }
    }

    /// The Chinese word, as users see it.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Weekday(day) => day.zh(),
            Self::MakeUp => "调休",
            Self::Market => "赶场",
            Self::Holiday => "节假日",
        }
    }

    /// Reads either word (the English one in any case), or 1 for Monday to 7 for Sunday.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let special = [Self::MakeUp, Self::Market, Self::Holiday];
        let found = special.into_iter().find(|on| text.eq_ignore_ascii_case(on.word()) || text == on.zh());
        found.or_else(|| Weekday::parse(text).map(Self::Weekday))
    }
}

impl std::fmt::Display for On {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// The hours of one calendar on days of one kind, for a stretch of time: hours of the summer and hours
/// of the winter are rows that follow each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// Whose hours.
    pub calendar: CalendarCode,
    /// On which days.
    pub on: On,
    /// When people work, in the order of the day; empty means not at all.
    pub periods: Vec<Period>,
    /// When these hours hold; a date lies in it when its midnight does.
    pub span: Span,
}

/// What a notice, or the place itself, makes of one date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayRow {
    /// In which calendar, and in those based on it.
    pub calendar: CalendarCode,
    /// Which date.
    pub date: Date,
    /// What people call it, such as 春节.
    pub name: String,
    /// What it becomes.
    pub kind: Declared,
    /// The hours of this date alone; empty means those of its kind.
    pub periods: Vec<Period>,
}

/// A unit keeps a calendar, and all below it that keep none of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitCalendar {
    /// Which unit.
    pub unit: UnitCode,
    /// Which calendar.
    pub calendar: CalendarCode,
    /// When it does.
    pub span: Span,
}

/// All rows that calendars are compiled from, borrowed from where they are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rows<'a> {
    /// The calendars.
    pub calendars: &'a [CalendarRow],
    /// Their hours.
    pub hours: &'a [Hours],
    /// Their declared days.
    pub days: &'a [DayRow],
    /// Their market days.
    pub markets: &'a [Market],
    /// Which unit keeps which.
    pub unit_calendars: &'a [UnitCalendar],
}

impl<'a> Rows<'a> {
    /// A calendar and all that are based on it, also by way of others.
    #[must_use]
    pub fn based_on(self, calendar: &'a CalendarCode) -> Vec<&'a CalendarCode> {
        let mut found = vec![calendar];
        loop {
            let more = self.calendars.iter().filter(|c| c.base.as_ref().is_some_and(|base| found.contains(&base)));
            let more: Vec<&CalendarCode> = more.map(|c| &c.code).filter(|code| !found.contains(code)).collect();
            if more.is_empty() {
                return found;
            }
            found.extend(more);
        }
    }
}
