//! Days as numbers, and which of them are days of duty, counted without walking.

use jiff::{SignedDuration, Timestamp, civil::Date};

use super::row::On;
use crate::rules::{
    calendar::{DAY_END, Day, DayKind, Weekday},
    instant::{Instant, Zone},
};

/// A day: days since 1970-01-01, negative before.
pub(super) type DayNo = i32;

/// How many days a calendar is read for one roster at most: a hundred years, so that a slip in a date
/// cannot make the reading endless.
pub(super) const MAX_DAYS: DayNo = 36_525;

const EPOCH: Date = Date::constant(1970, 1, 1);

/// The number of a date.
pub(super) fn day_no(date: Date) -> DayNo {
    DayNo::try_from(date.duration_since(EPOCH).as_hours() / 24).unwrap_or(0)
}

/// The date of a number, held within the years -9999 to 9999.
pub(super) fn date_of(day: DayNo) -> Date {
    EPOCH.saturating_add(SignedDuration::from_hours(i64::from(day) * 24))
}

/// Which day of the week it is.
pub(super) fn weekday(day: DayNo) -> usize {
    // 1970-01-01 was a Thursday.
    usize::try_from((i64::from(day) + 3).rem_euclid(7)).unwrap_or(0)
}

/// The first day of the week that a day lies in.
pub(super) fn week_of(day: DayNo, begins: Weekday) -> DayNo {
    let ahead = (weekday(day) + 7 - begins as usize) % 7;
    day - DayNo::try_from(ahead).unwrap_or(0)
}

/// The day on the clock of the zone at that instant, held within the years -9999 to 9999.
pub(super) fn day_at(at: Instant, zone: &Zone) -> DayNo {
    let seconds = at.0.div_euclid(1_000_000).clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(seconds).map_or(0, |t| day_no(zone.0.to_datetime(t).date()))
}

/// The instant so many minutes on the clock after the midnight that begins the day.
pub(super) fn instant_of(day: DayNo, minutes: u16, zone: &Zone) -> Instant {
    let (days, minutes) = (DayNo::from(minutes / DAY_END), minutes % DAY_END);
    let (hour, minute) = (i8::try_from(minutes / 60).unwrap_or(0), i8::try_from(minutes % 60).unwrap_or(0));
    let date = date_of(day.saturating_add(days));
    zone.0.to_timestamp(date.at(hour, minute, 0, 0)).map_or(Instant::MAX, |t| Instant(t.as_microsecond()))
}

impl On {
    /// Whether only the calendar can tell, and not the week alone.
    const fn asks_calendar(self) -> bool {
        self as u8 > Self::Sunday as u8 && !matches!(self, Self::Every)
    }

    /// Whether a day fits.
    fn fits(self, weekday: usize, day: Day) -> bool {
        match self {
            Self::Every => true,
            Self::Working => day.kind.is_worked(),
            Self::Rest => day.kind == DayKind::Rest,
            Self::Holiday => matches!(day.kind, DayKind::Holiday | DayKind::LocalOff),
            Self::MakeUp => day.kind == DayKind::MakeUp,
            Self::Market => day.market,
            _ => self as usize == weekday,
        }
    }
}

/// The days of duty of one stretch of a roster, from its start on.
#[derive(Clone, Debug)]
pub(super) struct DutyDays {
    start: DayNo,
    pattern: Pattern,
}

#[derive(Clone, Debug)]
enum Pattern {
    /// The same in every week, for ever: whether there is duty on the first, second … day after the start.
    Week([bool; 7]),
    /// A bit for each day, 64 to a word, and how many there are before each word.
    Calendar { bits: Vec<u64>, before: Vec<u32> },
}

impl DutyDays {
    /// The days from `start` on that fit. What only the calendar can tell is read from `days` through the
    /// day `through`, and no further than [`MAX_DAYS`]; later days are none of duty.
    pub(super) fn build(start: DayNo, on: &[On], days: &dyn Fn(Date) -> Day, through: DayNo) -> Self {
        if !on.iter().any(|o| o.asks_calendar()) {
            let any = Day { kind: DayKind::Working, market: false };
            let mut week = [false; 7];
            for (day, duty) in (start..).zip(&mut week) {
                *duty = on.iter().any(|o| o.fits(weekday(day), any));
            }
            return Self { start, pattern: Pattern::Week(week) };
        }
        let last = through.min(start.saturating_add(MAX_DAYS));
        let (mut bits, mut before, mut sum) = (Vec::new(), Vec::new(), 0);
        let mut word_start = start;
        while word_start <= last {
            let mut word = 0_u64;
            for (bit, day) in (0..64).zip(word_start..=last) {
                let known = days(date_of(day));
                if on.iter().any(|o| o.fits(weekday(day), known)) {
                    word |= 1 << bit;
                }
            }
            before.push(sum);
            bits.push(word);
            sum += word.count_ones();
            word_start = word_start.saturating_add(64);
        }
        Self { start, pattern: Pattern::Calendar { bits, before } }
    }

