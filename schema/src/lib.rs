//! The tables of Liandong and how they came to be, for SQLite and PostgreSQL alike.
//!
//! Instants are microseconds since 1970 (`i64`); words are the English words of the rules; lists and
//! nested facts are JSON text. What the rows mean is said in the engine's rules, not here.

pub mod entity;
pub mod migration;
