//! Notices: what somebody must be told.

use std::sync::Arc;

use async_graphql::{Object, Result};
use liandong_engine::{
    rules::notice::{delivery::DeliveryId, is_over},
    run::store::outbox::Posted,
};

use super::{delivery::Delivery, request::Request};
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
    /// only read here.
    async fn delivery(&self) -> Result<Option<Delivery>> {
        let row = self.scope.delivery(&self.delivery_id()).await?;
        Ok(row.map(|row| Delivery { scope: Arc::clone(&self.scope), row }))
    }

    /// Whether there is nothing to be done about it any more.
    async fn over(&self) -> Result<bool> {
        let assignments = self.scope.assignments(self.posted.notice.request).await.map_err(failure)?;
        Ok(is_over(&self.posted.notice, &assignments))
    }

    /// About which request; null when that goes round whoever asks.
    async fn request(&self) -> Result<Option<Request>> {
        let row = self.scope.request(self.posted.notice.request).await?;
        Ok(row.map(|row| Request { scope: Arc::clone(&self.scope), row }))
    }

    /// About which assignment of the request, if it is about one.
    async fn assignment(&self) -> Option<u16> {
        self.posted.notice.assignment.map(|no| no.0)
    }
}
