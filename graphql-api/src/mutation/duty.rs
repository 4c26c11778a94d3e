//! Changes of duty: swaps, taking over, covers.

use async_graphql::{Context, InputObject, Object, Result};
use liandong_engine::rules::{
    instant::{Instant, Span},
    register::command::{Command, DutyCommand},
    roster::{Change, Scope, ShiftId},
};

use super::payload::{RegisterPayload, change};
use crate::{input, reply::bad_input, word::When};

/// A cover as it is to be arranged.
#[derive(InputObject)]
struct CoverInput {
    /// The code of the roster.
    roster: String,
    /// The code of who goes off duty; left out when one more comes.
    out: Option<String>,
    /// The code of who comes on duty; left out when one goes.
    #[graphql(name = "in")]
    comes: Option<String>,
    /// For which shift, as the roster names it; left out for a stretch of time.
    shift: Option<String>,
    /// From when on, for a stretch of time; now when left out.
    from: Option<When>,
    /// Until when, for a stretch of time.
    to: Option<When>,
    /// Why, in a few words: 200 characters at most.
    reason: String,
}

impl CoverInput {
    fn read(self) -> Result<DutyCommand> {
        let (out, comes) = (input::code_if("out", self.out.as_deref())?, input::code_if("in", self.comes.as_deref())?);
        let change = match (out, comes) {
            (Some(out), Some(person)) => Change::Replace { out, person },
            (None, Some(person)) => Change::Add { person },
            (Some(person), None) => Change::Remove { person },
            (None, None) => return Err(bad_input("in", "name who comes on duty, who goes in `out`, or both")),
        };
        let scope = match (shift_if("shift", self.shift.as_deref())?, self.from, self.to) {
            (Some(shift), None, None) => Scope::Shift(shift),
            (None, from, Some(to)) => Scope::Stretch(Span { from: from.map_or(Instant::MIN, |from| from.0), to: to.0 }),
            _ => return Err(bad_input("to", "name either a shift, or until when, and from when if not from now on")),
        };
        Ok(DutyCommand::ArrangeCover {
            roster: input::code("roster", &self.roster)?,
            change,
            scope,
            reason: self.reason,
        })
    }
}

fn shift(argument: &str, text: &str) -> Result<ShiftId> {
    text.parse().map_err(|bad| bad_input(argument, bad))
}

fn shift_if(argument: &str, text: Option<&str>) -> Result<Option<ShiftId>> {
    text.map(|text| shift(argument, text)).transpose()
}

#[derive(Default)]
pub(super) struct DutyMutation;

#[Object]
impl DutyMutation {
    /// Offers a shift of mine that has not begun. Nothing changes until somebody takes it.
    async fn offer_swap(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the roster.")] roster: String,
        #[graphql(desc = "Which shift, as the roster names it.")] shift: String,
        #[graphql(desc = "The code of who alone may take it; every colleague when left out.")] to: Option<String>,
        #[graphql(desc = "Why, in a few words; may be left out.")] reason: Option<String>,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        let command = DutyCommand::OfferSwap {
            roster: input::code("roster", &roster)?,
            shift: self::shift("shift", &shift)?,
            to: input::code_if("to", to.as_deref())?,
            reason: reason.unwrap_or_default(),
        };
        change(ctx, idempotency_key, Command::Duty(command)).await
    }

    /// Takes a shift that is offered, or exchanges it for one of mine.
    async fn take_swap(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the change of duty.")] change: String,
        #[graphql(desc = "The shift of mine that goes to the other for it; none when I simply take it.")]
        against: Option<String>,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        let against = shift_if("against", against.as_deref())?;
        let command = DutyCommand::TakeSwap { change: input::code("change", &change)?, against };
        self::change(ctx, idempotency_key, Command::Duty(command)).await
    }

    /// Takes back an offer that nobody took.
    async fn take_back_swap(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the change of duty.")] change: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        let command = DutyCommand::TakeBackSwap { change: input::code("change", &change)? };
        self::change(ctx, idempotency_key, Command::Duty(command)).await
    }

    /// Takes over now from who is on duty, for the rest of the shift: what comes from now on comes to me.
    async fn take_over_duty(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the roster.")] roster: String,
        #[graphql(desc = "The code of whose place I take.")] out: String,
        #[graphql(desc = "Why, in a few words: 200 characters at most.")] reason: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        let (roster, out) = (input::code("roster", &roster)?, input::code("out", &out)?);
        change(ctx, idempotency_key, Command::Duty(DutyCommand::TakeOver { roster, out, reason })).await
    }

    /// Puts somebody on duty, takes somebody off, or both: as a superior of those on the roster, or where one
    /// keeps the register.
    async fn arrange_cover(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cover.")] input: CoverInput,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        change(ctx, idempotency_key, Command::Duty(input.read()?)).await
    }

    /// Undoes a swap, a taking over or a cover: from now on the roster is as it was before.
    async fn undo_duty_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the change of duty.")] change: String,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        let command = DutyCommand::Undo { change: input::code("change", &change)? };
        self::change(ctx, idempotency_key, Command::Duty(command)).await
    }
}
