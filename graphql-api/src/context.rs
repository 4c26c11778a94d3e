//! What one answer is read in: who asks, one world, one instant.

use std::sync::Arc;

use async_graphql::{Context, Result};
use liandong_engine::{
    rules::{
        actor::Actor,
        authority,
        id::RequestId,
        instant::Instant,
        notice::delivery::DeliveryId,
        request::{Assignment, Request},
        world::{PersonIx, World},
    },
    run::{engine::Engine, error::Error, store::delivery::Delivery},
};

use crate::{
    loader::Loaders,
    reply::{Code, error, failure},
};

/// Taken once for each answer, so that all of it reads one world at one instant.
#[derive(Debug)]
pub(crate) struct Scope {
    /// The engine.
    pub(crate) engine: Arc<Engine>,
    /// Who asks.
    pub(crate) actor: Actor,
    /// The world.
    pub(crate) world: Arc<World>,
    /// The present.
    pub(crate) at: Instant,
    /// Who asks, if that is somebody of the register.
    pub(crate) me: Option<PersonIx>,
    /// What this answer loads.
    pub(crate) loaders: Loaders,
}

impl Scope {
    /// The world and the instant as they are now.
    pub(crate) fn new(engine: &Arc<Engine>, actor: Actor) -> Arc<Self> {
        let world = engine.world();
        let me = actor.person().and_then(|code| world.find_person(code.as_str()));
        let at = engine.now();
        Arc::new(Self { engine: Arc::clone(engine), actor, world, at, me, loaders: Loaders::default() })
    }

    /// The same actor, with the world and the instant as they are now: after a command, or for the
    /// next event of a subscription.
    pub(crate) fn renewed(&self) -> Arc<Self> {
        Self::new(&self.engine, self.actor.clone())
    }

    /// The scope of the answer that is being made.
    pub(crate) fn of<'a>(ctx: &Context<'a>) -> Result<&'a Arc<Self>> {
        let scope = ctx.data_opt::<Arc<Self>>();
        scope.ok_or_else(|| error(Code::Unauthenticated, "there is no token with this operation"))
    }

    /// The scope, for those who may read the map.
    pub(crate) fn of_map<'a>(ctx: &Context<'a>) -> Result<&'a Arc<Self>> {
        let scope = Self::of(ctx)?;
        scope.map_reader()?;
        Ok(scope)
    }

    /// Whether whoever asks may read the map.
    pub(crate) fn reads_map(&self) -> bool {
        self.me.is_some_and(|me| authority::reads_map(&self.world, me, self.at))
    }

    /// Nothing, or the error for whoever may not read the map.
    pub(crate) fn map_reader(&self) -> Result<()> {
        if self.reads_map() {
            return Ok(());
        }
        Err(error(Code::Forbidden, "the map is for whoever holds a post; ask with the token of such a person"))
    }

    /// A request that was reached through something the actor may see.
    pub(crate) async fn request(&self, id: RequestId) -> Result<Option<Arc<Request>>> {
        self.loaders.request(&self.engine, &self.actor, id).await.map_err(failure)
    }

    /// What became of a delivery to the actor; none where nobody delivers.
    pub(crate) async fn delivery(&self, id: &DeliveryId) -> Result<Option<Delivery>> {
        self.loaders.delivery(&self.engine, id).await.map_err(failure)
    }

    /// All assignments of a request that the actor was shown.
    pub(crate) async fn assignments(&self, id: RequestId) -> Result<Arc<[Assignment]>, Error> {
        self.loaders.assignments(&self.engine, id).await
    }
}
