//! Changes of duty: swaps, taking over, covers. Each ends in overrides of a roster, and can be taken back.
//!
//! A change acts from the instant of its command on, so answers about the past never change.

pub mod command;
pub mod decide;
pub mod event;
pub mod evolve;
pub mod refusal;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::{
    actor::Actor,
    id::{DutyChangeCode, PersonCode, RosterCode},
    instant::Instant,
    roster::{Override, ShiftId},
    tier::words,
};
use command::CommandKind;

/// The transition table: which command may come at which stage. What is not here is refused as
/// `WrongStage`.
pub const TRANSITIONS: &[(CommandKind, &[StageKind])] = {
    use CommandKind as C;
    use StageKind::{InForce, Offered};
    &[(C::TakeSwap, &[Offered]), (C::TakeBack, &[Offered]), (C::Undo, &[InForce])]
};

words! {
    /// Where a change of duty is in its life.
    pub enum StageKind {
        /// Waits for somebody to take it.
        Offered = "待接班",
        /// Its overrides act, or will.
        InForce = "已生效",
        /// Taken back before anybody took it.
        TakenBack = "已收回",
        /// Its overrides no longer act.
        Undone = "已撤销",
    }
}

/// A shift that somebody offers to others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Whose shift it is.
    pub by: PersonCode,
    /// Which shift.
    pub shift: ShiftId,
    /// Who may take it; none for every colleague.
    pub to: Option<PersonCode>,
}

/// Where a change is, with what is known there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Waits for somebody to take it.
    Offered,
    /// Acts.
    InForce {
        /// Who made it so: took the offer, took over, arranged.
        by: Actor,
        /// Since when.
        since: Instant,
    },
    /// Taken back before anybody took it.
    TakenBack {
        /// By whom.
        by: Actor,
        /// When.
        at: Instant,
    },
    /// Acts no longer.
    Undone {
        /// By whom.
        by: Actor,
        /// When.
        at: Instant,
    },
}

impl Stage {
    /// The stage without its facts.
    #[must_use]
    pub const fn kind(&self) -> StageKind {
        match self {
            Self::Offered => StageKind::Offered,
            Self::InForce { .. } => StageKind::InForce,
            Self::TakenBack { .. } => StageKind::TakenBack,
            Self::Undone { .. } => StageKind::Undone,
        }
    }
}

/// A change of duty with everything that its journal says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyChange {
    /// Names it.
    pub code: DutyChangeCode,
    /// The roster that it changes.
    pub roster: RosterCode,
    /// Who began it.
    pub begun_by: Actor,
    /// When.
    pub begun_at: Instant,
    /// Why; may be empty for a swap.
    pub reason: String,
    /// What is offered, if it is a swap.
    pub offer: Option<Offer>,
    /// Where it is.
    pub stage: Stage,
    /// What it does to the roster: none before it is in force; undone ones stay, with their end.
    pub overrides: Vec<Override>,
    /// How many events made it.
    pub events: u32,
}
