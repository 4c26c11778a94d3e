//! Units, as of some instant.

use std::sync::Arc;

use async_graphql::{Object, Result};
use liandong_engine::rules::{id::UnitCode, instant::Instant, routing, tree::UnitIx};

use super::{
    connection::Connection,
    person::Person,
    post::{ChainLink, Post},
};
use crate::{
    context::Scope,
    input,
    word::{Tier, UnitKind, When},
};

/// A node of the map: a territory, or a functional unit that serves one.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    pub(crate) scope: Arc<Scope>,
    pub(crate) ix: UnitIx,
    pub(crate) at: Instant,
}

impl Unit {
    /// The unit with this code, as of the present.
    pub(crate) fn find(scope: &Arc<Scope>, code: &UnitCode) -> Option<Self> {
        let ix = scope.world.find_unit(code.as_str())?;
        Some(Self { scope: Arc::clone(scope), ix, at: scope.at })
    }

    fn other(&self, ix: UnitIx) -> Self {
        Self { ix, ..self.clone() }
    }

    fn links(&self) -> Vec<ChainLink> {
        links(&self.scope, self.ix, self.at)
    }

    /// The posts that stand on the unit, in the order of seniority and code.
    pub(crate) fn posts_here(&self) -> Vec<Post> {
        let Self { scope, ix, at } = self;
        let Some(territory) = scope.world.tree().territory(*ix, *at) else { return Vec::new() };
        let mut here: Vec<_> = scope
            .world
            .all_desks(territory, *at)
            .filter(|(post, _)| scope.world.post_unit(*post) == Some(*ix))
            .collect();
        here.sort_by_key(|(post, kind)| (kind.seniority(), *post));
        here.into_iter().map(|(post, _)| Post { scope: Arc::clone(scope), ix: post, at: *at }).collect()
    }
}

/// Everybody above a place, from the place up.
pub(crate) fn links(scope: &Arc<Scope>, place: UnitIx, at: Instant) -> Vec<ChainLink> {
    let link = |link: routing::Link| ChainLink {
        territory: Unit { scope: Arc::clone(scope), ix: link.territory, at },
        post: Post { scope: Arc::clone(scope), ix: link.post, at },
        person: link.person.map(|ix| Person { scope: Arc::clone(scope), ix, at }),
    };
    routing::chain(&scope.world, place, at).into_iter().map(link).collect()
}

/// A node of the map: a territory, or a functional unit that serves one. As of the instant it was asked for.
#[Object(serial)]
impl Unit {
    /// Names the unit through all its life.
    async fn code(&self) -> &str {
        self.scope.world.tree().code(self.ix)
    }

    /// What it was called then.
    async fn name(&self) -> &str {
        self.scope.world.tree().name(self.ix, self.at)
    }

    /// What it is.
    async fn kind(&self) -> Option<UnitKind> {
        self.scope.world.tree().kind(self.ix).map(Into::into)
    }

    /// What it is, in Chinese.
    async fn kind_zh(&self) -> Option<&'static str> {
        self.scope.world.tree().kind(self.ix).map(|kind| kind.zh())
    }

    /// Its level, if it is a territory.
    async fn tier(&self) -> Option<Tier> {
        self.scope.world.tree().tier(self.ix).map(Into::into)
    }

    /// Whether it existed then.
    async fn exists(&self) -> bool {
        self.scope.world.tree().exists(self.ix, self.at)
    }

    /// Since when it has been as it is; null when since ever.
    async fn since(&self) -> Option<When> {
        self.scope.world.tree().span(self.ix, self.at).and_then(|span| When::within(span.from))
    }

    /// When it stops being as it is; null when that is open.
    async fn until(&self) -> Option<When> {
        self.scope.world.tree().span(self.ix, self.at).and_then(|span| When::within(span.to))
    }

    /// The unit directly above.
    async fn parent(&self) -> Option<Unit> {
        self.scope.world.tree().parent(self.ix, self.at).map(|ix| self.other(ix))
    }

    /// The units above, from the parent up to the root.
    #[graphql(complexity = "8 * child_complexity + 1")]
    async fn above(&self) -> Vec<Unit> {
        self.scope.world.tree().upward(self.ix, self.at).skip(1).map(|ix| self.other(ix)).collect()
    }

    /// The territory that it is or serves.
    async fn territory(&self) -> Option<Unit> {
        self.scope.world.tree().territory(self.ix, self.at).map(|ix| self.other(ix))
    }

    /// The units directly below, in the order of codes.
    #[graphql(complexity = "input::page(first) * child_complexity + 1")]
    async fn children(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Unit>> {
        self.scope.map_reader()?;
        let most = input::first(first)?;
        let tree = self.scope.world.tree();
        let after = input::cursor(after.as_deref(), |code| tree.find(code))?;
        let below = tree.all().filter(|u| after.is_none_or(|after| *u > after));
        let mut found: Vec<UnitIx> =
            below.filter(|u| tree.parent(*u, self.at) == Some(self.ix)).take(most + 1).collect();
        let more = found.len() > most;
        found.truncate(most);
        let items = found.into_iter().map(|ix| (tree.code(ix).to_owned(), self.other(ix)));
        Ok(Connection::new(items, after.is_some(), more))
    }

    /// The functional units that serve this territory, in the order of codes.
    #[graphql(complexity = "8 * child_complexity + 1")]
    async fn served_by(&self) -> Result<Vec<Unit>> {
        self.scope.map_reader()?;
        Ok(self.scope.world.serving(self.ix, self.at).take(input::MOST).map(|ix| self.other(ix)).collect())
    }

    /// The posts on it, from the least senior up.
    #[graphql(complexity = "8 * child_complexity + 1")]
    async fn posts(&self) -> Result<Vec<Post>> {
        self.scope.map_reader()?;
        let mut posts = self.posts_here();
        posts.truncate(input::MOST);
        Ok(posts)
    }

    /// Everybody above it, from itself up: each post of each territory on the way.
    #[graphql(complexity = "16 * child_complexity + 1")]
    async fn chain(&self) -> Result<Vec<ChainLink>> {
        self.scope.map_reader()?;
        Ok(self.links())
    }
}
