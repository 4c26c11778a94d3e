//! One file per table.

pub mod absence;
pub mod assignment;
pub mod calendar;
pub mod calendar_day;
pub mod calendar_hours;
pub mod duty_change;
pub mod head;
pub mod holding;
pub mod journal;
pub mod limit_rule;
pub mod mandate;
pub mod market;
pub mod matter;
pub mod outbox;
pub mod person;
pub mod post;
pub mod receipt;
pub mod request;
pub mod request_unit;
pub mod roster;
pub mod rung;
pub mod token;
pub mod unit;
pub mod unit_calendar;
pub mod workload;
