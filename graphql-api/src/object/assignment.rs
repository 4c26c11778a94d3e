//! Assignments: one person, one duty, one outcome.

use std::sync::Arc;

use async_graphql::{ID, Object, Result};
use liandong_engine::rules::{id::RequestId, request};

use super::{person::Person, post::Post, request::Request};
use crate::{
    context::Scope,
    word::{Colour, Duty, Ending, When},
};

/// What one person has to do about one request.
#[derive(Clone, Debug)]
pub(crate) struct Assignment {
    pub(crate) scope: Arc<Scope>,
    pub(crate) request: RequestId,
    pub(crate) row: request::Assignment,
}

/// What one person has, or had, to do about one request: one duty, one outcome.
#[Object(serial)]
impl Assignment {
    /// Names it: the id of the request and the number of the assignment.
    async fn id(&self) -> ID {
        ID(format!("{}.{}", self.request, self.row.no))
    }

    /// The request it is about; null when that goes round whoever asks.
    async fn request(&self) -> Result<Option<Request>> {
        let row = self.scope.request(self.request).await?;
        Ok(row.map(|row| Request { scope: Arc::clone(&self.scope), row }))
    }

    /// Counts the assignments of the request, from 1.
    async fn no(&self) -> u16 {
        self.row.no.0
    }

    /// To do what.
    async fn duty(&self) -> Duty {
        self.row.duty.into()
    }

    /// To do what, in Chinese.
    async fn duty_zh(&self) -> &'static str {
        self.row.duty.zh()
    }

    /// On which post.
    async fn post(&self) -> Option<Post> {
        let ix = self.scope.world.find_post(self.row.post.as_str())?;
        Some(Post { scope: Arc::clone(&self.scope), ix, at: self.scope.at })
    }

    /// Who is responsible.
    async fn person(&self) -> Option<Person> {
        Person::find(&self.scope, &self.row.person)
    }

    /// On which rung of the ladder, counted from 1; from 200 on it is beyond the ladder.
    async fn rung(&self) -> u8 {
        self.row.rung
    }

    /// When it was given.
    async fn opened_at(&self) -> When {
        When(self.row.opened_at)
    }

    /// When it was accepted.
    async fn accepted_at(&self) -> Option<When> {
        self.row.accepted_at.map(When)
    }

    /// Until when it is to be accepted; null where nothing is said of that.
    async fn accept_by(&self) -> Option<When> {
        self.row.accept.map(|limit| When(limit.due))
    }

    /// Until when it is to be finished; null where nothing is said of that, and while the citizen is waited for, unless
    /// it is over already.
    async fn finish_by(&self) -> Option<When> {
        self.row.finish.map(|limit| When(limit.due))
    }

    /// When it is told again that it is overdue: on the next working morning. Null while it is not, and while the
    /// citizen is waited for. Moves no limit.
    async fn next_reminder(&self) -> Option<When> {
        self.row.next_reminder.filter(|_| self.row.ended.is_none()).map(When)
    }

    /// How near the end of its time is, the worse of accepting and finishing it; null when it has ended or no time is set.
    async fn colour(&self) -> Option<Colour> {
        self.row.colour(self.scope.at).map(Into::into)
    }

    /// How near the end of its time is, in Chinese.
    async fn colour_zh(&self) -> Option<&'static str> {
        self.row.colour(self.scope.at).map(|colour| colour.zh())
    }

    /// When it ended.
    async fn ended_at(&self) -> Option<When> {
        self.row.ended.map(|ended| When(ended.at))
    }

    /// How it ended.
    async fn ended_how(&self) -> Option<Ending> {
        self.row.ended.map(|ended| ended.how.into())
    }

    /// How it ended, in Chinese.
    async fn ended_how_zh(&self) -> Option<&'static str> {
        self.row.ended.map(|ended| ended.how.zh())
    }
}
