//! Questions for leaders: what is not covered, and who has how much open.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use liandong_engine::rules::{
    instant::Instant,
    register::coverage::{self, coverage},
};
use tokio::sync::Mutex;

use crate::{
    context::Scope,
    input,
    object::{coverage::Coverage, person::Person, workload::Workload},
    reply::{Code, INTERNAL, error, failure},
    word::When,
};

/// For how long a report about the present is given again.
const KEPT_MICROS: i64 = 60_000_000;

/// The last coverage report: one is made at a time, because it looks at every household and matter.
#[derive(Debug, Default)]
pub(crate) struct Reports(Mutex<Option<Kept>>);

#[derive(Debug)]
struct Kept {
    world: u64,
    at: Instant,
    report: Arc<coverage::Coverage>,
}

impl Reports {
    /// The report as of an instant, or the last one about the present if it still holds.
    #[expect(clippy::disallowed_methods, reason = "tens of milliseconds of reckoning, awaited right here")]
    async fn get(&self, scope: &Scope, as_of: Option<Instant>) -> Result<(Instant, Arc<coverage::Coverage>)> {
        let mut kept = self.0.lock().await;
        let at = as_of.unwrap_or(scope.at);
        if let Some(kept) = kept.as_ref().filter(|k| k.world == scope.world.version()) {
            let still = as_of.is_none() && (0..KEPT_MICROS).contains(&at.0.saturating_sub(kept.at.0));
            if still || kept.at == at {
                return Ok((kept.at, Arc::clone(&kept.report)));
            }
        }
        let world = Arc::clone(&scope.world);
        let made = tokio::task::spawn_blocking(move || coverage(&world, at)).await;
        let report = Arc::new(made.map_err(|_| error(Code::Internal, INTERNAL))?);
        *kept = Some(Kept { world: scope.world.version(), at, report: Arc::clone(&report) });
        Ok((at, report))
    }
}

#[derive(Default)]
pub(crate) struct ReportQuery;

#[Object]
impl ReportQuery {
    /// Where the register leaves somebody alone. About the present it may be a minute old; `asOf` says.
    #[graphql(complexity = "child_complexity + 1000")]
    async fn coverage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "As of when; now when left out.")] as_of: Option<When>,
    ) -> Result<Coverage> {
        let scope = Scope::of_map(ctx)?;
        let reports = ctx.data_opt::<Reports>().ok_or_else(|| error(Code::Internal, INTERNAL))?;
        let (at, report) = reports.get(scope, as_of.map(|when| when.0)).await?;
        Ok(Coverage { scope: Arc::clone(scope), at, report })
    }

    /// How much each person with a post on a unit, or on one that serves it, has open: the most first;
    /// at most 100 people.
    #[graphql(complexity = "20 * child_complexity + 10")]
    async fn workload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the unit.")] unit: String,
    ) -> Result<Vec<Workload>> {
        let scope = Scope::of_map(ctx)?;
        let (world, at) = (&scope.world, scope.at);
        let unit = input::unit(world, "unit", &unit)?;
        let Some(territory) = world.tree().territory(unit, at) else { return Ok(Vec::new()) };
        let posts = world.all_desks(territory, at).map(|(post, _)| post);
        let posts = posts.filter(|post| territory == unit || world.post_unit(*post) == Some(unit));
        let mut people: Vec<_> = posts.flat_map(|post| world.holders(post, at)).map(|held| held.person).collect();
        people.sort_unstable();
        people.dedup();
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
