//! Absences, recorded and ended.

use async_graphql::{Context, InputObject, Object, Result};
use liandong_engine::rules::{
    absence::{Scope, Substitute},
    register::command::{Command, NewAbsence},
};

use super::payload::{RegisterPayload, change};
use crate::{input, word::When};

/// An absence as it is to be recorded.
#[derive(InputObject)]
struct NewAbsenceInput {
    /// The code of who cannot act.
    person: String,
    /// From when on, not before now; now when left out.
    from: Option<When>,
    /// The first instant at which the person is back.
    to: When,
    /// Why, in a few words: 200 characters at most.
    reason: String,
    /// The codes of the matters that it is for; everything when left out.
    matters: Option<Vec<String>>,
    /// The code of who stands in; whoever else holds the post when left out.
    substitute: Option<String>,
}

#[derive(Default)]
pub(super) struct AbsenceMutation;

#[Object]
impl AbsenceMutation {
    /// Says that somebody will be absent, or is from now on: oneself, or a person below, or anybody where one
    /// keeps the register. From now on: what is open passes to who stands in.
    async fn record_absence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The absence.")] input: NewAbsenceInput,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        let matters = input.matters.map(|codes| codes.iter().map(|code| input::code("matters", code)).collect());
        let substitute = input::code_if("substitute", input.substitute.as_deref())?;
        let command = Command::RecordAbsence(NewAbsence {
            person: input::code("person", &input.person)?,
            from: input.from.map(|when| when.0),
            to: input.to.0,
            reason: input.reason,
            scope: matters.transpose()?.map_or(Scope::All, Scope::Matters),
            substitute: substitute.map_or(Substitute::ByPost, Substitute::Person),
        });
        change(ctx, idempotency_key, command).await
    }

    /// Says that somebody is back before the end that was meant, or will not be absent after all: what others
    /// still hold in that person's place passes back.
    async fn end_absence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the absence.")] absence: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        change(ctx, idempotency_key, Command::EndAbsence { absence: input::code("absence", &absence)? }).await
    }
}
