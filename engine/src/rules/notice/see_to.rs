//! Who sees to a post, a roster or a unit: those who are told when somebody is missing there.

use crate::rules::{
    id::{PersonCode, RosterCode},
    instant::{Instant, Span},
    post::PostKind,
    register::duty_coverage::empty_shifts,
    routing::{Recusal, nearest, recusal::is_below, stand_in},
    tree::UnitIx,
    world::{PostIx, World},
};

/// Everybody who answers for one of these posts, in the order of codes.
fn answering(world: &World, posts: impl IntoIterator<Item = PostIx>, at: Instant) -> Vec<PersonCode> {
    let found = posts.into_iter().filter_map(|post| stand_in(world, post, None, at, &Recusal::default()).ok());
    let mut people: Vec<PersonCode> = found.filter_map(|a| world.person_code(a.person)).cloned().collect();
    people.sort_unstable();
    people.dedup();
    people
}

/// Who stands directly above a post, on the nearest territory on which somebody answers who does. The supervisor and
/// the dispatcher lead nobody.
pub(super) fn superiors(world: &World, post: PostIx, at: Instant) -> Vec<PersonCode> {
    let territory = world.post_unit(post).and_then(|unit| world.tree().territory(unit, at));
    let leads = |kind: PostKind| !matches!(kind, PostKind::Supervisor | PostKind::Dispatcher);
    let mut upward = territory.into_iter().flat_map(|territory| world.tree().upward(territory, at));
    let people = upward.find_map(|territory| {
        let above =
            world.all_desks(territory, at).filter(|(desk, kind)| leads(*kind) && is_below(world, post, *desk, at));
        let mut above: Vec<(u8, PostIx)> = above.map(|(desk, kind)| (kind.seniority(), desk)).collect();
        above.sort_unstable();
        above.chunk_by(|(a, _), (b, _)| a == b).find_map(|same| {
            let people = answering(world, same.iter().map(|(_, desk)| *desk), at);
            (!people.is_empty()).then_some(people)
        })
    });
    people.unwrap_or_default()
}

/// Who answers for the nearest posts of a kind above a unit.
pub(super) fn nearest_of(world: &World, unit: UnitIx, kind: PostKind, at: Instant) -> Vec<PersonCode> {
    let territory = world.tree().territory(unit, at);
    let posts = territory.map(|territory| nearest(world, territory, kind, at));
    answering(world, posts.into_iter().flatten(), at)
}

/// Who sees to a roster of these posts: the superior of those who hold them, and the town's leaders.
pub(super) fn arrangers(world: &World, (unit, posts): (UnitIx, PostKind), at: Instant) -> Vec<PersonCode> {
    let own = on_unit(world, unit, at).into_iter().find(|post| world.post_kind(*post) == Some(posts));
    let mut people = own.map_or_else(Vec::new, |post| superiors(world, post, at));
    people.extend(nearest_of(world, unit, PostKind::DutyLeader, at));
    people
}

/// The posts on a unit itself.
fn on_unit(world: &World, unit: UnitIx, at: Instant) -> Vec<PostIx> {
    let territory = world.tree().territory(unit, at);
    let desks = territory.into_iter().flat_map(|territory| world.all_desks(territory, at));
    desks.map(|(post, _)| post).filter(|post| world.post_unit(*post) == Some(unit)).collect()
}

/// Everybody who holds a post on a unit itself.
pub(super) fn holders(world: &World, unit: UnitIx, at: Instant) -> Vec<PersonCode> {
    let held = on_unit(world, unit, at).into_iter().flat_map(|post| world.holders(post, at));
    held.filter_map(|held| world.person_code(held.person)).cloned().collect()
}

/// A place where a roster puts people on duty.
pub(super) type Place = (UnitIx, PostKind);

/// Where the rosters are that a person's coming and going touches: where the person may be on duty, and where the
/// person answers for somebody who may.
pub(super) fn places(world: &World, person: &PersonCode, at: Instant) -> Vec<Place> {
    let mut places = world.rostered_places(person);
    let hanging = world.posts_hanging_on(person, at);
    let posts = hanging.iter().filter_map(|post| world.find_post(post.as_str()));
    places.extend(posts.filter_map(|post| world.post_unit(post).zip(world.post_kind(post))));
    places.sort_unstable();
    places.dedup();
    places
}

/// The rosters of these places on which a shift has nobody now that had somebody before, and when the first begins.
pub(super) fn emptied(
    before: &World,
    after: &World,
    places: &[Place],
    during: Span,
) -> Vec<(RosterCode, Place, Instant)> {
    let mut found = Vec::new();
    for place in places {
        for code in after.rosters_of(place.0) {
            let was = before
                .find_unit(after.tree().code(place.0))
                .map(|unit| empty_shifts(before, &code, (unit, place.1), during));
            let was = was.unwrap_or_default();
            let new = empty_shifts(after, &code, *place, during).into_iter().find(|begins| !was.contains(begins));
            found.extend(new.map(|begins| (code, *place, begins)));
        }
    }
    found
}
