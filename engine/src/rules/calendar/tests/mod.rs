//! Calendars on the real notices of twenty years, and against the naive reckoning.

mod faults;
mod limits;
mod naive;
mod nation;
mod proof;
mod town;
