//! Dates as whole numbers, so that a table can be indexed by them.

use jiff::{Span, civil::Date};

/// Microseconds of a day on which no clock is changed.
pub(super) const DAY_MICROS: i64 = 86_400_000_000;

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// Days since 1970-01-01, negative before.
pub(super) fn number(date: Date) -> i64 {
    date.duration_since(EPOCH).as_hours() / 24
}

/// The date so many days after 1970-01-01; held within the years that can be written.
pub(super) fn date(number: i64) -> Date {
    let days = Span::new().try_days(number);
    days.and_then(|days| EPOCH.checked_add(days)).unwrap_or(if number < 0 { Date::MIN } else { Date::MAX })
}

/// The date so many days later; none beyond the years that can be written.
pub(super) fn later(start: Date, days: i64) -> Option<Date> {
    let wanted = number(start).checked_add(days)?;
    let found = date(wanted);
    (number(found) == wanted).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_and_its_number_are_the_same_day() {
        for (text, days) in [("1970-01-01", 0), ("1969-12-31", -1), ("2024-02-29", 19_782), ("2060-12-31", 33_237)] {
            let day: Date = text.parse().unwrap();
            assert_eq!((number(day), date(days)), (days, day));
        }
        assert_eq!(date(i64::MAX), Date::MAX);
        assert_eq!(date(i64::MIN), Date::MIN);
        assert_eq!(later(Date::MAX, 1), None);
    }
}
