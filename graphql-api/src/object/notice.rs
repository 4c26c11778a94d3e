//! Notices: what somebody must be told.

use std::sync::Arc;

use async_graphql::{Object, Result};
use liandong_engine::{
    rules::notice::{delivery::DeliveryId, is_over},
    run::store::outbox::Posted,
};

use super::{
    absence::Absence, delivery::Delivery, duty_change::DutyChange, post::Post, request::Request, roster::Roster,
    unit::Unit,
};
use crate::{
    context::Scope,
    reply::failure,
    word::{NoticeKind, Position, Urgency, When},
};

/// One thing that one person must be told.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub(crate) scope: Arc<Scope>,
    pub(crate) posted: Posted,
}

impl Notice {
    /// Names the delivery that it goes out with.
    pub(crate) fn delivery_id(&self) -> DeliveryId {
        DeliveryId::of(self.posted.position, self.posted.no, &self.posted.notice)
    }
}

/// One thing that whoever asks must be told.
#[Object(serial)]
impl Notice {
    /// The journal entry it follows from.
    async fn position(&self) -> Position {
        Position(self.posted.position)
    }

    /// When.
    async fn at(&self) -> When {
        When(self.posted.at)
    }

    /// What.
    async fn kind(&self) -> NoticeKind {
        self.posted.notice.kind.into()
    }

    /// What, in Chinese.
    async fn kind_zh(&self) -> &'static str {
        self.posted.notice.kind.zh()
    }

    /// Whether it can wait for the morning.
    async fn urgency(&self) -> Urgency {
        self.posted.notice.urgency.into()
    }

    /// Whether it can wait for the morning, in Chinese.
    async fn urgency_zh(&self) -> &'static str {
        self.posted.notice.urgency.zh()
    }

    /// When you are to be told: at once, or with the digest of that instant.
    async fn deliver_at(&self) -> When {
        When(self.posted.notice.deliver_at)
    }

    /// How it goes out to you, together with what you are told at the same instant; null where notices are
    /// only read here, and once it was delivered more than 30 days ago.
    async fn delivery(&self) -> Result<Option<Delivery>> {
        let row = self.scope.delivery(&self.delivery_id()).await?;
        Ok(row.map(|row| Delivery { scope: Arc::clone(&self.scope), row }))
    }

    /// Whether there is nothing to be done about it any more.
    async fn over(&self) -> Result<bool> {
        let Scope { world, at, .. } = &*self.scope;
        let assignments = match self.posted.notice.about.request() {
            Some(id) => self.scope.assignments(id).await.map_err(failure)?,
            None => Arc::default(),
        };
        Ok(is_over(world, *at, &self.posted.notice, &assignments))
    }

    /// About which request; null when it is about something else, or that goes round whoever asks.
    async fn request(&self) -> Result<Option<Request>> {
        let Some(id) = self.posted.notice.about.request() else { return Ok(None) };
        let row = self.scope.request(id).await?;
        Ok(row.map(|row| Request { scope: Arc::clone(&self.scope), row }))
    }

    /// About which change of duty, if it is about one; null for who holds no post any more.
    async fn duty_change(&self) -> Option<DutyChange> {
        let code = self.posted.notice.about.duty_change().filter(|_| self.scope.reads_map())?;
        self.scope.world.duty_change(code).map(|row| DutyChange::of(&self.scope, row))
    }

    /// About which absence, if it is about one; null for who holds no post any more.
    async fn absence(&self) -> Option<Absence> {
        let code = self.posted.notice.about.absence().filter(|_| self.scope.reads_map())?;
        let Scope { world, at, .. } = &*self.scope;
        let row = world.register().absences.iter().find(|row| row.code == *code)?;
        Some(Absence::of(&self.scope, *at, row))
    }

    /// About which roster, if it is about one: the stretch that is planned last. Null for who holds no post any more.
    async fn roster(&self) -> Option<Roster> {
        let code = self.posted.notice.about.roster().filter(|_| self.scope.reads_map())?;
        let last = self.scope.world.rosters().rows().filter(|row| row.code == *code).last()?;
        Some(Roster::of(&self.scope, last))
    }

    /// About which post, if it is about one; null for who holds no post any more.
    async fn post(&self) -> Option<Post> {
        let code = self.posted.notice.about.post().filter(|_| self.scope.reads_map())?;
        let Scope { world, at, .. } = &*self.scope;
        world.find_post(code.as_str()).map(|ix| Post { scope: Arc::clone(&self.scope), ix, at: *at })
    }

    /// About which unit, if it is about one; null for who holds no post any more.
    async fn unit(&self) -> Option<Unit> {
        let code = self.posted.notice.about.unit().filter(|_| self.scope.reads_map())?;
        Unit::find(&self.scope, code)
    }

    /// About which assignment of the request, if it is about one.
    async fn assignment(&self) -> Option<u16> {
        self.posted.notice.about.assignment().map(|no| no.0)
    }
}
