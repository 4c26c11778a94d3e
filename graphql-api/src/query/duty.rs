//! Who is there: absences and duty rosters.

use async_graphql::{Context, Object, Result};
use liandong_engine::rules::{
    absence,
    instant::{Instant, Span},
};

use crate::{
    context::Scope,
    input,
    object::{
        absence::Absence,
        calendar_feed::CalendarFeed,
        coverage::Counted,
        duty::{DutyStint, RosterQuality},
        duty_change::DutyChange,
        roster::Roster,
        stood_in::StoodIn,
    },
    reply::{Code, bad_input, error, failure},
    word::{DutyChangeStage, When},
};

/// How many days of a roster are shown at most.
const MOST_DAYS: i64 = 100;

/// Over how many days rosters are judged at most.
const MOST_QUALITY_DAYS: i64 = 400;

/// A stretch of time that is not too long.
fn span(argument: &str, from: When, to: When, most: i64) -> Result<Span> {
    let during = Span { from: from.0, to: to.0 };
    if during.to <= during.from || during.to > during.from.plus_days(most) {
        return Err(bad_input(argument, format!("it must be later than `from`, by {most} days at most")));
    }
    Ok(during)
}

#[derive(Default)]
pub(crate) struct DutyQuery;

#[Object]
impl DutyQuery {
    /// Who is on duty at a unit at an instant, for each kind of post there that a roster decides among.
    #[graphql(complexity = "5 * child_complexity + 10")]
    async fn on_duty(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the unit.")] unit: String,
        #[graphql(desc = "When; now when left out.")] at: Option<When>,
    ) -> Result<Vec<DutyStint>> {
        let scope = Scope::of_map(ctx)?;
        let at = at.map_or(scope.at, |when| when.0);
        let unit = input::unit(&scope.world, "unit", &unit)?;
        // Wide enough for the beginning and the end of a weekly shift.
        let around = Span { from: at.plus_days(-8), to: at.plus_days(8) };
        let now = Span { from: at, to: Instant(at.0.saturating_add(1)) };
        let mut found = Vec::new();
        for posts in scope.world.rostered_kinds(unit) {
            let stints = scope.world.duty_roster(unit, posts, around);
            let running = stints.into_iter().find(|stint| stint.span.contains(at));
            found.extend(running.map(|stint| DutyStint::of(scope, posts, &stint, now)));
        }
        Ok(found)
    }

    /// Who is on duty at a unit from change to change: what routing goes by. At most 100 days.
    #[graphql(complexity = "100 * child_complexity + 100")]
    async fn duty_roster(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the unit.")] unit: String,
        #[graphql(desc = "From when on.")] from: When,
        #[graphql(desc = "Until when.")] to: When,
    ) -> Result<Vec<DutyStint>> {
        let scope = Scope::of_map(ctx)?;
        let unit = input::unit(&scope.world, "unit", &unit)?;
        let during = span("to", from, to, MOST_DAYS)?;
        let mut found = Vec::new();
        for posts in scope.world.rostered_kinds(unit) {
            let stints = scope.world.duty_roster(unit, posts, during);
            found.extend(stints.iter().map(|stint| DutyStint::of(scope, posts, stint, stint.span)));
        }
        Ok(found)
    }

    /// What the rosters of a unit are worth in a stretch of time, as they are planned: those that hold at some
    /// time of it, in the order of codes. At most 400 days.
    #[graphql(complexity = "10 * child_complexity + 400")]
    async fn roster_quality(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the unit.")] unit: String,
        #[graphql(desc = "From when on.")] from: When,
        #[graphql(desc = "Until when.")] to: When,
    ) -> Result<Vec<RosterQuality>> {
        let scope = Scope::of_map(ctx)?;
        let during = span("to", from, to, MOST_QUALITY_DAYS)?;
        let unit = input::unit(&scope.world, "unit", &unit)?;
        let code = scope.world.tree().code(unit);
        let rows = scope.world.rosters().rows().filter(|row| row.unit.as_str() == code && row.span.overlaps(during));
        let mut rows: Vec<_> = rows.collect();
        rows.dedup_by(|later, earlier| later.code == earlier.code);
        Ok(rows.iter().map(|row| RosterQuality::of(row, &scope.world.rota_quality(&row.code, during))).collect())
    }

