//! Points in time and stretches of it.

use std::ops::{Range, RangeInclusive};

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// A point in time: microseconds since 1970-01-01T00:00:00Z, negative before.
///
/// Written as an integer in journals and tables, as RFC 3339 for people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(pub i64);

/// Why a text is not an instant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a date (2015-03-01) nor an instant (2015-03-01T08:30:00+08:00)")]
pub struct BadInstant(pub String);

impl Instant {
    /// Before everything: the start of a stretch that was never begun in the records.
    pub const MIN: Self = Self(i64::MIN);
    /// After everything: the end of a stretch that is still open.
    pub const MAX: Self = Self(i64::MAX);

    /// Reads a date (its midnight in `zone`) or an RFC 3339 instant, in which the seconds may be left out.
    ///
    /// What would be read as another instant than it says is none: an offset that no clock on earth has, the hour 24,
    /// a leap second.
    ///
    /// # Errors
    /// [`BadInstant`] when it is neither, or lies outside the years 0 to 9999.
    pub fn parse(text: &str, zone: &Zone) -> Result<Self, BadInstant> {
        let bad = || BadInstant(text.to_owned());
        match text.get(10..) {
            Some("") if has_shape(text, DATE) => {
                let date: civil::Date = text.parse().map_err(|_| bad())?;
                let midnight = zone.0.to_timestamp(date.to_datetime(civil::Time::midnight())).map_err(|_| bad())?;
                Ok(Self(midnight.as_microsecond()))
            }
            Some(time) if is_time_with_offset(time) => {
                text.parse::<Timestamp>().map(|instant| Self(instant.as_microsecond())).map_err(|_| bad())
            }
            _ => Err(bad()),
        }
    }

    /// The shortest text that [`Instant::parse`] reads back to the same instant: a date at midnight
    /// in `zone`, else RFC 3339.
    #[must_use]
    pub fn text(self, zone: &Zone) -> String {
        let Ok(instant) = Timestamp::from_microsecond(self.0) else { return String::new() };
        let local = zone.0.to_datetime(instant);
        if local.time() == civil::Time::midnight() { local.date().to_string() } else { self.rfc3339(zone) }
    }

    /// RFC 3339 with the offset of `zone`, for people and for the API.
    #[must_use]
    pub fn rfc3339(self, zone: &Zone) -> String {
        let Ok(instant) = Timestamp::from_microsecond(self.0) else { return String::new() };
        instant.display_with_offset(zone.0.to_offset(instant)).to_string()
    }

    /// The second in UTC as calendars write it: `20150301T003000Z`; empty outside the years 0 to 9999.
    #[must_use]
    pub fn basic_utc(self) -> String {
        let time = Timestamp::from_microsecond(self.0).map(|instant| TimeZone::UTC.to_datetime(instant));
        let time = time.ok().filter(|time| time.year() >= 0);
        time.map_or_else(String::new, |time| time.strftime("%Y%m%dT%H%M%SZ").to_string())
    }

    /// This instant `minutes` minutes later, held within the range.
    #[must_use]
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        Self(self.0.saturating_add(minutes.saturating_mul(60_000_000)))
    }

    /// The beginning of the minute that this instant lies in.
    #[must_use]
    pub const fn minute(self) -> Self {
        Self(self.0.saturating_sub(self.0.rem_euclid(60_000_000)))
    }

    /// This instant `days` days of 24 hours later, held within the range.
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days.saturating_mul(86_400_000_000)))
    }
}

/// `9` stands for a digit.
const DATE: &str = "9999-99-99";

/// The farthest offsets from UTC that clocks on earth have, in minutes.
const OFFSETS: RangeInclusive<i32> = -12 * 60..=14 * 60;

/// Whether a text has the shape, in which `9` stands for a digit.
fn has_shape(text: &str, shape: &str) -> bool {
    let fits = |(b, s): (u8, u8)| if s == b'9' { b.is_ascii_digit() } else { b == s };
    text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(fits)
}

/// Whether a text is a time and an offset as RFC 3339 writes them behind a date: `T08:30:00.5+08:00`. The hours and
/// minutes are for the library to look at, but not the seconds, of which it takes 60 for 59, nor the offset, of which it
/// takes anything up to a day.
fn is_time_with_offset(text: &str) -> bool {
    let Some(text) = text.strip_prefix(['T', 't', ' ']) else { return false };
    let Some(place) = text.find(['Z', 'z', '+', '-']) else { return false };
    let (time, offset) = text.split_at(place);
    let (whole, part) = time.split_once('.').map_or((time, None), |(whole, part)| (whole, Some(part)));
    let seconds = has_shape(whole, "99:99:99") && whole.get(6..).is_some_and(|seconds| seconds < "60");
    let fraction = |part: &str| (1..=9).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    (part.map_or(seconds || has_shape(whole, "99:99"), |part| seconds && fraction(part))) && is_offset(offset)
}

fn is_offset(text: &str) -> bool {
    if text.eq_ignore_ascii_case("Z") {
        return true;
    }
    let number = |range: Range<usize>| text.get(range).and_then(|digits| digits.parse::<i32>().ok());
    let shaped = has_shape(text, "+99:99") || has_shape(text, "-99:99");
    let parts = number(1..3).zip(number(4..6)).filter(|(_, minutes)| shaped && *minutes < 60);
    parts.is_some_and(|(hours, minutes)| {
        let sum = hours * 60 + minutes;
        OFFSETS.contains(&if text.starts_with('-') { -sum } else { sum })
    })
}

