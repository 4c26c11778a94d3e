//! What a command came to, and the one way in which all of them are ordered.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use liandong_engine::{
    rules::{register, request},
    run::engine::{Command, Done, Order, Performed},
};

use crate::{
    context::Scope,
    input,
    object::{refusal::Refusal, request::Request},
    reply::failure,
    word::Position,
};

/// What a command about a request came to: done with a position, or refused.
pub(super) struct RequestPayload {
    scope: Arc<Scope>,
    performed: Performed,
}

impl RequestPayload {
    fn done(&self) -> Option<&Done> {
        self.performed.answer.as_ref().ok()
    }
}

/// What a command about a request came to: either it was done, or there is a refusal.
#[Object(serial)]
impl RequestPayload {
    /// The request as the command left it; as it is now when the command had been done before; null when
    /// it was refused.
    async fn request(&self) -> Result<Option<Request>> {
        let Some(id) = self.done().and_then(|done| done.request) else { return Ok(None) };
        // The command may have changed what this actor may see, and the world with it.
        let scope = self.scope.renewed();
        let row = match &self.performed.request {
            Some(row) => scope.engine.shown(&scope.actor, Arc::clone(row)),
            None => scope.engine.request(&scope.actor, id).await.map_err(failure)?.map(Arc::new),
        };
        Ok(row.map(|row| Request { scope, row }))
    }

    /// The id of the request; null when the command was refused.
    async fn id(&self) -> Option<ID> {
        self.done()?.request.map(|id| ID(id.to_string()))
    }

    /// What the citizen holds to follow the request, when this command logged it: give it to nobody else.
    async fn receipt(&self) -> Option<&str> {
        self.done()?.receipt.as_ref().map(|code| code.as_str())
    }

    /// The journal position of its last event; null when the command was refused.
    async fn position(&self) -> Option<Position> {
        self.done().map(|done| Position(done.position))
    }

    /// Why it was not done; null when it was.
    async fn refusal(&self) -> Option<Refusal> {
        self.performed.answer.as_ref().err().map(Refusal::of)
    }
}

/// What a change of the register came to: either it was made, or there is a refusal.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(super) struct RegisterPayload {
    /// The journal position of its last event; null when it was refused.
    position: Option<Position>,
    /// The version of the register that it made; null when it was refused.
    world: Option<u64>,
    /// Why it was not made; null when it was.
    refusal: Option<Refusal>,
}

/// Orders something, as whoever asks.
pub(super) async fn perform(scope: &Scope, key: String, command: Command) -> Result<Performed> {
    scope.engine.perform(Order { actor: scope.actor.clone(), key, command }).await.map_err(failure)
}

/// Orders something about a request that is there.
pub(super) async fn act(
    ctx: &Context<'_>,
    request: &ID,
    key: String,
    command: request::command::Command,
) -> Result<RequestPayload> {
    let scope = Scope::of(ctx)?;
    let request = input::request("request", request)?;
    let performed = perform(scope, key, Command::Act { request, command }).await?;
    Ok(RequestPayload { scope: Arc::clone(scope), performed })
}

/// Orders a new request.
pub(super) async fn log(
    ctx: &Context<'_>,
    key: String,
    command: request::command::LogRequest,
) -> Result<RequestPayload> {
    let scope = Scope::of(ctx)?;
    let performed = perform(scope, key, Command::Log(command)).await?;
    Ok(RequestPayload { scope: Arc::clone(scope), performed })
}

/// Orders a change of the register.
pub(super) async fn change(
    ctx: &Context<'_>,
    key: String,
    command: register::command::Command,
) -> Result<RegisterPayload> {
    let scope = Scope::of(ctx)?;
    Ok(match perform(scope, key, Command::Register(command)).await?.answer {
        Ok(done) => RegisterPayload { position: Some(Position(done.position)), world: Some(done.world), refusal: None },
        Err(refused) => RegisterPayload { position: None, world: None, refusal: Some(Refusal::of(&refused)) },
    })
}
