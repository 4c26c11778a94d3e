//! What happened to a change of duty.

use serde::{Deserialize, Serialize};

use super::Offer;
use crate::rules::{
    actor::Step,
    id::{DutyChangeCode, RosterCode},
    roster::Override,
};

/// One thing that happened, at the instant of its record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Event {
    /// Somebody offered a shift.
    SwapOffered {
        /// The change.
        code: DutyChangeCode,
        /// The roster.
        roster: RosterCode,
        /// What is offered.
        offer: Offer,
        /// Why.
        reason: String,
    },
    /// Somebody took it.
    SwapTaken {
        /// What changes on the roster: one override, or two when a shift was given for it.
        overrides: Vec<Override>,
    },
    /// Somebody took over from who was on duty.
    TakenOver {
        /// The change.
        code: DutyChangeCode,
        /// The roster.
        roster: RosterCode,
        /// Why.
        reason: String,
        /// What changes on the roster.
        overrides: Vec<Override>,
    },
    /// A superior changed who is on duty.
    Arranged {
        /// The change.
        code: DutyChangeCode,
        /// The roster.
        roster: RosterCode,
        /// Why.
        reason: String,
        /// What changes on the roster.
        overrides: Vec<Override>,
    },
    /// The offer was taken back.
    SwapTakenBack,
    /// The overrides act no longer.
    Undone,
}

impl Event {
    /// The name of the event, as in the journal.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SwapOffered { .. } => "SwapOffered",
            Self::SwapTaken { .. } => "SwapTaken",
            Self::TakenOver { .. } => "TakenOver",
            Self::Arranged { .. } => "Arranged",
            Self::SwapTakenBack => "SwapTakenBack",
            Self::Undone => "Undone",
        }
    }
}

/// An event with the four people of the step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Who.
    pub step: Step,
    /// What.
    pub event: Event,
}
