//! What those who watch a request do about its time: reminders (催办), supervision (督办), extensions (延期).

use serde::{Deserialize, Serialize};

use crate::rules::{
    actor::Actor,
    id::{AssignmentNo, PersonCode},
    instant::Instant,
    limit::Limit,
};

/// 催办: somebody asked how far it is. Moves no limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Instant,
}

/// 督办: the case is watched, and has a limit of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supervision {
    /// By whom.
    pub by: PersonCode,
    /// Since when.
    pub at: Instant,
    /// What is expected.
    pub words: String,
    /// Until when; none while the citizen is waited for, and once the case is resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
}

/// 延期: more time to finish, asked for by who handles the case and decided on the next rung up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// For which Handle assignment.
    pub handle: AssignmentNo,
    /// How many working days more.
    pub working_days: u16,
    /// Why.
    pub reason: String,
    /// What became of it.
    pub answer: Answer,
}

/// What became of the wish for more time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// Nobody decided yet: this step is to decide it.
    Awaited(AssignmentNo),
    /// It was granted by.
    Granted(PersonCode),
    /// It was refused by.
    Refused(PersonCode),
}

impl Extension {
    /// The step that is to decide it, while that is not decided.
    #[must_use]
    pub const fn asked(&self) -> Option<AssignmentNo> {
        match self.answer {
            Answer::Awaited(step) => Some(step),
            Answer::Granted(_) | Answer::Refused(_) => None,
        }
    }
}
