//! Who did something.

use std::sync::Arc;

use async_graphql::{Enum, SimpleObject};
use liandong_engine::rules::actor::{Actor as Acting, Behalf};

use super::person::Person;
use crate::context::Scope;

/// What kind of actor somebody is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(rename_items = "PascalCase")]
pub(crate) enum ActorKind {
    /// A person of the register.
    Person,
    /// Whoever holds the receipt of the request.
    Citizen,
    /// Whoever runs the program.
    Operator,
    /// Nobody: a limit ran out.
    System,
}

/// Who did something, or on whose behalf or by whose order it was done.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Actor {
    /// What kind of actor it is.
    kind: ActorKind,
    /// Who, if it is a person of the register.
    person: Option<Person>,
}

impl Actor {
    /// An actor as the journal has it.
    pub(crate) fn of(scope: &Arc<Scope>, actor: &Acting) -> Self {
        let kind = match actor {
            Acting::Person(_) => ActorKind::Person,
            Acting::Citizen(_) => ActorKind::Citizen,
            Acting::Operator => ActorKind::Operator,
            Acting::System => ActorKind::System,
        };
        Self { kind, person: actor.person().and_then(|code| Person::find(scope, code)) }
    }

    /// On whose behalf something was done.
    pub(crate) fn behalf(scope: &Arc<Scope>, behalf: &Behalf) -> Self {
        match behalf {
            Behalf::Person(code) => Self { kind: ActorKind::Person, person: Person::find(scope, code) },
            Behalf::Citizen => Self { kind: ActorKind::Citizen, person: None },
        }
    }
}
