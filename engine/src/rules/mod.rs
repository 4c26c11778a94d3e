//! The rules: pure, synchronous, without IO and without a clock.
//!
//! Each module uses only those above it in this list: a test of the house shows that it stays so. The
//! empty lines keep the order from being sorted away.

pub mod instant;

pub mod id;

pub mod text;

pub mod fault;

pub mod tier;

pub mod tree;

pub mod post;

pub mod matter;

pub mod calendar;

pub mod limit;

pub mod absence;

pub mod roster;

pub mod world;

pub mod actor;

pub mod routing;

pub mod authority;

pub mod calendar_feed;

pub mod request;

pub mod register;

pub mod notice;
