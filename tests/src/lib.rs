//! The harness of the tests: throw-away stores, towns, random worlds, stories, a client and a server.

pub mod client;
pub mod fixtures;
pub mod model;
pub mod naive;
pub mod naive_calendar;
pub mod random;
pub mod receiver;
pub mod seed;
pub mod server;
pub mod serving;
pub mod simulation;
pub mod stores;
pub mod story;
pub mod tables;
pub mod town;
