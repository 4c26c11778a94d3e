//! Duty rosters, set up, changed and ended.

use async_graphql::{Context, InputObject, Object, Result};
use liandong_engine::rules::register::command::{Command, NewRoster, Rota};

use super::payload::{RegisterPayload, change};
use crate::{
    input,
    reply::bad_input,
    word::{DutyDay, PostKind, RosterKind, Turn, Weekday, When},
};

/// Who follows whom on duty.
#[derive(InputObject)]
struct RotaInput {
    /// What people call the roster.
    name: String,
    /// What the duty is for.
    kind: RosterKind,
    /// Whether only who is on duty takes requests there.
    #[graphql(default)]
    exclusive: bool,
    /// On which days there is duty.
    on: Vec<DutyDay>,
    /// When a shift without hours takes over from the one before, as `08:00`.
    #[graphql(default = "00:00")]
    hand_over: String,
    /// The hours of duty on a day, as `08:30-17:00`; from hand-over to hand-over when left out.
    hours: Option<String>,
    /// When the turn passes to the next in the order.
    turn: Turn,
    /// With which day a week begins, for a weekly turn.
    #[graphql(default_with = "Weekday::Monday")]
    week_begins: Weekday,
    /// How many are on duty at once.
    #[graphql(default = 1)]
    width: i32,
    /// The first day of the first in the order, as 2026-10-01. A rota that keeps it keeps the numbers of its shifts.
    start: String,
    /// The codes of who follows whom; `-` is nobody on purpose.
    order: Vec<String>,
}

impl RotaInput {
    fn read(self, argument: &str) -> Result<Rota> {
        let at = |field: &str| format!("{argument}.{field}");
        let hours = self.hours.map(|text| text.parse().map_err(|bad| bad_input(&at("hours"), bad))).transpose()?;
        let slot = |text: &String| text.parse().map_err(|bad| bad_input(&at("order"), bad));
        let width = u8::try_from(self.width);
        Ok(Rota {
            hand_over: self.hand_over.parse().map_err(|bad| bad_input(&at("handOver"), bad))?,
            hours,
            width: width.map_err(|_| bad_input(&at("width"), format!("`{}` is not between 1 and 255", self.width)))?,
            start: input::date(&at("start"), &self.start)?,
            order: self.order.iter().map(slot).collect::<Result<_>>()?,
            name: self.name,
            kind: self.kind.into(),
            exclusive: self.exclusive,
            on: self.on.into_iter().map(Into::into).collect(),
            turn: self.turn.into(),
            week_begins: self.week_begins.into(),
        })
    }
}

/// A duty roster as it is to begin.
#[derive(InputObject)]
struct NewRosterInput {
    /// Names it: 1 to 40 ASCII letters, digits, `-`, `_` or `.`.
    code: String,
    /// The code of the unit where the duty is.
    unit: String,
    /// Among the holders of which posts on that unit it decides.
    posts: PostKind,
    /// Who follows whom.
    rota: RotaInput,
    /// From when on, not before now; now when left out.
    from: Option<When>,
}

#[derive(Default)]
pub(super) struct RosterMutation;

#[Object]
impl RosterMutation {
    /// Sets a duty roster up.
    async fn set_up_roster(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The roster.")] input: NewRosterInput,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        let command = Command::SetUpRoster(NewRoster {
            code: input::code("code", &input.code)?,
            unit: input::code("unit", &input.unit)?,
            posts: input.posts.into(),
            rota: input.rota.read("input.rota")?,
            from: input.from.map(|when| when.0),
        });
        change(ctx, idempotency_key, command).await
    }

    /// Puts another rota in place of all that was planned from then on; what was before stays as it was.
    async fn change_roster(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the roster.")] roster: String,
        #[graphql(desc = "Who follows whom.")] rota: RotaInput,
        #[graphql(desc = "From when on, not before now; now when left out.")] from: Option<When>,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        let (roster, rota) = (input::code("roster", &roster)?, rota.read("rota")?);
        change(ctx, idempotency_key, Command::ChangeRoster { roster, rota, from: from.map(|when| when.0) }).await
    }

    /// Ends a duty roster.
    async fn end_roster(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the roster.")] roster: String,
        #[graphql(desc = "From when on, not before now; now when left out.")] from: Option<When>,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        let roster = input::code("roster", &roster)?;
        change(ctx, idempotency_key, Command::EndRoster { roster, from: from.map(|when| when.0) }).await
    }
}
