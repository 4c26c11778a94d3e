//! What the API shows, one file each. An object reads what it shows; it decides nothing.

pub(crate) mod absence;
pub(crate) mod account;
pub(crate) mod actor;
pub(crate) mod assignment;
pub(crate) mod calendar_feed;
pub(crate) mod connection;
pub(crate) mod coverage;
pub(crate) mod delivery;
pub(crate) mod duty;
pub(crate) mod duty_change;
pub(crate) mod entry;
pub(crate) mod escalation;
pub(crate) mod limit;
pub(crate) mod map;
pub(crate) mod matter;
pub(crate) mod me;
pub(crate) mod notice;
pub(crate) mod oversight;
pub(crate) mod person;
pub(crate) mod post;
pub(crate) mod preview;
pub(crate) mod request;
pub(crate) mod roster;
pub(crate) mod stretch;
pub(crate) mod unit;
pub(crate) mod workload;
