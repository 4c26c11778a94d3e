//! Notices: who is told what and when, and how it is delivered: once where the network allows, never at night
//! unless it cannot wait, and never lost.

mod changes;
mod deliver;
mod rules;
mod scenes;
mod signed;
mod told;
