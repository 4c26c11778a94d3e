//! What concerns the citizen: logging, answering, rating, taking back.

use async_graphql::{Context, ID, InputObject, Object, Result};
use liandong_engine::rules::request::{
    self,
    command::{Command, LogRequest},
};

use super::payload::{RequestPayload, act, log};
use crate::{input, word::Channel};

/// Who asks.
#[derive(InputObject)]
struct CitizenInput {
    /// As the citizen says it; may be empty for an opinion box.
    #[graphql(default)]
    name: String,
    /// The telephone number; may be empty.
    #[graphql(default)]
    phone: String,
}

/// A new request, as it is logged.
#[derive(InputObject)]
struct LogRequestInput {
    /// Where the need is, mostly a household: its code.
    place: String,
    /// What it is about: the code of the matter.
    matter: String,
    /// By which way it came.
    channel: Channel,
    /// Where it enters, by the code of the unit, when that is not what the channel says.
    entered_at: Option<String>,
    /// What the citizen says.
    words: String,
    /// Who asks.
    citizen: CitizenInput,
    /// Whose conduct it is about, by code: only for matters of conduct, and there always.
    #[graphql(default)]
    accused: Vec<String>,
}

#[derive(Default)]
pub(super) struct CitizenMutation;

#[Object]
impl CitizenMutation {
    /// Logs what a citizen asks; it is routed at once.
    async fn log_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request.")] input: LogRequestInput,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        let accused = input.accused.iter().map(|code| input::code("input.accused", code));
        let command = LogRequest {
            place: input::code("input.place", &input.place)?,
            matter: input::code("input.matter", &input.matter)?,
            channel: input.channel.into(),
            entered_at: input::code_if("input.enteredAt", input.entered_at.as_deref())?,
            accused: accused.collect::<Result<_>>()?,
            words: input.words,
            citizen: request::Citizen { name: input.citizen.name, phone: input.citizen.phone },
        };
        log(ctx, idempotency_key, command).await
    }

    /// Goes on after the citizen answered.
    async fn resume(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "What the citizen answered.")] answer: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        act(ctx, &request, idempotency_key, Command::Resume { answer }).await
    }

    /// Writes down something worth knowing; it changes nothing else.
    async fn add_note(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "The note.")] text: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        act(ctx, &request, idempotency_key, Command::AddNote { text }).await
    }

    /// Says what the citizen thinks of the result; if it was not good, the case goes one rung above the resolver.
    async fn rate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "Whether it was good.")] satisfied: bool,
        #[graphql(desc = "In the citizen's words; may be empty.", default)] words: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        act(ctx, &request, idempotency_key, Command::Rate { satisfied, words }).await
    }

    /// Corrects who asks, or the telephone, where it was written down wrongly; nothing else follows from it.
    async fn correct_citizen(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "As it should be.")] citizen: CitizenInput,
        #[graphql(desc = "Why.")] reason: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        let citizen = request::Citizen { name: citizen.name, phone: citizen.phone };
        act(ctx, &request, idempotency_key, Command::CorrectCitizen { citizen, reason }).await
    }

    /// Takes the request back.
    async fn withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "Why.")] reason: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        act(ctx, &request, idempotency_key, Command::Withdraw { reason }).await
    }
}
