//! Changes of calendars.

use async_graphql::{Context, InputObject, Object, Result};
use liandong_engine::rules::{
    calendar::BadAllowance,
    register::command::{Command, LimitOf, NewDay},
};

use super::payload::{RegisterPayload, change};
use crate::{
    input,
    reply::bad_input,
    word::{DeclaredKind, LimitKind},
};

/// A date as a notice, or the place itself, declares it.
#[derive(InputObject)]
struct NewDayInput {
    /// Which date, as 2026-10-01.
    date: String,
    /// What people call it.
    name: String,
    /// What it becomes.
    kind: DeclaredKind,
    /// The hours of this date alone, each as `08:30-12:00`; none means those of its kind.
    #[graphql(default)]
    periods: Vec<String>,
}

impl NewDayInput {
    fn read(self, place: usize) -> Result<NewDay> {
        let argument = |field: &str| format!("days[{place}].{field}");
        let periods = self.periods.iter().map(|text| text.parse().map_err(|bad| bad_input(&argument("periods"), bad)));
        Ok(NewDay {
            date: input::date(&argument("date"), &self.date)?,
            periods: periods.collect::<Result<_>>()?,
            name: self.name,
            kind: self.kind.into(),
        })
    }
}

/// What a limit is for, as the register keeps it.
#[derive(InputObject)]
struct LimitInput {
    /// For the matters of this ladder, by code; or else
    ladder: Option<String>,
    /// for this matter, by code, which goes before its ladder.
    matter: Option<String>,
    /// For this rung; for every rung, and for the whole case, when left out.
    rung: Option<u8>,
    /// What it is for.
    kind: LimitKind,
}

#[derive(Default)]
pub(super) struct CalendarMutation;

#[Object]
impl CalendarMutation {
    /// Says how long something may take from now on. Running cases keep what they were given, until they are
    /// reckoned anew; see `recomputePreview`.
    async fn change_limit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For what.")] of: LimitInput,
        #[graphql(desc = "How long, such as 4wh, 2wd, 30min or 15d; without a limit when left out.")] allowance: Option<
            String,
        >,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        let of = LimitOf {
            ladder: input::code_if("of.ladder", of.ladder.as_deref())?,
            matter: input::code_if("of.matter", of.matter.as_deref())?,
            rung: of.rung,
            kind: of.kind.into(),
        };
        let allowance =
            allowance.map(|text| text.parse().map_err(|bad: BadAllowance| bad_input("allowance", bad))).transpose()?;
        change(ctx, idempotency_key, Command::ChangeLimit { of, allowance }).await
    }

    /// Declares days of a calendar, or declares them anew; none before today.
    async fn declare_days(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the calendar.")] calendar: String,
        #[graphql(desc = "The days.")] days: Vec<NewDayInput>,
        #[graphql(desc = "The last day that the notice covers, when it reaches further than before.")]
        published_to: Option<String>,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<RegisterPayload> {
        let calendar = input::code("calendar", &calendar)?;
        let days = days.into_iter().enumerate().map(|(place, day)| day.read(place)).collect::<Result<_>>()?;
        let published_to = published_to.map(|text| input::date("publishedTo", &text)).transpose()?;
        change(ctx, idempotency_key, Command::DeclareDays { calendar, days, published_to }).await
    }
}
