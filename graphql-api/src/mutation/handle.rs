//! What handlers, relayers and the supervisor do.

use async_graphql::{Context, ID, Object, Result};
use liandong_engine::rules::request::command::Command;

use super::payload::{RequestPayload, act};
use crate::{
    input,
    word::{How, Outcome, When},
};

#[derive(Default)]
pub(super) struct HandleMutation;

#[Object]
impl HandleMutation {
    /// Takes the open assignment on.
    async fn accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        act(ctx, &request, idempotency_key, Command::Accept).await
    }

    /// Hands it up to the next rung that can solve it.
    async fn escalate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "Why.")] reason: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        act(ctx, &request, idempotency_key, Command::Escalate { reason }).await
    }

    /// Hands it to another post of the same rung; the dispatcher may name any post.
    async fn transfer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "The code of the post.")] to: String,
        #[graphql(desc = "Why.")] reason: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        let to = input::code("to", &to)?;
        act(ctx, &request, idempotency_key, Command::Transfer { to, reason }).await
    }

    /// Corrects the matter of a request that was logged as something that it is not: it climbs that one's ladder, in
    /// that one's time. See `correctionPreview` first.
    async fn correct_matter(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "The code of the matter that it is.")] matter: String,
        #[graphql(desc = "Why.")] reason: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        let matter = input::code("matter", &matter)?;
        act(ctx, &request, idempotency_key, Command::Correct { matter, reason }).await
    }

    /// Corrects the place of a request that was logged for another: it climbs the ladder there, in the time since it was
    /// logged. See `correctionPreview` first.
    async fn correct_place(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "The code of the place where the need is.")] place: String,
        #[graphql(
            desc = "Where it entered, by the code of the unit; as it was when left out, where that serves the place."
        )]
        entered_at: Option<String>,
        #[graphql(desc = "Why.")] reason: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        let (place, entered_at) = (input::code("place", &place)?, input::code_if("enteredAt", entered_at.as_deref())?);
        act(ctx, &request, idempotency_key, Command::CorrectPlace { place, entered_at, reason }).await
    }

    /// Says that it is the same as another request, which is handled: it follows that one, and its household hears what
    /// comes of it (并案).
    async fn merge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "The id of the request that it is the same as.")] into: ID,
        #[graphql(desc = "Why.")] reason: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        let into = input::request("into", &into)?;
        act(ctx, &request, idempotency_key, Command::Merge { into, reason }).await
    }

    /// Says that it is not the same as the one that it was merged into: it goes on by itself (拆分并案).
    async fn separate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "Why.")] reason: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        act(ctx, &request, idempotency_key, Command::Separate { reason }).await
    }

    /// Hands it back down; it counts, and after three times the supervisor rules.
    async fn send_back(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "The code of the post; the one that handed it up when left out.")] to: Option<String>,
        #[graphql(desc = "Why.")] reason: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        let to = input::code_if("to", to.as_deref())?;
        act(ctx, &request, idempotency_key, Command::SendBack { to, reason }).await
    }

    /// Proposes that it is not our duty; the next rung up confirms by resolving it so, or sends it back.
    async fn reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "What the citizen is to be told.")] explanation: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        act(ctx, &request, idempotency_key, Command::Reject { explanation }).await
    }

    /// Asks the citizen something and waits for the answer: everything at once, for asking again counts like a return
    /// (一次性告知), and the third return freezes the case for a ruling instead.
    async fn ask_citizen(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "What.")] question: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        act(ctx, &request, idempotency_key, Command::AskCitizen { question }).await
    }

    /// Brings it to its end. What is the same as another request is merged into that one with `merge`.
    async fn resolve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "The truth.")] outcome: Outcome,
        #[graphql(desc = "The words for the citizen.")] words: String,
        #[graphql(desc = "Whether the citizen stands before you and hears it now.", default)] face_to_face: bool,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        let command = Command::Resolve { outcome: outcome.into(), words, face_to_face };
        act(ctx, &request, idempotency_key, command).await
    }

    /// Says that the result was carried on.
    #[expect(clippy::too_many_arguments, reason = "they are the arguments of the mutation")]
    async fn confirm_relay(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "Whether the household itself heard it; if not, the next in line carries on.")] told: bool,
        #[graphql(desc = "Who heard it.")] whom: String,
        #[graphql(desc = "When.")] when: When,
        #[graphql(desc = "How.")] how: How,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        let command = Command::ConfirmRelay { told, whom, when: when.0, how: how.into() };
        act(ctx, &request, idempotency_key, command).await
    }

    /// Names, as the supervisor, the post that has to handle it.
    async fn rule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "The code of the post.")] to: String,
        #[graphql(desc = "Why.")] ruling: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RequestPayload> {
        let to = input::code("to", &to)?;
        act(ctx, &request, idempotency_key, Command::Rule { to, ruling }).await
    }
}
