//! How much time somebody is allowed, as people write it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An amount of time that somebody is allowed.
///
/// Written `90wmin`, `4wh`, `2wd`, `30min`, `2h`, `15d`, or in Chinese `90工作分钟`, `4工作小时`,
/// `2工作日`, `30分钟`, `2小时`, `15天`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Allowance {
    /// Minutes in which people work.
    WorkingMinutes(u32),
    /// Working days after the day of the start (民法典 第二百零一条); ends with the last one's hours
    /// (第二百零三条).
    WorkingDays(u16),
    /// Minutes by the clock, for what cannot wait for the morning.
    Minutes(u32),
    /// Days after the day of the start, whatever they are; when the last is not worked, the next
    /// working day is the last (民法典 第二百零三条).
    Days(u16),
    /// Microseconds in which people work: what is left of a time that stopped, where that is no whole minutes.
    WorkingMicros(u64),
    /// Microseconds by the clock: what is left of a time that stopped, where that is no whole minutes.
    Micros(u64),
}

/// Why a text is not an allowance.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAllowance {
    /// It is not a number with a unit.
    #[error(
        "`{0}` is not an allowance: write a number with wmin, wh, wd, min, h or d (工作分钟 工作小时 工作日 分钟 小时 天)"
    )]
    Unreadable(String),
    /// Nothing can be done in no time.
    #[error("`{0}` allows no time: write 1 or more")]
    Nothing(String),
    /// It is more than anybody waits for.
    #[error("`{0}` is too long: 65535 days or 4294967295 minutes are the most")]
    TooLong(String),
}

/// Makes a number of one unit into an allowance; none when it is too large.
type Read = fn(u64) -> Option<Allowance>;

/// The units as they are read.
const UNITS: &[(&str, Read)] = &[
    ("wmin", |n| Some(Allowance::WorkingMinutes(minutes(n, 1)?))),
    ("工作分钟", |n| Some(Allowance::WorkingMinutes(minutes(n, 1)?))),
    ("wh", |n| Some(Allowance::WorkingMinutes(minutes(n, 60)?))),
    ("工作小时", |n| Some(Allowance::WorkingMinutes(minutes(n, 60)?))),
    ("wd", |n| Some(Allowance::WorkingDays(u16::try_from(n).ok()?))),
    ("工作日", |n| Some(Allowance::WorkingDays(u16::try_from(n).ok()?))),
    ("min", |n| Some(Allowance::Minutes(minutes(n, 1)?))),
    ("分钟", |n| Some(Allowance::Minutes(minutes(n, 1)?))),
    ("h", |n| Some(Allowance::Minutes(minutes(n, 60)?))),
    ("小时", |n| Some(Allowance::Minutes(minutes(n, 60)?))),
    ("d", |n| Some(Allowance::Days(u16::try_from(n).ok()?))),
    ("天", |n| Some(Allowance::Days(u16::try_from(n).ok()?))),
    ("日", |n| Some(Allowance::Days(u16::try_from(n).ok()?))),
];

/// An allowance of so many microseconds.
type Made = fn(u64) -> Allowance;

/// The units of what is left of a time that stopped: seconds, to the microsecond. Those of working time come first,
/// for they end like the others.
const SECONDS: &[(&str, Made)] = &[
    ("ws", Allowance::WorkingMicros),
    ("工作秒", Allowance::WorkingMicros),
    ("s", Allowance::Micros),
    ("秒", Allowance::Micros),
];

/// A text in seconds, to the microsecond; none when it is not one.
fn in_seconds(text: &str) -> Option<Allowance> {
    let read = |(word, make): &(&str, fn(u64) -> Allowance)| {
        let number = text.strip_suffix(word)?;
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(part) || part.len() > 6 {
            return None;
        }
        let micros =
            whole.parse::<u64>().ok()?.checked_mul(1_000_000)?.checked_add(format!("{part:0<6}").parse().ok()?)?;
        Some(make(micros)).filter(|_| micros > 0 && i64::try_from(micros).is_ok())
    };
    SECONDS.iter().find_map(read)
}

/// Microseconds as seconds, without zeros at the end.
fn seconds(micros: u64) -> String {
    let (whole, part) = (micros / 1_000_000, micros % 1_000_000);
    if part == 0 { whole.to_string() } else { format!("{whole}.{part:06}").trim_end_matches('0').to_owned() }
}

fn minutes(n: u64, each: u64) -> Option<u32> {
    u32::try_from(n.checked_mul(each)?).ok()
}

impl FromStr for Allowance {
    type Err = BadAllowance;

    fn from_str(text: &str) -> Result<Self, BadAllowance> {
        if let Some(left) = in_seconds(text.trim()) {
            return Ok(left);
        }
        let named = || text.chars().take(40).collect::<String>();
        let digits = text.trim().find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
        let (number, unit) = text.trim().split_at_checked(digits).unwrap_or(("", text));
        let unit = unit.trim_start();
        let unit = unit.strip_prefix('个').unwrap_or(unit);
        let read = UNITS.iter().find(|(word, _)| unit.eq_ignore_ascii_case(word));
        let Some((_, read)) = read.filter(|_| !number.is_empty()) else {
            return Err(BadAllowance::Unreadable(named()));
        };
        let Ok(number) = number.parse::<u64>() else { return Err(BadAllowance::TooLong(named())) };
        if number == 0 {
            return Err(BadAllowance::Nothing(named()));
        }
        read(number).ok_or_else(|| BadAllowance::TooLong(named()))
    }
}