/// A stretch of time, half open: `from` is in it, `to` is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first instant of the stretch.
    pub from: Instant,
    /// The first instant after the stretch.
    pub to: Instant,
}

impl Span {
    /// All of time.
    pub const ALWAYS: Self = Self { from: Instant::MIN, to: Instant::MAX };

    /// From an instant on, open.
    #[must_use]
    pub const fn since(from: Instant) -> Self {
        Self { from, to: Instant::MAX }
    }

    /// Whether `at` lies in the stretch.
    #[must_use]
    pub fn contains(self, at: Instant) -> bool {
        self.from <= at && at < self.to
    }

    /// Whether the two stretches share an instant.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.from < other.to && other.from < self.to
    }

    /// Whether the stretches together leave no instant of this one out.
    #[must_use]
    pub fn is_covered_by(self, mut stretches: Vec<Self>) -> bool {
        stretches.sort_unstable();
        let mut reached = self.from;
        for stretch in stretches {
            if stretch.from <= reached && reached < stretch.to {
                reached = stretch.to;
            }
        }
        reached >= self.to
    }

    /// Whether all of `other` lies in this stretch.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self.from <= other.from && other.to <= self.to
    }
}

/// The time zone in which a register's dates are meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone(pub TimeZone);

impl Zone {
    /// China's one time zone (`Asia/Shanghai`), from the data built into the program.
    #[must_use]
    pub fn china() -> Self {
        let fixed = || TimeZone::fixed(jiff::tz::Offset::constant(8));
        Self(jiff::tz::TimeZoneDatabase::bundled().get("Asia/Shanghai").unwrap_or_else(|_| fixed()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_its_midnight_and_reads_back_as_itself() {
        let zone = Zone::china();
        let at = Instant::parse("2015-03-01", &zone).unwrap();
        assert_eq!(at.rfc3339(&zone), "2015-03-01T00:00:00+08:00");
        assert_eq!(at.text(&zone), "2015-03-01");
        assert_eq!(at.basic_utc(), "20150228T160000Z");
        assert_eq!((Instant::MIN.basic_utc(), Instant::MAX.basic_utc()), (String::new(), String::new()));
    }

    #[test]
    fn an_instant_reads_back_as_itself_and_rubbish_is_refused() {
        let zone = Zone::china();
        let at = Instant::parse("2015-03-01T08:30:00.000001+08:00", &zone).unwrap();
        assert_eq!(Instant::parse(&at.text(&zone), &zone), Ok(at));
        for bad in ["", "2015-02-30", "yesterday", "2015-03-01T25:00:00Z", "99999-01-01", "20150301", "2015-03-01T"] {
            assert!(Instant::parse(bad, &zone).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_no_clock_shows_is_no_instant() {
        let zone = Zone::china();
        for (text, expected) in [
            ("2015-03-01T08:30:00Z", "2015-03-01T16:30:00+08:00"),
            ("2015-03-01t08:30:00z", "2015-03-01T16:30:00+08:00"),
            ("2015-03-01 08:30+08:00", "2015-03-01T08:30:00+08:00"),
            ("2015-03-01T08:30:59.999999-12:00", "2015-03-02T04:30:59.999999+08:00"),
            ("2015-03-01T08:30:00+14:00", "2015-03-01T02:30:00+08:00"),
            ("2015-03-01T08:30:00-00:00", "2015-03-01T16:30:00+08:00"),
            ("2015-03-01T08:30:00+05:45", "2015-03-01T10:45:00+08:00"),
            ("2015-03-01T08:30:00+25:00", ""),
            ("2015-03-01T08:30:00+24:00", ""),
            ("2015-03-01T08:30:00+14:01", ""),
            ("2015-03-01T08:30:00-12:01", ""),
            ("2015-03-01T08:30:00+08:60", ""),
            ("2015-03-01T08:30:00+08:00:01", ""),
            ("2015-03-01T08:30:00+0800", ""),
            ("2015-03-01T08:30:00+08", ""),
            ("2015-03-01T08:30:00", ""),
            ("2015-03-01T08:30:00+08:00[Asia/Shanghai]", ""),
            ("2015-03-01T24:00:00+08:00", ""),
            ("2015-03-01T08:60:00+08:00", ""),
            ("2015-06-30T23:59:60Z", ""),
            ("2015-03-01T08:30:00,5Z", ""),
            ("2015-03-01T08:30:00.Z", ""),
            ("2015-03-01T08:30.5Z", ""),
            ("2015-03-01T08Z", ""),
            ("9999-12-31T23:59:59Z", ""),
            ("-009999-01-01T00:00:00Z", ""),
            ("+012015-03-01T08:30:00Z", ""),
            ("２０１５-03-01", ""),
        ] {
            let found = Instant::parse(text, &zone).map(|at| at.rfc3339(&zone)).unwrap_or_default();
            assert_eq!(found, expected, "{text}");
        }
    }
}