    /// The calendar feeds that are open, in the order of opening, 100 at most: those that one opened oneself,
    /// or all of a unit where one keeps the register.
    #[graphql(complexity = "100 * child_complexity + 10")]
    async fn calendar_feeds(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the unit; one's own feeds when left out.")] unit: Option<String>,
    ) -> Result<Vec<CalendarFeed>> {
        let scope = Scope::of_map(ctx)?;
        let feeds = match unit {
            None => scope.engine.calendar_feeds(&scope.actor).await.map_err(failure)?,
            Some(unit) => {
                let unit = input::code("unit", &unit)?;
                let all = scope.engine.calendar_feeds_of(&scope.actor, &unit).await.map_err(failure)?;
                let message = "whose feeds are open there is for who keeps the register there; ask them";
                all.ok_or_else(|| error(Code::Forbidden, message))?
            }
        };
        Ok(feeds.iter().map(|feed| CalendarFeed::of(scope, feed)).collect())
    }

    /// The duty rosters of a unit, in the order of codes and of time: all their stretches, past and to come.
    #[graphql(complexity = "20 * child_complexity + 10")]
    async fn rosters(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the unit.")] unit: String,
    ) -> Result<Counted<Roster>> {
        let scope = Scope::of_map(ctx)?;
        let unit = input::unit(&scope.world, "unit", &unit)?;
        let codes = scope.world.rosters_of(unit);
        let rows: Vec<_> = scope.world.rosters().rows().filter(|row| codes.contains(&row.code)).collect();
        Ok(Counted {
            count: rows.len(),
            items: rows.iter().take(input::MOST).map(|row| Roster::of(scope, row)).collect(),
        })
    }

    /// The swaps, takings over and covers of a unit's rosters, the newest first; also those that are undone.
    #[graphql(complexity = "input::page(first) * child_complexity + 10")]
    async fn duty_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the unit.")] unit: String,
        #[graphql(desc = "Only those at this stage.")] stage: Option<DutyChangeStage>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
    ) -> Result<Counted<DutyChange>> {
        let scope = Scope::of_map(ctx)?;
        let unit = input::unit(&scope.world, "unit", &unit)?;
        let most = input::first(first)?;
        let mut rows = scope.world.duty_changes(&scope.world.rosters_of(unit));
        rows.retain(|row| stage.is_none_or(|stage| stage == row.stage().into()));
        Ok(Counted { count: rows.len(), items: rows.iter().take(most).map(|row| DutyChange::of(scope, row)).collect() })
    }

    /// Who of those with a post on a unit, or on one below it or serving one of these, is absent then or
    /// later, in the order of people and of recording.
    #[graphql(complexity = "input::page(first) * child_complexity + 10")]
    async fn absences(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the unit.")] unit: String,
        #[graphql(desc = "As of when; now when left out.")] as_of: Option<When>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
    ) -> Result<Counted<Absence>> {
        let scope = Scope::of_map(ctx)?;
        let at = as_of.map_or(scope.at, |when| when.0);
        let unit = input::unit(&scope.world, "unit", &unit)?;
        let most = input::first(first)?;
        let all = scope.world.absences().all().iter().filter(|row| row.holds().to > at);
        let of_here = |row: &&absence::Absence| {
            let person = scope.world.find_person(row.person.as_str());
            person.is_some_and(|person| scope.world.is_staff_within(person, unit, at))
        };
        let here: Vec<&absence::Absence> = all.filter(of_here).collect();
        let items = here.iter().take(most).map(|row| Absence::of(scope, at, row)).collect();
        Ok(Counted { count: here.len(), items })
    }

    /// What was held instead of somebody because of an absence, and what of it was handed back (替岗清单): the newest
    /// first, 100 at most, and only what is about requests that you see.
    #[graphql(complexity = "50 * child_complexity + 10")]
    async fn stood_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the absence.")] absence: String,
    ) -> Result<Vec<StoodIn>> {
        let scope = Scope::of_map(ctx)?;
        let Scope { world, engine, actor, .. } = &**scope;
        let row = input::absence(world, "absence", &absence)?;
        let held = engine.stood_in(world, actor, row).await.map_err(failure)?;
        Ok(held.into_iter().map(|held| StoodIn::of(scope, held)).collect())
    }
}
