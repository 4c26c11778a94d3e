//! The one test binary.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::unreachable,
    reason = "all of it is tests: a panic is how a test fails, and what is skipped is said aloud"
)]

mod calendar;
mod code;
mod commands;
mod doors;
mod duty;
mod engine;
mod generated;
mod hostile;
mod house;
mod http;
mod instants;
mod kill;
mod logs;
mod migrations;
mod model;
mod notices;
mod outage;
mod properties;
mod rating;
mod receipts;
mod register_rules;
mod routing;
mod simulation;
mod starts;
mod stories;
mod subscriptions;
mod texts;
mod time;
