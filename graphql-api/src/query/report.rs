//! Questions for leaders: what is not covered, and who has how much open.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use liandong_engine::rules::{
    instant::Instant,
    register::{
        coverage::{self, coverage},
        survey::{Stretch, coverage_between},
    },
    world::World,
};
use tokio::sync::Mutex;

use crate::{
    context::Scope,
    input,
    object::{coverage::Coverage, person::Person, workload::Workload},
    reply::{Code, INTERNAL, bad_input, error, failure},
    word::When,
};

/// For how long a report about the present is given again.
const KEPT_MICROS: i64 = 60_000_000;

/// Over how many days everything is looked at, at most: a year, whatever year it is.
const MOST_DAYS: i64 = 366;

/// The last coverage report: one is made at a time, because it looks at every household and matter.
#[derive(Debug, Default)]
pub(crate) struct Reports(Mutex<Option<Kept>>);

/// As of when, what is so then, and where it was asked for, until another instant.
type Report = (Instant, Arc<coverage::Coverage>, Option<Arc<[Stretch]>>);

#[derive(Debug)]
struct Kept {
    world: u64,
    at: Instant,
    report: Arc<coverage::Coverage>,
    ahead: Option<(Instant, Arc<[Stretch]>)>,
}

impl Reports {
    /// The report as of an instant, or the last one about the present if it still holds; with every instant from
    /// then `until` another, where that is wanted.
    async fn get(&self, scope: &Scope, as_of: Option<Instant>, until: Option<Instant>) -> Result<Report> {
        let mut held = self.0.lock().await;
        let at = as_of.unwrap_or(scope.at);
        let still = |kept: &Kept| {
            let recent = as_of.is_none() && (0..KEPT_MICROS).contains(&at.0.saturating_sub(kept.at.0));
            kept.world == scope.world.version() && (recent || kept.at == at)
        };
        let mut kept = match held.take().filter(still) {
            Some(kept) => kept,
            None => {
                let report = Arc::new(reckon(&scope.world, move |world| coverage(world, at)).await?);
                Kept { world: scope.world.version(), at, report, ahead: None }
            }
        };
        let from = kept.at;
        if let Some(until) = until.filter(|until| kept.ahead.as_ref().is_none_or(|(known, _)| known != until)) {
            let ahead = reckon(&scope.world, move |world| coverage_between(world, from, until)).await?;
            kept.ahead = Some((until, ahead.into()));
        }
        let ahead = kept.ahead.as_ref().filter(|_| until.is_some()).map(|(_, ahead)| Arc::clone(ahead));
        let report = (from, Arc::clone(&kept.report), ahead);
        *held = Some(kept);
        Ok(report)
    }
}

/// What takes so long to reckon that other answers would wait for it.
#[expect(clippy::disallowed_methods, reason = "tens of milliseconds of reckoning, half a second for a year, awaited")]
async fn reckon<T: Send + 'static>(world: &Arc<World>, make: impl FnOnce(&World) -> T + Send + 'static) -> Result<T> {
    let world = Arc::clone(world);
    tokio::task::spawn_blocking(move || make(&world)).await.map_err(|_| error(Code::Internal, INTERNAL))
}

#[derive(Default)]
pub(crate) struct ReportQuery;

#[Object]
impl ReportQuery {
    /// Where the register leaves somebody alone. About the present it may be a minute old; `asOf` says. With `until`,
    /// `ahead` says what nobody on the ladder may resolve at every instant from then to that one.
    #[graphql(complexity = "child_complexity + if until.is_some() { 5000 } else { 1000 }")]
    async fn coverage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "As of when; now when left out.")] as_of: Option<When>,
        #[graphql(desc = "Until when everything is looked at, too: later than `asOf`, by 366 days at most.")]
        until: Option<When>,
    ) -> Result<Coverage> {
        let scope = Scope::of_map(ctx)?;
        let reports = ctx.data_opt::<Reports>().ok_or_else(|| error(Code::Internal, INTERNAL))?;
        let (as_of, until) = (as_of.map(|when| when.0), until.map(|when| when.0));
        let from = as_of.unwrap_or(scope.at);
        if until.is_some_and(|until| until <= from || until > from.plus_days(MOST_DAYS)) {
            let message = format!("it must be later than `asOf`, by {MOST_DAYS} days at most; ask for a shorter time");
            return Err(bad_input("until", message));
        }
        let (at, report, ahead) = reports.get(scope, as_of, until).await?;
        Ok(Coverage { scope: Arc::clone(scope), at, report, ahead })
    }

    /// How much each person with a post on a unit, or on one that serves it, has open: the most first;
    /// at most 100 people. What is about somebody's conduct counts for nobody, whoever asks.
    #[graphql(complexity = "20 * child_complexity + 10")]
    async fn workload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the unit.")] unit: String,
    ) -> Result<Vec<Workload>> {
        let scope = Scope::of_map(ctx)?;
        let (world, at) = (&scope.world, scope.at);
        let unit = input::unit(world, "unit", &unit)?;
        let people = world.staff(unit, at);
        let codes: Vec<_> = people.iter().filter_map(|ix| world.person_code(*ix)).cloned().collect();
        let loads = scope.engine.workload(&codes).await.map_err(failure)?;
        let mut found: Vec<Workload> = people
            .into_iter()
            .map(|ix| Workload {
                handles: world.person_code(ix).and_then(|code| loads.0.get(code)).copied().unwrap_or(0),
                person: Person { scope: Arc::clone(scope), ix, at },
            })
            .collect();
        found.sort_by_key(|w| std::cmp::Reverse(w.handles));
        found.truncate(input::MOST);
        Ok(found)
    }
}
