//! The Chinese lunar calendar (农历), which only some market days ask for.

use icu_calendar::{Date as AnyDate, cal::ChineseTraditional};
use jiff::civil::Date;

/// Month and day of a date in the lunar calendar; the month counts from 1 through the year and a leap
/// month (闰月) has a number of its own. None in years that no date has.
#[must_use]
pub fn lunar(date: Date) -> Option<(u8, u8)> {
    let (month, day) = (u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?);
    let lunar = AnyDate::try_new_iso(i32::from(date.year()), month, day).ok()?.to_calendar(ChineseTraditional::new());
    Some((lunar.month().ordinal, lunar.day_of_month().0))
}
