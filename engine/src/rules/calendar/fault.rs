//! What can be wrong with the rows of calendars, said so that a clerk can mend it.

use super::{
    check::{MOST_CALENDARS, MOST_RULES},
    compile::{FIRST_DATE, LAST_DATE},
    period::{DAY_END, Period},
    rows::On,
};
use crate::rules::id::{CalendarCode, UnitCode};

/// Which rows a fault lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum File {
    /// Calendars.
    Calendars,
    /// Hours.
    Hours,
    /// Declared days.
    Days,
    /// Market days.
    Markets,
    /// Which unit keeps which calendar.
    UnitCalendars,
}

/// One thing wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Fault {
    /// In which rows.
    pub file: File,
    /// Which of them, counted from 0.
    pub row: usize,
    /// What it is.
    pub what: Wrong,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Two calendars have one code.
    #[error("calendar `{0}` stands in an earlier row")]
    Duplicate(CalendarCode),
    /// There are more calendars than a register holds.
    #[error("a register holds {MOST_CALENDARS} calendars at most")]
    TooManyCalendars,
    /// A calendar has more market rules than it can.
    #[error("a calendar has {MOST_RULES} market rules at most")]
    TooManyRules,
    /// The base is not among the calendars.
    #[error("base `{0}` is not a calendar of the register")]
    UnknownBase(CalendarCode),
    /// This row closes a circle of bases.
    #[error("the bases of `{code}` lead back to itself: {path}")]
    Cycle {
        /// The calendar of the row.
        code: CalendarCode,
        /// The way round.
        path: String,
    },
    /// No zone is called that.
    #[error("zone `{0}` is not known")]
    UnknownZone(String),
    /// The row belongs to a calendar that is not there.
    #[error("calendar `{0}` is not in the register")]
    UnknownCalendar(CalendarCode),
    /// A period ends before it begins, or after midnight.
    #[error("period `{0}` does not end after it begins, within one day")]
    BadPeriod(Period),
    /// A period begins before the one before it has ended.
    #[error("period `{later}` begins before `{earlier}` has ended")]
    Overlap {
        /// The period before.
        earlier: Period,
        /// The one that begins too early.
        later: Period,
    },
    /// Two rows give hours for one kind of day at one time.
    #[error("calendar `{calendar}` has hours on {on} for that time in an earlier row")]
    DoubleHours {
        /// Whose hours.
        calendar: CalendarCode,
        /// On which days.
        on: On,
    },
    /// Two rows of one calendar name one date.
    #[error("`{date}` of calendar `{calendar}` stands in an earlier row")]
    DuplicateDay {
        /// Whose day.
        calendar: CalendarCode,
        /// The date.
        date: jiff::civil::Date,
    },
    /// Part of a day is declared without saying which.
    #[error("`{0}` is a working day of fewer hours, and has none")]
    NoHours(jiff::civil::Date),
    /// A day that was taken back has hours.
    #[error("`{0}` is an ordinary day again, and has hours of its own")]
    OrdinaryHours(jiff::civil::Date),
    /// The date is none that a calendar holds.
    #[error("`{0}` is outside what calendars hold, {FIRST_DATE} to {LAST_DATE}")]
    OutOfRange(jiff::civil::Date),
    /// The rule needs values and has none.
    #[error("a market rule by {0} names no day")]
    NoMarketDay(super::market::MarketKind),
    /// A digit of a rule is none.
    #[error("`{0}` is not the last digit of a day")]
    BadDigit(u8),
    /// The unit keeps two calendars at one time.
    #[error("unit `{0}` keeps a calendar for that time in an earlier row")]
    TwoCalendars(UnitCode),
    /// The stretch of time ends before it begins.
    #[error("the dates are reversed: `to` is not after `from`")]
    Reversed,
}

impl Fault {
    /// The column, by its English header.
    #[must_use]
    pub const fn column(&self) -> &'static str {
        match self.what {
            Wrong::Duplicate(_) | Wrong::TooManyCalendars => "code",
            Wrong::UnknownBase(_) | Wrong::Cycle { .. } => "base",
            Wrong::UnknownZone(_) => "zone",
            Wrong::UnknownCalendar(_) | Wrong::TooManyRules => "calendar",
            Wrong::TwoCalendars(_) => "unit",
            Wrong::BadPeriod(_) | Wrong::Overlap { .. } | Wrong::NoHours(_) | Wrong::OrdinaryHours(_) => "periods",
            Wrong::DoubleHours { .. } => "on",
            Wrong::DuplicateDay { .. } | Wrong::OutOfRange(_) => "date",
            Wrong::NoMarketDay(_) | Wrong::BadDigit(_) => "values",
            Wrong::Reversed => "to",
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn mend(&self) -> &'static str {
        match self.what {
            Wrong::Duplicate(_) => "give it a code of its own",
            Wrong::TooManyCalendars => "let units share calendars",
            Wrong::TooManyRules => "put rules of one kind together",
            Wrong::UnknownBase(_) | Wrong::UnknownCalendar(_) => "add it to its file, or name one that is there",
            Wrong::Cycle { .. } => "leave one of these bases empty",
            Wrong::UnknownZone(_) => "write an IANA name such as `Asia/Shanghai`",
            Wrong::BadPeriod(_) => "write it like `08:30-12:00`; a night is two periods, until 24:00 and from 00:00",
            Wrong::Overlap { .. } => "write the periods in the order of the day, without an overlap",
            Wrong::DoubleHours { .. } | Wrong::TwoCalendars(_) => "end the earlier one on the day the later begins",
            Wrong::DuplicateDay { .. } => "keep one of the two rows",
            Wrong::NoHours(_) => "write when people work on it, such as `08:30-12:00`",
            Wrong::OrdinaryHours(_) => "leave `periods` empty: it has the hours of its day of the week",
            Wrong::OutOfRange(_) => "take the row out",
            Wrong::NoMarketDay(_) => "name at least one",
            Wrong::BadDigit(_) => "write 0 to 9",
            Wrong::Reversed => "`to` is the first day on which it no longer holds",
        }
    }
}

/// The first fault of periods that are to follow each other.
pub(super) fn periods(periods: &[Period]) -> Option<Wrong> {
    let bad = periods.iter().find(|p| p.from >= p.to || p.to > DAY_END).map(|p| Wrong::BadPeriod(*p));
    bad.or_else(|| {
        let mut pairs = periods.iter().zip(periods.iter().skip(1));
        let (earlier, later) = pairs.find(|(earlier, later)| later.from < earlier.to)?;
        Some(Wrong::Overlap { earlier: *earlier, later: *later })
    })
}
