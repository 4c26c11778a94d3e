//! When people work: periods of the day, holidays, make-up working days, market days.
//!
//! [`Rows`] are what the register holds; [`check`] says what is wrong with them; [`Calendars`] compiles
//! them, so that every question costs the logarithm of the days held. [`Calendar::due`] adds an
//! [`Allowance`] to an instant and accounts for every day on the way.

mod allowance;
mod calendars;
pub mod check;
mod compile;
mod date;
mod day;
mod due;
mod fault;
mod kept;
mod lunar;
mod market;
mod period;
mod reckoning;
mod rows;
mod table;
#[cfg(test)]
pub(crate) mod tests;

pub use jiff::civil::Date;

pub use allowance::{Allowance, BadAllowance};
pub use calendars::{Calendars, EndsSoon};
pub use compile::{FIRST_DATE, LAST_DATE};
pub use day::{Day, DayKind, Declared, Weekday};
pub use fault::{Fault, File, Wrong};
pub use kept::Calendar;
pub use lunar::lunar;
pub use market::{BadMarketRule, Branch, Market, MarketKind, MarketRule};
pub(in crate::rules) use period::minute;
pub use period::{BadPeriod, DAY_END, Period};
pub use reckoning::{Reckoning, Stretch, Why};
pub use rows::{CHINA, CalendarRow, DayRow, Hours, On, Rows, UnitCalendar};
