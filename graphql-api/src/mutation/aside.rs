//! What is done beside the handling: help that is called, steps handed down, and what those above do.

use async_graphql::{Context, ID, Object, Result};
use liandong_engine::rules::{id::AssignmentNo, request::command::Command};

use super::payload::{RequestPayload, act};
use crate::input;

#[derive(Default)]
pub(super) struct AsideMutation;

#[Object]
impl AsideMutation {
    /// Calls another post to help, which reports; whoever calls stays responsible (吹哨报到).
    async fn call_help(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "The code of the post.")] to: String,
        #[graphql(desc = "What with.")] reason: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        let to = input::code("to", &to)?;
        act(ctx, &request, idempotency_key, Command::CallHelp { to, reason }).await
    }

    /// Hands a step of it to a post below, which reports; whoever hands it down stays responsible (交办).
    async fn delegate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "The code of the post.")] to: String,
        #[graphql(desc = "What is to be done.")] instruction: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        let to = input::code("to", &to)?;
        act(ctx, &request, idempotency_key, Command::Delegate { to, instruction }).await
    }

    /// Says that one is there, and at it (报到).
    async fn respond(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "The number of the assignment.")] no: u16,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        act(ctx, &request, idempotency_key, Command::Respond { no: AssignmentNo(no) }).await
    }

    /// Says what came of one's part, be it that it could not be done.
    async fn report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "The number of the assignment.")] no: u16,
        #[graphql(desc = "What came of it.")] words: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        act(ctx, &request, idempotency_key, Command::Report { no: AssignmentNo(no), words }).await
    }

    /// Takes back what was asked of others.
    async fn recall(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "The number of the assignment.")] no: u16,
        #[graphql(desc = "Why.")] reason: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        act(ctx, &request, idempotency_key, Command::Recall { no: AssignmentNo(no), reason }).await
    }

    /// Asks how far it is: once a day, and no limit moves by it (催办).
    async fn remind(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "In your words.")] words: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        act(ctx, &request, idempotency_key, Command::Remind { words }).await
    }

    /// Watches it, with a limit of its own (督办).
    async fn supervise(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "What is expected.")] words: String,
        #[graphql(desc = "Within how many working days, 1 to 60; as the register has it when left out.")]
        working_days: Option<u16>,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        act(ctx, &request, idempotency_key, Command::Supervise { words, working_days }).await
    }

    /// Handles it oneself, from a higher rung (提级).
    async fn take_over(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "Why.")] reason: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        act(ctx, &request, idempotency_key, Command::TakeOver { reason }).await
    }

    /// Asks the next rung up for more time to finish; it is given once (延期).
    async fn ask_extension(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "How many working days more, 1 to 60.")] working_days: u16,
        #[graphql(desc = "Why.")] reason: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        act(ctx, &request, idempotency_key, Command::AskExtension { working_days, reason }).await
    }

    /// Gives the rung below the time it asked for.
    async fn grant_extension(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        act(ctx, &request, idempotency_key, Command::GrantExtension).await
    }

    /// Gives the rung below no more time.
    async fn refuse_extension(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "Why.")] reason: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        act(ctx, &request, idempotency_key, Command::RefuseExtension { reason }).await
    }

    /// Reckons the limits of a request that run anew, by the calendar of today: a holiday was declared late, or the
    /// register gives other times now. See `recomputePreview` first.
    async fn recompute(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "Whether with the times that the register gives today.", default)] rules_of_today: bool,
        #[graphql(desc = "Why.")] reason: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        act(ctx, &request, idempotency_key, Command::Recompute { rules_of_today, reason, bases: Vec::new() }).await
    }
}
