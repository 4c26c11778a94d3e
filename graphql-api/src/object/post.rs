//! Posts, who holds them, and the chain of people above a place.

use std::sync::Arc;

use async_graphql::{Object, Result, SimpleObject};
use liandong_engine::rules::{
    instant::Instant,
    world::{Held, PostIx},
};

use super::{person::Person, unit::Unit};
use crate::{
    context::Scope,
    word::{PostKind, Rank, When},
};

/// A place of responsibility on a unit.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) scope: Arc<Scope>,
    pub(crate) ix: PostIx,
    pub(crate) at: Instant,
}

/// A place of responsibility on a unit.
#[Object(serial)]
impl Post {
    /// Names the post.
    async fn code(&self) -> &str {
        self.scope.world.post(self.ix).map_or("", |post| post.code.as_str())
    }

    /// What people call it.
    async fn name(&self) -> &str {
        self.scope.world.post(self.ix).map_or("", |post| &post.name)
    }

    /// What it is for.
    async fn kind(&self) -> Option<PostKind> {
        self.scope.world.post_kind(self.ix).map(Into::into)
    }

    /// What it is for, in Chinese.
    async fn kind_zh(&self) -> Option<&'static str> {
        self.scope.world.post_kind(self.ix).map(|kind| kind.zh())
    }

    /// Where it stands.
    async fn unit(&self) -> Option<Unit> {
        let ix = self.scope.world.post_unit(self.ix)?;
        Some(Unit { scope: Arc::clone(&self.scope), ix, at: self.at })
    }

    /// Who holds it: the first holder, then substitutes by code.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn holders(&self) -> Result<Vec<Holding>> {
        self.scope.map_reader()?;
        let held = self.scope.world.holders(self.ix, self.at);
        Ok(held.map(|held| Holding::of(&self.scope, self.at, held)).collect())
    }
}

/// One person on one post for a stretch of time.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Holding {
    /// The post.
    post: Post,
    /// Who holds it.
    person: Person,
    /// As first or as substitute.
    rank: Rank,
    /// As what, in Chinese.
    rank_zh: &'static str,
    /// From when on; null when since ever.
    since: Option<When>,
    /// Until when; null when that is open.
    until: Option<When>,
}

impl Holding {
    /// A holding as the world has it.
    pub(crate) fn of(scope: &Arc<Scope>, at: Instant, held: Held) -> Self {
        Self {
            post: Post { scope: Arc::clone(scope), ix: held.post, at },
            person: Person { scope: Arc::clone(scope), ix: held.person, at },
            rank: held.rank.into(),
            rank_zh: held.rank.zh(),
            since: When::within(held.span.from),
            until: When::within(held.span.to),
        }
    }
}

/// One link of the chain of people above a place.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct ChainLink {
    /// The territory.
    pub(crate) territory: Unit,
    /// A post there, on the territory itself or on a unit that serves it.
    pub(crate) post: Post,
    /// Who answers for it; null when it is vacant, or nobody stands in for who is absent.
    pub(crate) person: Option<Person>,
}
