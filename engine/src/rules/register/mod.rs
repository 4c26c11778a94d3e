//! Changes to the register: commands like any other, with decision, events and account.
//!
//! A change holds from the instant of its command on. What was true before stays true, so answers
//! about the past never change.

pub mod absence;
pub mod command;
pub mod coverage;
mod days;
pub mod decide;
pub mod duty;
pub mod duty_coverage;
pub mod event;
pub mod evolve;
mod fresh;
pub mod misfit;
pub mod promise;
pub mod refusal;
mod rosters;
mod settle;
pub mod survey;
