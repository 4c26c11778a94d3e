//! Deliveries: what goes out to people, and what became of it.

use std::sync::Arc;

use async_graphql::{ID, Object};
use liandong_engine::{rules::notice::delivery::looks_after, run::store::delivery::Delivery as Row};

use super::person::Person;
use crate::{
    context::Scope,
    word::{DeliveryState, Urgency, When},
};

/// The digest of a person at an instant, or one notice that is told at once, as it goes out.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) scope: Arc<Scope>,
    pub(crate) row: Row,
}

/// The digest of a person at an instant, or one notice that is told at once, as it goes out.
#[Object(serial)]
impl Delivery {
    /// Names it, also to the receiver.
    async fn id(&self) -> ID {
        ID(self.row.id.to_string())
    }

    /// To whom.
    async fn person(&self) -> Option<Person> {
        Person::find(&self.scope, &self.row.person)
    }

    /// Whether it may go out at night.
    async fn urgency(&self) -> Urgency {
        self.row.urgency.into()
    }

    /// When it was to go out first.
    async fn deliver_at(&self) -> When {
        When(self.row.deliver_at)
    }

    /// What became of it.
    async fn state(&self) -> DeliveryState {
        self.row.state.into()
    }

    /// What became of it, in Chinese.
    async fn state_zh(&self) -> &'static str {
        self.row.state.zh()
    }

    /// How often it was tried, since it was written or replayed.
    async fn attempts(&self) -> u16 {
        self.row.attempts
    }

    /// When the receiver took it, or it was given up.
    async fn ended_at(&self) -> Option<When> {
        self.row.ended_at.map(When)
    }

    /// Why it failed last, for whoever looks after it.
    async fn error(&self) -> Option<&str> {
        let Scope { world, actor, at, .. } = &*self.scope;
        self.row.error.as_deref().filter(|_| looks_after(world, actor, &self.row.person, *at))
    }
}
