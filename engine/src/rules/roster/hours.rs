//! Times of the day, as people on a roster write them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::rules::calendar::{DAY_END, minute};

/// A time on the clock: minutes since midnight, 0 to 1439. Written `08:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(u16);

/// Why a text is not a time of day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time of day; write hours and minutes as 08:00, from 00:00 to 23:59")]
pub struct BadTime(pub String);

impl TimeOfDay {
    /// The beginning of a day.
    pub const MIDNIGHT: Self = Self(0);

    /// Hours and minutes; none when there is no such time.
    #[must_use]
    pub const fn new(hour: u16, minute: u16) -> Option<Self> {
        if hour < 24 && minute < 60 { Some(Self(hour * 60 + minute)) } else { None }
    }

    /// Minutes since midnight.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl FromStr for TimeOfDay {
    type Err = BadTime;
    fn from_str(text: &str) -> Result<Self, BadTime> {
        let minutes = minute(text).filter(|minutes| *minutes < DAY_END);
        minutes.map(Self).ok_or_else(|| BadTime(text.chars().take(20).collect()))
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = BadTime;
    fn try_from(text: String) -> Result<Self, BadTime> {
        text.parse()
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// From one time of day to another. An end that is not after the beginning lies on the next day; an
/// end at midnight is written `24:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hours {
    /// The first minute.
    pub from: TimeOfDay,
    /// The first minute after.
    pub to: TimeOfDay,
}

/// Why a text is not a stretch of the day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadHours {
    /// One of its ends is not a time.
    #[error(transparent)]
    Time(#[from] BadTime),
    /// There are not two ends.
    #[error("`{0}` is not a stretch of the day; write it as 09:00-17:00")]
    Form(String),
}

impl Hours {
    /// Whether the stretch goes on after midnight. An end at midnight itself does not.
    #[must_use]
    pub const fn passes_midnight(self) -> bool {
        self.to.0 > 0 && self.to.0 <= self.from.0
    }

    /// Minutes from the midnight before the beginning to the end: 1 to 2879.
    #[must_use]
    pub const fn end_minutes(self) -> u16 {
        if self.to.0 <= self.from.0 { self.to.0 + DAY_END } else { self.to.0 }
    }
}

impl FromStr for Hours {
    type Err = BadHours;
    fn from_str(text: &str) -> Result<Self, BadHours> {
        let form = || BadHours::Form(text.chars().take(20).collect());
        let (from, to) = text.split_once(['-', '–', '~', '～', '—']).ok_or_else(form)?;
        let to = match to.trim() {
            "24:00" | "24：00" => "00:00",
            other => other,
        };
        Ok(Self { from: from.trim().parse()?, to: to.parse()? })
    }
}

impl TryFrom<String> for Hours {
    type Error = BadHours;
    fn try_from(text: String) -> Result<Self, BadHours> {
        text.parse()
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> Self {
        hours.to_string()
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.to.0 == 0 { write!(f, "{}-24:00", self.from) } else { write!(f, "{}-{}", self.from, self.to) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_read_as_people_write_it_or_refused() {
        for (text, expected) in [("08:00", "08:00"), ("8:30", "08:30"), ("23：59", "23:59"), ("00:00", "00:00")] {
            assert_eq!(text.parse::<TimeOfDay>().unwrap().to_string(), expected);
        }
        for bad in ["", "8", "8.00", "24:00", "08:60", "-1:00", "+8:00", "008:00", "08:0", "八点"] {
            assert!(bad.parse::<TimeOfDay>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_stretch_of_the_day_reads_back_as_itself_and_tells_where_it_ends() {
        for (text, shown, ends, passes) in [
            ("09:00-17:00", "09:00-17:00", 17 * 60, false),
            ("9:00 ～ 17:30", "09:00-17:30", 17 * 60 + 30, false),
            ("18:00-08:00", "18:00-08:00", 32 * 60, true),
            ("18:00-24:00", "18:00-24:00", 24 * 60, false),
            ("00:00-24:00", "00:00-24:00", 24 * 60, false),
        ] {
            let hours: Hours = text.parse().unwrap();
            assert_eq!(
                (hours.to_string().as_str(), hours.end_minutes(), hours.passes_midnight()),
                (shown, ends, passes)
            );
            assert_eq!(hours.to_string().parse(), Ok(hours));
        }
        for bad in ["", "09:00", "24:00-08:00", "09:00-25:00", "全天"] {
            assert!(bad.parse::<Hours>().is_err(), "{bad}");
        }
    }
}
