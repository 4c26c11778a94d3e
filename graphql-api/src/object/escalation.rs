//! Escalations: what climbs, and why.

use std::sync::Arc;

use async_graphql::{Object, Result};
use liandong_engine::{
    rules::{id::RequestId, request::event::Event},
    run::store::journal::{Entry, Happened},
};

use super::{
    entry::{JournalEntry, Opening, words},
    request::Request,
};
use crate::{
    context::Scope,
    word::{Cause, Position, When},
};

/// A Handle assignment replaced by one on a higher rung. Whoever has this object may see the request.
#[derive(Clone, Debug)]
pub(crate) struct Escalation {
    pub(crate) scope: Arc<Scope>,
    pub(crate) entry: Entry,
}

impl Escalation {
    /// The request that it is about.
    pub(crate) fn about(&self) -> Option<RequestId> {
        match &self.entry.happened {
            Happened::Request(id, _) => Some(*id),
            Happened::Register(_) => None,
        }
    }

    fn recorded(&self) -> Option<&liandong_engine::rules::request::event::Recorded> {
        match &self.entry.happened {
            Happened::Request(_, recorded) => Some(recorded),
            Happened::Register(_) => None,
        }
    }
}

/// A Handle assignment replaced by one on a higher rung, with its cause.
#[Object(serial)]
impl Escalation {
    /// Its place in the whole journal.
    async fn position(&self) -> Position {
        Position(self.entry.position)
    }

    /// When it was raised.
    async fn at(&self) -> When {
        When(self.entry.at)
    }

    /// The name of the event: Escalated, RejectionProposed, Reopened or Frozen.
    async fn kind(&self) -> &'static str {
        self.entry.kind()
    }

    /// Why, in the words of whoever raised it.
    async fn reason(&self) -> Option<&str> {
        words(&self.recorded()?.event)
    }

    /// What made it go up, if it did not its holder: a limit that ran out.
    async fn cause(&self) -> Option<Cause> {
        match &self.recorded()?.event {
            Event::Escalated { cause, .. } => Some((*cause).into()),
            _ => None,
        }
    }

    /// The request.
    async fn request(&self) -> Result<Option<Request>> {
        let Some(id) = self.about() else { return Ok(None) };
        let row = self.scope.request(id).await?;
        Ok(row.map(|row| Request { scope: Arc::clone(&self.scope), row }))
    }

    /// Who has it now.
    async fn opens(&self) -> Option<Opening> {
        self.recorded()?.event.opens().map(|opens| Opening::of(&self.scope, &self.entry, opens))
    }

    /// The whole entry of the journal.
    async fn entry(&self) -> JournalEntry {
        JournalEntry { scope: Arc::clone(&self.scope), entry: self.entry.clone(), shown: true }
    }
}