impl Allowance {
    /// Number, English and Chinese unit, in the largest unit that leaves no rest.
    fn parts(self) -> (String, &'static str, &'static str) {
        let (number, unit, zh) = match self {
            Self::WorkingMinutes(n) if n > 0 && n % 60 == 0 => (n / 60, "wh", "工作小时"),
            Self::WorkingMinutes(n) => (n, "wmin", "工作分钟"),
            Self::WorkingDays(n) => (u32::from(n), "wd", "个工作日"),
            Self::Minutes(n) if n > 0 && n % 60 == 0 => (n / 60, "h", "小时"),
            Self::Minutes(n) => (n, "min", "分钟"),
            Self::Days(n) => (u32::from(n), "d", "天"),
            Self::WorkingMicros(n) => return (seconds(n), "ws", "工作秒"),
            Self::Micros(n) => return (seconds(n), "s", "秒"),
        };
        (number.to_string(), unit, zh)
    }

    /// As users read it.
    #[must_use]
    pub fn zh(self) -> String {
        let (number, _, unit) = self.parts();
        format!("{number}{unit}")
    }

    /// Whether it counts days, and not minutes.
    #[must_use]
    pub const fn is_in_days(self) -> bool {
        matches!(self, Self::WorkingDays(_) | Self::Days(_))
    }

    /// Whether it runs by the clock, day and night.
    #[must_use]
    pub const fn is_by_the_clock(self) -> bool {
        matches!(self, Self::Minutes(_) | Self::Micros(_))
    }

    /// What the stretches of its reckoning must add up to: days for an allowance in days, microseconds
    /// for every other.
    #[must_use]
    pub fn total(self) -> i64 {
        match self {
            Self::WorkingMinutes(n) | Self::Minutes(n) => i64::from(n) * 60_000_000,
            Self::WorkingDays(n) | Self::Days(n) => i64::from(n),
            Self::WorkingMicros(n) | Self::Micros(n) => i64::try_from(n).unwrap_or(i64::MAX),
        }
    }
}

impl fmt::Display for Allowance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, unit, _) = self.parts();
        write!(f, "{number}{unit}")
    }
}

impl TryFrom<String> for Allowance {
    type Error = BadAllowance;
    fn try_from(text: String) -> Result<Self, BadAllowance> {
        text.parse()
    }
}

impl From<Allowance> for String {
    fn from(allowance: Allowance) -> Self {
        allowance.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowance_is_read_in_both_languages_and_written_one_way() {
        for (text, expected, zh) in [
            ("90wmin", "90wmin", "90工作分钟"),
            ("90工作分钟", "90wmin", "90工作分钟"),
            ("240wmin", "4wh", "4工作小时"),
            ("4WH", "4wh", "4工作小时"),
            ("4 工作小时", "4wh", "4工作小时"),
            ("2wd", "2wd", "2个工作日"),
            ("2工作日", "2wd", "2个工作日"),
            ("2个工作日", "2wd", "2个工作日"),
            ("30min", "30min", "30分钟"),
            ("120分钟", "2h", "2小时"),
            ("2h", "2h", "2小时"),
            ("2个小时", "2h", "2小时"),
            (" 15d ", "15d", "15天"),
            ("15天", "15d", "15天"),
            ("15日", "15d", "15天"),
            ("65535d", "65535d", "65535天"),
            ("5399.5ws", "5399.5ws", "5399.5工作秒"),
            ("12.000001s", "12.000001s", "12.000001秒"),
            ("60秒", "60s", "60秒"),
        ] {
            let read: Allowance = text.parse().unwrap_or_else(|e| panic!("{e}"));
            assert_eq!((read.to_string().as_str(), read.zh().as_str()), (expected, zh), "{text}");
            assert_eq!(read.zh().parse(), Ok(read), "{text}");
        }
    }

    #[test]
    fn what_is_not_an_allowance_says_what_to_write() {
        for (text, expected) in [
            ("", "`` is not an allowance"),
            ("d", "`d` is not an allowance"),
            ("15", "`15` is not an allowance"),
            ("-1d", "`-1d` is not an allowance"),
            ("1.5h", "`1.5h` is not an allowance"),
            ("两天", "`两天` is not an allowance"),
            ("1.0000001s", "`1.0000001s` is not an allowance"),
            (".5s", "`.5s` is not an allowance"),
            ("0s", "`0s` is not an allowance"),
            ("15 weeks", "`15 weeks` is not an allowance"),
            ("0wd", "`0wd` allows no time"),
            ("65536d", "`65536d` is too long"),
            ("99999999999999999999999min", "`99999999999999999999999min` is too long"),
            ("4294967295h", "`4294967295h` is too long"),
        ] {
            let told = text.parse::<Allowance>().unwrap_err().to_string();
            assert!(told.starts_with(expected), "{text}: {told}");
        }
    }
}
