//! Who answers for a post: the one function that every question about a post comes to.

use super::{Found, Recusal, RungNo, Verdict};
use crate::rules::{
    absence::Pass,
    authority::reads_map,
    id::PersonCode,
    instant::Instant,
    post::Rank,
    world::{Held, MatterIx, PersonIx, PostIx, World},
};

/// Who answers for a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answering {
    /// Who.
    pub person: PersonIx,
    /// As what the person holds it; a substitute also who is named by somebody absent.
    pub rank: Rank,
    /// Who would answer, but is absent.
    pub instead_of: Option<PersonIx>,
}

impl Answering {
    /// The same as what a route finds.
    #[must_use]
    pub const fn found(self, post: PostIx, rung: RungNo) -> Found {
        let Self { person, rank, instead_of } = self;
        Found { post, person, rank, rung, instead_of }
    }
}

/// Who answers for the post in a matter (none: in everything) at that instant: its first holder, or a
/// substitute when there is none; and for whoever is absent, who stands in. Nobody whom the request goes round.
///
/// # Errors
/// [`Verdict::Vacant`] when nobody holds it, [`Verdict::Recused`] when whoever does must not,
/// [`Verdict::Absent`] when whoever does is absent and nobody stands in.
pub fn stand_in(
    world: &World,
    post: PostIx,
    matter: Option<MatterIx>,
    at: Instant,
    recusal: &Recusal,
) -> Result<Answering, Verdict> {
    let away = world.absences().anybody(at);
    stand_in_among(world, (post, matter, at), away, world.holdings_of(post), recusal)
}

/// The same for a caller who knows the holdings, and whether anybody in the world is absent.
#[inline]
pub(super) fn stand_in_among(
    world: &World,
    (post, matter, at): (PostIx, Option<MatterIx>, Instant),
    away: bool,
    holdings: impl Iterator<Item = Held>,
    recusal: &Recusal,
) -> Result<Answering, Verdict> {
    let mut recused = false;
    for held in holdings.filter(|h| h.span.contains(at)) {
        if recusal.keeps_from_on(world, post, held.person, at) {
            recused = true;
        } else if away && world.absence(held.person, matter, at).is_some() {
            return instead_of(world, (post, matter, at), held.person, recusal);
        } else {
            return Ok(Answering { person: held.person, rank: held.rank, instead_of: None });
        }
    }
    Err(if recused { Verdict::Recused } else { Verdict::Vacant })
}

/// Who stands in for somebody absent on a post that the person holds.
#[cold]
fn instead_of(
    world: &World,
    (post, matter, at): (PostIx, Option<MatterIx>, Instant),
    absent: PersonIx,
    recusal: &Recusal,
) -> Result<Answering, Verdict> {
    let held = world.holders(post, at);
    let holders: Vec<(PersonCode, Rank)> =
        held.filter_map(|h| Some((world.person_code(h.person)?.clone(), h.rank))).collect();
    let unfit = |code: &PersonCode| {
        let Some(person) = world.find_person(code.as_str()) else { return Some(Pass::NoPost) };
        let recused = if holders.iter().any(|(holder, _)| holder == code) {
            recusal.keeps_from_on(world, post, person, at)
        } else if !reads_map(world, person, at) {
            // What was checked when the absence was recorded need not be so any more.
            return Some(Pass::NoPost);
        } else {
            recusal.keeps_from_standing_in(world, post, person, at)
        };
        recused.then_some(Pass::Recused)
    };
    let Some(code) = world.person_code(absent) else { return Err(Verdict::Absent) };
    let matter = matter.and_then(|matter| world.matter_code(matter));
    let found = world.absences().stand_in_for(code, &holders, matter, at, &unfit);
    let answers = found.person.and_then(|person| world.find_person(person.as_str())).zip(found.rank(&holders));
    let nobody = || {
        let absent = found.considered.iter().any(|c| c.pass == Some(Pass::Absent));
        if absent { Verdict::Absent } else { Verdict::Recused }
    };
    answers.map(|(person, rank)| Answering { person, rank, instead_of: Some(absent) }).ok_or_else(nobody)
}
