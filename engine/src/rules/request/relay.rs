//! The way back: from the resolver down the ladder to the person nearest the household.
//!
//! The rule of the source: what is done is carried back to the household through the resident cadre,
//! the standing cadre and the group's cadre. So only posts on territories carry, not windows.

use crate::rules::{
    id::PersonCode,
    routing::{Found, Question, Recusal, Route, RungNo, rungs_at, stand_in},
    tree::UnitIx,
    world::{PersonIx, PostIx, World},
};

/// The next one down from a rung, below which nobody of `done` carries again; none when the rung is
/// the nearest to the household.
pub(in crate::rules::request) fn next_down(
    world: &World,
    question: &Question,
    recusal: &Recusal,
    below: RungNo,
    done: &[PersonCode],
) -> Option<Route> {
    let mut rungs = rungs_at(world, question);
    rungs.retain(|(rung, _)| rung.no < below);
    let found = rungs
        .iter()
        .rev()
        .find_map(|(rung, territory)| carrier(world, question, recusal, *territory, rung.no, rung.kind, done))?;
    Some(Route { found: Some(found), passed: Vec::new() })
}

/// The nearest one above a rung that can carry and is none of `done`: for a relay whose carrier is gone,
/// or does not carry.
pub(in crate::rules::request) fn next_up(
    world: &World,
    question: &Question,
    recusal: &Recusal,
    above: RungNo,
    done: &[PersonCode],
) -> Option<Route> {
    let rungs = rungs_at(world, question);
    let found = rungs
        .iter()
        .filter(|(rung, _)| rung.no > above)
        .find_map(|(rung, territory)| carrier(world, question, recusal, *territory, rung.no, rung.kind, done))?;
    Some(Route { found: Some(found), passed: Vec::new() })
}

fn carrier(
    world: &World,
    question: &Question,
    recusal: &Recusal,
    territory: UnitIx,
    rung: RungNo,
    kind: crate::rules::post::PostKind,
    done: &[PersonCode],
) -> Option<Found> {
    let at = question.at;
    let on_territory = |p: &PostIx| world.post_unit(*p) == Some(territory);
    let carried = |person: PersonIx| world.person_code(person).is_some_and(|code| done.contains(code));
    let able = world.desks(territory, kind, at).filter(on_territory).filter_map(|post| {
        let answering = stand_in(world, post, Some(question.matter), at, recusal).ok()?;
        (!carried(answering.person)).then_some(answering.found(post, rung))
    });
    able.min_by_key(|found| (found.rank, found.post))
}
