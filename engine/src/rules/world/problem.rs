//! What can be wrong with a register, said so that a clerk can mend it.

use std::fmt;

use serde::Serialize;

use crate::rules::tier::words;

words! {
    /// A file of the register directory, and the table of the same name.
    pub enum Table {
        /// units.csv
        Units = "单位",
        /// people.csv
        People = "人员",
        /// posts.csv
        Posts = "岗位",
        /// holdings.csv
        Holdings = "任职",
        /// matters.csv
        Matters = "事项",
        /// mandates.csv
        Mandates = "权限",
        /// ladders.csv
        Ladders = "层级",
        /// limits.csv
        Limits = "时限",
        /// calendars.csv
        Calendars = "日历",
        /// hours.csv
        Hours = "作息时间",
        /// days.csv
        Days = "节假日",
        /// markets.csv
        Markets = "赶场",
        /// unit_calendars.csv
        UnitCalendars = "单位日历",
        /// absences.csv
        Absences = "缺勤",
        /// rosters.csv
        Rosters = "值班表",
        /// duty_changes.csv
        DutyChanges = "换班替班",
    }
}

impl Table {
    /// The file's name.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Self::Units => "units.csv",
            Self::People => "people.csv",
            Self::Posts => "posts.csv",
            Self::Holdings => "holdings.csv",
            Self::Matters => "matters.csv",
            Self::Mandates => "mandates.csv",
            Self::Ladders => "ladders.csv",
            Self::Limits => "limits.csv",
            Self::Calendars => "calendars.csv",
            Self::Hours => "hours.csv",
            Self::Days => "days.csv",
            Self::Markets => "markets.csv",
            Self::UnitCalendars => "unit_calendars.csv",
            Self::Absences => "absences.csv",
            Self::Rosters => "rosters.csv",
            Self::DutyChanges => "duty_changes.csv",
        }
    }

    /// Whether the file may be missing, which means the same as a file without rows.
    #[must_use]
    pub const fn may_be_missing(self) -> bool {
        matches!(
            self,
            Self::Limits
                | Self::Calendars
                | Self::Hours
                | Self::Days
                | Self::Markets
                | Self::UnitCalendars
                | Self::Absences
                | Self::Rosters
                | Self::DutyChanges
        )
    }
}

/// One thing wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// The file.
    pub table: Table,
    /// The row, counted from 0 without the header, as the rows were given.
    pub row: usize,
    /// The column, by its English header; empty when it is the row as a whole.
    pub column: &'static str,
    /// What is wrong, naming the input.
    pub what: String,
    /// What to do about it.
    pub mend: String,
}

impl Problem {
    /// A problem of one column of one row.
    pub fn new(
        table: Table,
        row: usize,
        column: &'static str,
        what: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self { table, row, column, what: what.into(), mend: mend.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, row, column, what, mend } = self;
        write!(f, "{} row {}", table.file(), row + 2)?;
        if !column.is_empty() {
            write!(f, " column {column}")?;
        }
        write!(f, ": {what}; {mend}")
    }
}
