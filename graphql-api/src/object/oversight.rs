//! What those who watch a request did about its time.

use std::sync::Arc;

use async_graphql::{Enum, SimpleObject};
use liandong_engine::rules::request::oversight::{self, Answer};

use super::person::Person;
use crate::{context::Scope, word::When};

/// 督办: that a request is watched, with a limit of its own.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Supervision {
    /// By whom.
    by: Option<Person>,
    /// Since when.
    at: When,
    /// What is expected.
    words: String,
    /// Until when; null while the citizen is waited for, and once it is resolved.
    until: Option<When>,
}

/// 延期: more time to finish, as it was asked for.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Extension {
    /// For which assignment.
    assignment: u16,
    /// How many working days more.
    working_days: u16,
    /// Why.
    reason: String,
    /// What became of it.
    state: ExtensionState,
    /// Who decided; null while it is not decided.
    by: Option<Person>,
}

/// What became of the wish for more time.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(rename_items = "PascalCase")]
pub(crate) enum ExtensionState {
    /// 待审批: nobody decided yet.
    Awaited,
    /// 已同意: the time was given.
    Granted,
    /// 未同意: it was not.
    Refused,
}

impl Supervision {
    pub(crate) fn of(scope: &Arc<Scope>, row: &oversight::Supervision) -> Self {
        Self {
            by: Person::find(scope, &row.by),
            at: When(row.at),
            words: row.words.clone(),
            until: row.limit.map(|limit| When(limit.due)),
        }
    }
}

impl Extension {
    pub(crate) fn of(scope: &Arc<Scope>, row: &oversight::Extension) -> Self {
        let (state, by) = match &row.answer {
            Answer::Awaited(_) => (ExtensionState::Awaited, None),
            Answer::Granted(by) => (ExtensionState::Granted, Some(by)),
            Answer::Refused(by) => (ExtensionState::Refused, Some(by)),
        };
        Self {
            assignment: row.handle.0,
            working_days: row.working_days,
            reason: row.reason.clone(),
            state,
            by: by.and_then(|by| Person::find(scope, by)),
        }
    }
}
