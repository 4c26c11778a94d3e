//! Calendars on the real notices of twenty years. That they agree with a reckoning minute by minute is shown in
//! `tests/suite/calendar.rs`.

mod faults;
mod limits;
mod nation;
pub(crate) mod town;
