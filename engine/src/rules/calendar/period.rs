//! A period of the day in which people work.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The end of a day on the clock, in minutes: `24:00`.
pub const DAY_END: u16 = 24 * 60;

/// A period of one day by the clock on the wall: `from` is in it, `to` is not. Minutes since midnight.
///
/// Written `08:30-12:00`; the end may be `24:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    /// The first minute that is worked.
    pub from: u16,
    /// The first minute that is not worked any more; [`DAY_END`] at most.
    pub to: u16,
}

/// Why a text is not a period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a period of the day: write it like `08:30-12:00`, between 00:00 and 24:00")]
pub struct BadPeriod(pub String);

impl FromStr for Period {
    type Err = BadPeriod;

    fn from_str(text: &str) -> Result<Self, BadPeriod> {
        let bad = || BadPeriod(text.chars().take(40).collect());
        let (from, to) = text.split_once(['-', '–', '—', '~', '至']).ok_or_else(bad)?;
        Ok(Self { from: minute(from).ok_or_else(bad)?, to: minute(to).ok_or_else(bad)? })
    }
}

/// `8:30` or `08：30` as minutes since midnight; `24:00` is the end of the day.
pub(in crate::rules) fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once([':', '：'])?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !(1..=2).contains(&hour.len()) || minute.len() != 2 || !digits(hour) || !digits(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let at = hour * 60 + minute;
    (minute < 60 && at <= DAY_END).then_some(at)
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

impl TryFrom<String> for Period {
    type Error = BadPeriod;
    fn try_from(text: String) -> Result<Self, BadPeriod> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_read_as_people_write_it_and_written_one_way() {
        for (text, expected) in [
            ("08:30-12:00", "08:30-12:00"),
            ("8:30 - 12:00", "08:30-12:00"),
            ("8：30至12：00", "08:30-12:00"),
            ("00:00-24:00", "00:00-24:00"),
        ] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), expected, "{text}");
        }
        for bad in ["", "-", "8-12", "08:30", "08:60-12:00", "08:30-24:01", "-1:30-12:00", "+8:30-9:00", "08:3-12:00"] {
            assert!(bad.parse::<Period>().is_err(), "{bad}");
        }
    }
}
