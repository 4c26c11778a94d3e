//! Where the register leaves somebody alone: the holes a leader mends before they are fallen into.

use serde::Serialize;

pub use super::survey::Uncovered;
use super::{
    duty_coverage::{DutyCoverage, duty_coverage},
    promise::{Overpromised, overpromised},
    survey::{Survey, answers},
};
use crate::rules::{
    instant::Instant,
    post::{PostKind, Rank},
    routing::TAKERS,
    tier::Tier,
    tree::UnitIx,
    world::{MatterIx, PersonIx, PostIx, World},
};

/// More households than this for one contact are too many: what the source calls 包户 is a handful
/// of neighbours, and thirty visits a month is one a day.
pub const MOST_HOUSEHOLDS: usize = 30;

/// Holdings that end within so many days are named.
pub const ENDING_DAYS: i64 = 30;

/// Who left their last post less than so many days ago is named with those who hold nothing: later
/// they are former cadres, of whom a town has hundreds, and nothing is to be mended.
pub const FREED_DAYS: i64 = 30;

/// What a coverage report says. Codes throughout; everything in the order of codes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// How many households were looked at.
    pub households: usize,
    /// How many questions were answered: households times matters.
    pub questions: usize,
    /// What only the dispatcher would take.
    pub uncovered: Vec<Uncovered>,
    /// Posts that nobody holds.
    pub vacant: Vec<String>,
    /// Posts with a first holder and no substitute.
    pub without_substitute: Vec<String>,
    /// People with more households than [`MOST_HOUSEHOLDS`], and how many.
    pub overburdened: Vec<(String, usize)>,
    /// Holdings that end within [`ENDING_DAYS`]: post and person.
    pub ending: Vec<(String, String)>,
    /// People who could be given something: who never held a post nor are to, or left their last one
    /// less than [`FREED_DAYS`] ago.
    pub idle: Vec<String>,
    /// Calendars whose published days end within three months: code and last day. A limit that reaches
    /// beyond is a guess until the next notice is declared.
    pub unpublished: Vec<(String, String)>,
    /// Matters whose rungs may take longer together than the town or the law gives the whole case.
    pub overpromised: Vec<Overpromised>,
    /// What the duty rosters leave open.
    pub duty: DutyCoverage,
}

/// Looks at every household and every matter offered at that instant.
#[must_use]
pub fn coverage(world: &World, at: Instant) -> Coverage {
    let tree = world.tree();
    let households: Vec<UnitIx> =
        tree.all().filter(|u| tree.tier(*u) == Some(Tier::Household) && tree.exists(*u, at)).collect();
    let matters: Vec<MatterIx> =
        world.matters().filter(|m| world.matter(*m).is_some_and(|m| m.span.contains(at))).collect();
    let mut report = Coverage {
        households: households.len(),
        questions: households.len() * matters.len(),
        uncovered: Survey::of(world, at).uncovered(),
        overpromised: overpromised(world, at),
        ..Coverage::default()
    };
    posts(world, at, &mut report);
    people(world, at, &mut report);
    let ending = world.calendars().ends_soon(at).into_iter();
    report.unpublished = ending.map(|e| (e.calendar.to_string(), e.published_to.to_string())).collect();
    report.duty = duty_coverage(world, at);
    report
}

fn posts(world: &World, at: Instant, report: &mut Coverage) {
    for post in world.posts().filter(|p| world.post_exists(*p, at)) {
        let Some(row) = world.post(post) else { continue };
        let ranks: Vec<Rank> = world.holders(post, at).map(|h| h.rank).collect();
        if ranks.is_empty() {
            report.vacant.push(row.code.to_string());
        } else if !ranks.contains(&Rank::Substitute) && row.kind != PostKind::HouseholdContact {
            report.without_substitute.push(row.code.to_string());
        }
        for held in world.holders(post, at).filter(|h| h.span.to < at.plus_days(ENDING_DAYS)) {
            let person = world.person_code(held.person).map(ToString::to_string).unwrap_or_default();
            report.ending.push((row.code.to_string(), person));
        }
    }
}

fn people(world: &World, at: Instant, report: &mut Coverage) {
    for person in world.people() {
        let code = || world.person_code(person).map(ToString::to_string).unwrap_or_default();
        if is_idle(world, person, at) {
            report.idle.push(code());
        }
        let households = households_of(world, person, at);
        if households > MOST_HOUSEHOLDS {
            report.overburdened.push((code(), households));
        }
    }
}

fn is_idle(world: &World, person: PersonIx, at: Instant) -> bool {
    match world.ever_held_by(person).map(|h| h.span.to).max() {
        None => true,
        Some(last) => last <= at && at < last.plus_days(FREED_DAYS),
    }
}

fn households_of(world: &World, person: PersonIx, at: Instant) -> usize {
    let contact = |post: PostIx| world.post_kind(post) == Some(PostKind::HouseholdContact);
    world.held_by(person, at).filter(|h| h.rank == Rank::First && contact(h.post)).count()
}

/// Whether the register can never leave a request with nobody: a dispatcher above every household.
#[must_use]
pub fn has_taker(world: &World, place: UnitIx, at: Instant) -> bool {
    world
        .tree()
        .upward(place, at)
        .any(|t| TAKERS.iter().any(|k| world.desks(t, *k, at).any(|p| answers(world, p, None, at))))
}
