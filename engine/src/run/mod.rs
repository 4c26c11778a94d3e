//! Everything that touches anything: store, clock, entropy, files.
//!
//! [`engine`] is the only caller of the rules' `decide` and the only user of a transaction.

pub mod audit;
pub mod calendar_feed;
pub mod courier;
pub mod engine;
pub mod error;
pub mod feed;
pub mod files;
pub mod forgetting;
pub mod picture;
pub mod private;
pub mod query;
pub mod recompute;
pub mod secret;
mod sight;
pub mod source;
pub mod stood_in;
pub mod store;
pub mod verify;
