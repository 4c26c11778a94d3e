//! Who is there: absences.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use liandong_engine::rules::{absence, instant::Instant, tree::UnitIx};

use crate::{
    context::Scope,
    input,
    object::{absence::Absence, coverage::Counted},
    word::When,
};

#[derive(Default)]
pub(crate) struct DutyQuery;

#[Object]
impl DutyQuery {
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
        let here: Vec<&absence::Absence> = all.filter(|row| is_of(scope, row, unit, at)).collect();
        let items = here.iter().take(most).map(|row| Absence::of(scope, at, row)).collect();
        Ok(Counted { count: here.len(), items })
    }
}

/// Whether the person holds a post within the unit.
fn is_of(scope: &Arc<Scope>, row: &absence::Absence, unit: UnitIx, at: Instant) -> bool {
    let (world, tree) = (&scope.world, scope.world.tree());
    let Some(person) = world.find_person(row.person.as_str()) else { return false };
    let units = world.held_by(person, at).filter_map(|held| world.post_unit(held.post));
    units.flat_map(|own| [Some(own), tree.territory(own, at)]).flatten().any(|own| tree.is_within(own, unit, at))
}
