//! Calendar feeds, opened and revoked.

use async_graphql::{Context, Object, OneofObject, Result, SimpleObject};
use liandong_engine::rules::calendar_feed::Subject;

use crate::{
    context::Scope,
    input,
    object::{calendar_feed::CalendarFeed, refusal::Refusal},
    reply::failure,
};

/// Whose calendar.
#[derive(OneofObject)]
enum CalendarOf {
    /// The code of the person: only one's own.
    Person(String),
    /// The code of the unit.
    Unit(String),
}

/// What opening a calendar feed came to: either it is open, or there is a refusal.
#[derive(SimpleObject)]
#[graphql(serial)]
struct OpenedFeed {
    /// The feed; null when it was refused.
    feed: Option<CalendarFeed>,
    /// The address on this server: whoever has it reads the calendar, and nobody can look it up again.
    path: Option<String>,
    /// Why it was not opened; null when it was.
    refusal: Option<Refusal>,
}

/// What revoking a calendar feed came to.
#[derive(SimpleObject)]
#[graphql(serial)]
struct RevokedFeed {
    /// Why it was not revoked; null when it was.
    refusal: Option<Refusal>,
}

#[derive(Default)]
pub(super) struct CalendarFeedMutation;

#[Object]
impl CalendarFeedMutation {
    /// Opens an address under which a calendar program reads one's own duties and absences, or who is on duty
    /// at a unit. Opening the same calendar again gives a new address and puts the former out of use; so no
    /// key is needed to do it once.
    async fn open_calendar_feed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose calendar.")] of: CalendarOf,
    ) -> Result<OpenedFeed> {
        let scope = Scope::of(ctx)?;
        let subject = match of {
            CalendarOf::Person(code) => Subject::Person(input::code("person", &code)?),
            CalendarOf::Unit(code) => Subject::Unit(input::code("unit", &code)?),
        };
        Ok(match scope.engine.open_calendar_feed(&scope.actor, subject).await.map_err(failure)? {
            Ok(opened) => OpenedFeed {
                feed: Some(CalendarFeed::of(scope, &opened.feed)),
                path: Some(format!("/calendar/{}.ics", opened.secret)),
                refusal: None,
            },
            Err(refused) => OpenedFeed { feed: None, path: None, refusal: Some(Refusal::of(&refused)) },
        })
    }

    /// Puts the address of a calendar feed out of use, from now on.
    async fn revoke_calendar_feed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the feed.")] feed: String,
    ) -> Result<RevokedFeed> {
        let scope = Scope::of(ctx)?;
        let feed = input::code("feed", &feed)?;
        let done = scope.engine.revoke_calendar_feed(&scope.actor, &feed).await.map_err(failure)?;
        Ok(RevokedFeed { refusal: done.err().map(|refused| Refusal::of(&refused)) })
    }
}
