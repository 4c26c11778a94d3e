//! Notices: what somebody must be told.

use std::sync::Arc;

use async_graphql::{Object, Result};
use liandong_engine::run::store::outbox::Posted;

use super::request::Request;
use crate::{
    context::Scope,
    word::{NoticeKind, Position, When},
};

/// One thing that one person must be told.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub(crate) scope: Arc<Scope>,
    pub(crate) posted: Posted,
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