    fn ahead(&self, day: DayNo) -> Option<usize> {
        usize::try_from(i64::from(day) - i64::from(self.start)).ok()
    }

    /// Whether it is a day of duty.
    pub(super) fn has(&self, day: DayNo) -> bool {
        let Some(ahead) = self.ahead(day) else { return false };
        match &self.pattern {
            Pattern::Week(week) => week.get(ahead % 7).copied().unwrap_or(false),
            Pattern::Calendar { bits, .. } => bits.get(ahead / 64).is_some_and(|word| word >> (ahead % 64) & 1 == 1),
        }
    }

    /// How many days of duty there are before this one.
    pub(super) fn before(&self, day: DayNo) -> u32 {
        let Some(ahead) = self.ahead(day) else { return 0 };
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        match &self.pattern {
            Pattern::Week(week) => {
                let duty = |days: usize| week.iter().take(days).filter(|d| **d).count();
                count(ahead / 7 * duty(7) + duty(ahead % 7))
            }
            Pattern::Calendar { bits, before } => match (bits.get(ahead / 64), before.get(ahead / 64)) {
                (Some(word), Some(sum)) => sum + (word & !(u64::MAX << (ahead % 64))).count_ones(),
                _ => before.last().copied().unwrap_or(0) + bits.last().map_or(0, |word| word.count_ones()),
            },
        }
    }

    /// The day of duty that has so many before it.
    pub(super) fn nth(&self, n: u32) -> Option<DayNo> {
        let ahead = match &self.pattern {
            Pattern::Week(week) => {
                let duty: Vec<i64> = (0..).zip(week).filter(|(_, d)| **d).map(|(i, _)| i).collect();
                let in_week = u32::try_from(duty.len()).ok().filter(|n| *n > 0)?;
                i64::from(n / in_week) * 7 + duty.get(usize::try_from(n % in_week).ok()?)?
            }
            Pattern::Calendar { bits, before } => {
                let at = before.partition_point(|sum| *sum <= n).checked_sub(1)?;
                let (mut word, sum) = (*bits.get(at)?, *before.get(at)?);
                if n - sum >= word.count_ones() {
                    return None;
                }
                for _ in sum..n {
                    word &= word.wrapping_sub(1);
                }
                i64::try_from(at).ok()? * 64 + i64::from(word.trailing_zeros())
            }
        };
        DayNo::try_from(i64::from(self.start) + ahead).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_its_number_its_weekday_and_its_week() {
        for (date, no, of_week) in [((1970, 1, 1), 0, 3), ((2026, 10, 11), 20_737, 6), ((1969, 12, 29), -3, 0)] {
            let date = Date::constant(date.0, date.1, date.2);
            assert_eq!((day_no(date), weekday(no), date_of(no)), (no, of_week, date));
            assert_eq!(week_of(no, Weekday::Monday), no - DayNo::try_from(of_week).unwrap());
        }
    }

    #[test]
    fn the_ends_of_time_have_days_too() {
        let zone = Zone::china();
        assert!(day_at(Instant::MIN, &zone) < -4_000_000 && day_at(Instant::MAX, &zone) > 2_900_000);
        assert_eq!(day_at(instant_of(20_000, 0, &zone), &zone), 20_000);
        assert_eq!(day_at(Instant(instant_of(20_000, 0, &zone).0 - 1), &zone), 19_999);
    }

    #[test]
    fn days_of_duty_are_counted_and_found_as_by_hand() {
        let market = |date: Date| Day {
            kind: if weekday(day_no(date)) > 4 { DayKind::Rest } else { DayKind::Working },
            market: day_no(date) % 6 == 0,
        };
        for on in [&[On::Every][..], &[On::Saturday, On::Sunday], &[On::Market], &[On::Rest, On::Market], &[]] {
            let days = DutyDays::build(20_001, on, &market, 20_500);
            let mut counted = 0;
            for day in 19_990..20_500 {
                let fits = on.iter().any(|o| o.fits(weekday(day), market(date_of(day))));
                assert_eq!(days.has(day), fits && day >= 20_001, "{on:?} {day}");
                assert_eq!(days.before(day), counted, "{on:?} {day}");
                if days.has(day) {
                    assert_eq!(days.nth(counted), Some(day), "{on:?} {day}");
                    counted += 1;
                }
            }
        }
    }
}
