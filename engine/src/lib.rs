//! The engine of Liandong: who is responsible, where a request is, and whether the result came home.
//!
//! [`rules`] is pure: no clock, no store, no environment. [`run`] (feature `run`, on by default) is
//! everything that touches anything, and the only caller of the rules' `decide`.

pub mod rules;
#[cfg(feature = "run")]
pub mod run;
