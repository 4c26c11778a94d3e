//! People of the register.

use std::sync::Arc;

use async_graphql::{Object, Result};
use liandong_engine::rules::{id::PersonCode, instant::Instant, world::PersonIx};

use super::{absence::Absence, post::Holding};
use crate::{context::Scope, input};

/// A person of the register.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) scope: Arc<Scope>,
    pub(crate) ix: PersonIx,
    pub(crate) at: Instant,
}

impl Person {
    /// The person with this code, as of the present.
    pub(crate) fn find(scope: &Arc<Scope>, code: &PersonCode) -> Option<Self> {
        let ix = scope.world.find_person(code.as_str())?;
        Some(Self { scope: Arc::clone(scope), ix, at: scope.at })
    }
}

/// A person of the register: a cadre, a clerk, a leader. Never a citizen.
#[Object(serial)]
impl Person {
    /// Names the person.
    async fn code(&self) -> &str {
        self.scope.world.person(self.ix).map_or("", |person| person.code.as_str())
    }

    /// As people say it.
    async fn name(&self) -> &str {
        self.scope.world.person(self.ix).map_or("", |person| &person.name)
    }

    /// The telephone number; null when there is none, or for whoever may not read the map.
    async fn phone(&self) -> Option<&str> {
        let phone = self.scope.world.person(self.ix).map(|person| person.phone.as_str());
        phone.filter(|phone| !phone.is_empty() && self.scope.reads_map())
    }

    /// What the person holds.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn holdings(&self) -> Result<Vec<Holding>> {
        self.scope.map_reader()?;
        let held = self.scope.world.held_by(self.ix, self.at);
        Ok(held.map(|held| Holding::of(&self.scope, self.at, held)).collect())
    }

    /// When the person is absent, then and later: in the order of recording, at most 100.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn absences(&self) -> Result<Vec<Absence>> {
        self.scope.map_reader()?;
        let Some(code) = self.scope.world.person_code(self.ix) else { return Ok(Vec::new()) };
        let rows = self.scope.world.absences().of(code).iter().filter(|row| row.holds().to > self.at);
        Ok(rows.take(input::MOST).map(|row| Absence::of(&self.scope, self.at, row)).collect())
    }
}
