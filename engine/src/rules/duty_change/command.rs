//! What people can ask about duty.

use serde::{Deserialize, Serialize};

use crate::rules::{
    id::{DutyChangeCode, OverrideCode, PersonCode, RosterCode},
    roster::{Change, Scope, ShiftId},
    tier::words,
};

/// A new change of duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Begin {
    /// Who takes my shift? Nothing changes until somebody does.
    OfferSwap {
        /// Of which roster.
        roster: RosterCode,
        /// Which shift.
        shift: ShiftId,
        /// Who may take it; none for every colleague.
        to: Option<PersonCode>,
        /// Why; may be empty.
        reason: String,
    },
    /// I take over now from who is on duty, for the rest of the shift.
    TakeOver {
        /// Of which roster.
        roster: RosterCode,
        /// Whose place.
        out: PersonCode,
        /// Why.
        reason: String,
    },
    /// A superior puts somebody on duty, takes somebody off, or both.
    Arrange {
        /// Of which roster.
        roster: RosterCode,
        /// What changes.
        change: Change,
        /// For which shift or stretch of time.
        scope: Scope,
        /// Why.
        reason: String,
    },
}

impl Begin {
    /// The roster that it is about.
    #[must_use]
    pub const fn roster(&self) -> &RosterCode {
        match self {
            Self::OfferSwap { roster, .. } | Self::TakeOver { roster, .. } | Self::Arrange { roster, .. } => roster,
        }
    }
}

/// What can be asked of a change of duty that is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// I take the shift that is offered.
    TakeSwap {
        /// The shift of mine that goes to the other for it; none when I simply take it.
        against: Option<ShiftId>,
    },
    /// My offer stands no longer.
    TakeBack,
    /// The roster is to be again as it was before.
    Undo,
}

words! {
    /// A command without its facts.
    pub enum CommandKind {
        /// See [`Command::TakeSwap`].
        TakeSwap = "接班",
        /// See [`Command::TakeBack`].
        TakeBack = "收回换班",
        /// See [`Command::Undo`].
        Undo = "撤销换班",
    }
}

impl Command {
    /// The command without its facts.
    #[must_use]
    pub const fn kind(&self) -> CommandKind {
        match self {
            Self::TakeSwap { .. } => CommandKind::TakeSwap,
            Self::TakeBack => CommandKind::TakeBack,
            Self::Undo => CommandKind::Undo,
        }
    }
}

/// Codes that nothing has yet: the caller throws the dice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fresh {
    /// For the change, if it is a new one.
    pub change: DutyChangeCode,
    /// For its overrides.
    pub overrides: [OverrideCode; 2],
}
