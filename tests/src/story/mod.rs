//! Stories: what people do with requests, told so that a town clerk can read them, and played over
//! every way that the system can be driven (the rules alone, each store, the API) with one outcome.
//!
//! A story is a text file in `fixtures/stories`; [`parse`] says how it is written. After each line
//! stands, indented, what came of it. [`play`] plays the lines against a [`Driver`] and compares.

pub mod driver;
pub mod duty;
mod error;
pub mod graphql;
pub mod parse;
mod phrase;
pub mod play;
mod print;
pub mod rules;
pub mod shelf;
pub mod stored;
pub mod view;

pub use driver::{Call, Driver, Failure, Refused};
pub use error::{Error, Wrong};
pub use play::{Played, play};
pub use shelf::{Report, play_all};
