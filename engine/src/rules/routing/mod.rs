//! Who is responsible: the one function that routing, the map, the audit and the what-if all call.

pub mod account;
pub mod recusal;
mod stand_in;

use std::collections::HashMap;

pub use account::{Account, Passed, Verdict};
pub use recusal::Recusal;
use stand_in::stand_in_among;
pub use stand_in::{Answering, stand_in};

use super::{
    id::{PersonCode, PostCode},
    instant::Instant,
    matter::Rung,
    post::{PostKind, Rank},
    roster::OnDuty,
    tier::{Tier, UnitKind},
    tree::UnitIx,
    world::{Desk, Held, MatterIx, PersonIx, PostIx, World},
};

/// The number of a rung. Those from [`BEYOND`] on stand beyond every ladder.
pub type RungNo = u8;

/// The first rung beyond the ladder: the dispatcher.
pub const BEYOND: RungNo = 200;

/// The number of the supervisor, who rules.
pub const SUPERVISOR: RungNo = BEYOND + 1;

/// Who takes what no rung answers, in this order: the dispatcher first; the others only where the
/// dispatcher is the one complained of, stands below that person, or has handed the case on.
pub const TAKERS: [PostKind; 4] =
    [PostKind::Dispatcher, PostKind::Supervisor, PostKind::DutyLeader, PostKind::OfficeLeader];

/// What is asked: who is responsible for this matter at this place at this instant?
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// Where the need is: mostly a household.
    pub place: UnitIx,
    /// What it is about.
    pub matter: MatterIx,
    /// Holders and mandates are read as of then.
    pub at: Instant,
    /// The ladder is read as of then: a running case keeps the ladder it began on.
    pub ladder_at: Instant,
    /// Only rungs from this number on.
    pub from: RungNo,
    /// Only rungs at this tier or above: where the request enters, when that is not at the place.
    pub entry: Option<Tier>,
}

impl Question {
    /// A fresh request that enters at its place.
    #[must_use]
    pub const fn new(place: UnitIx, matter: MatterIx, at: Instant) -> Self {
        Self { place, matter, at, ladder_at: at, from: 0, entry: None }
    }
}

/// Posts that must not get the request, and why.
#[derive(Clone, Debug, Default)]
pub struct Exclusions {
    /// People whose conduct it is about; they and those below them are passed.
    pub accused: Vec<PersonIx>,
    /// Posts that held it in this climb already.
    pub held: Vec<PostIx>,
    /// People who let it go in this climb: three rungs go to three people, though one may hold all.
    pub people: Vec<PersonIx>,
    /// Posts that a superior's order passes over.
    pub overruled: Vec<PostIx>,
}

/// How many Handle assignments each person has open; who is not in it has none.
#[derive(Clone, Debug, Default)]
pub struct Loads(pub HashMap<PersonCode, u32>);

impl Loads {
    fn of(&self, world: &World, person: PersonIx) -> u32 {
        if self.0.is_empty() {
            return 0;
        }
        world.person_code(person).and_then(|code| self.0.get(code)).copied().unwrap_or(0)
    }
}

/// Who gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The post.
    pub post: PostIx,
    /// Its holder or substitute at that instant.
    pub person: PersonIx,
    /// As what the person holds it; a substitute also who is named by somebody absent.
    pub rank: Rank,
    /// At which rung.
    pub rung: RungNo,
    /// Who would answer for the post, but is absent.
    pub instead_of: Option<PersonIx>,
}

/// The answer, with everything that was passed on the way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Who gets it; none only when every post that could take it is recused, vacant or used up.
    pub found: Option<Found>,
    /// Every post passed, in the order of the climb.
    pub passed: Vec<Passed>,
}

impl Route {
    /// Whether no rung of the ladder answered.
    #[must_use]
    pub fn is_unrouted(&self) -> bool {
        self.found.is_none_or(|f| f.rung >= BEYOND)
    }
}

/// The territories above a place, one for each tier at most.
#[derive(Clone, Copy, Debug)]
struct Above([Option<UnitIx>; Tier::ALL.len()]);

impl Above {
    fn of(world: &World, place: UnitIx, at: Instant) -> Self {
        let mut above = Self([None; Tier::ALL.len()]);
        let start = if world.tree().tier(place).is_some() { Some(place) } else { world.tree().territory(place, at) };
        for (unit, kind) in start.into_iter().flat_map(|s| world.tree().walk(s, at)) {
            if let Some(slot) = kind.tier().and_then(|t| above.0.get_mut(t as usize)) {
                *slot = Some(unit);
            }
        }
        above
    }

    #[inline]
    fn at(&self, tier: Tier) -> Option<UnitIx> {
        self.0.get(tier as usize).copied().flatten()
    }
}

/// Climbs the matter's ladder from the lowest rung at or above the place and gives the first rung
/// that has a post which may resolve the matter, is held at that instant by somebody who is there or has
/// a substitute who is, and is not excluded.
///
/// Among equals: who is on duty by a roster, then the first holder before a substitute, then who has the fewest open Handle
/// assignments, then the smallest code. The same world and question always give the same answer.
/// If no rung answers, [`TAKERS`] do, nearest to the place first.
#[must_use]
pub fn route(world: &World, question: &Question, exclusions: &Exclusions, loads: &Loads) -> Route {
    let above = Above::of(world, question.place, question.at);
    let recusal = Recusal::of(world, &exclusions.accused, question.at);
    let passed = Vec::with_capacity(16);
    let away = world.absences().anybody(question.at);
    let mut climb = Climb { world, question, exclusions, recusal: &recusal, loads, away, passed };
    let entry = |tier: Tier| question.entry.is_none_or(|entry| !entry.is_above(tier));
    for rung in world.rungs(question.matter, question.ladder_at) {
        if rung.no < question.from || !entry(rung.tier) {
            continue;
        }
        let Some(territory) = above.at(rung.tier) else { continue };
        if let Some(found) = climb.rung(rung.no, territory, rung.kind, true) {
            return Route { found: Some(found), passed: climb.passed };
        }
    }
    for (beyond, kind) in (BEYOND..).zip(TAKERS) {
        if beyond < question.from {
            continue;
        }
        for territory in above.0.iter().rev().flatten() {
            if world.desks(*territory, kind, question.at).next().is_none() {
                continue;
            }
            if let Some(found) = climb.rung(beyond, *territory, kind, false) {
                return Route { found: Some(found), passed: climb.passed };
            }
        }
    }
    Route { found: None, passed: climb.passed }
}

struct Climb<'a> {
    world: &'a World,
    question: &'a Question,
    exclusions: &'a Exclusions,
    recusal: &'a Recusal,
    loads: &'a Loads,
    /// Whether anybody in the world is absent.
    away: bool,
    passed: Vec<Passed>,
}

impl Climb<'_> {
    fn rung(&mut self, rung: RungNo, territory: UnitIx, kind: PostKind, mandate: bool) -> Option<Found> {
        let at = self.question.at;
        let mut best: Option<((Rank, u32, PostIx), Found)> = None;
        let (before, mut empty) = (self.passed.len(), true);
        for desk in self.world.desks_with_holder(territory, kind, at) {
            if desk.rostered {
                self.passed.truncate(before);
                return self.rung_by_roster(rung, territory, kind, mandate);
            }
            let post = desk.post;
            empty = false;
            match self.look(desk, kind, mandate) {
                Err(verdict) => self.passed.push(Passed { rung, post: Some(post), kind, verdict }),
                Ok(answering) => {
                    let key = (answering.rank, self.loads.of(self.world, answering.person), post);
                    if best.is_none_or(|(known, _)| key < known) {
                        best = Some((key, answering.found(post, rung)));
                    }
                }
            }
        }
        if empty {
            self.passed.push(Passed { rung, post: None, kind, verdict: Verdict::Vacant });
        }
        best.map(|(_, found)| found)
    }

    /// The same where rosters say who is on duty: they come first; and where a roster is exclusive, nobody
    /// else does if somebody on duty can take it, nor if the shift is nobody's on purpose: then the rung is
    /// passed. Who stands in for somebody absent is on duty if that one is.
    fn rung_by_roster(&mut self, rung: RungNo, territory: UnitIx, kind: PostKind, mandate: bool) -> Option<Found> {
        let at = self.question.at;
        let mut duties: Vec<(UnitIx, OnDuty<'_>)> = Vec::new();
        let mut judged = Vec::new();
        for desk in self.world.desks_with_holder(territory, kind, at) {
            let answering = match self.look(desk, kind, mandate) {
                Ok(answering) => answering,
                Err(verdict) => {
                    judged.push((desk.post, None, Err(verdict), false, None));
                    continue;
                }
            };
            // Who is on duty is asked only where somebody may take it at all.
            let unit = self.world.post_unit(desk.post).filter(|_| desk.rostered);
            if let Some(unit) = unit.filter(|unit| !duties.iter().any(|(known, _)| known == unit)) {
                duties.push((unit, self.world.on_duty(unit, kind, at)));
            }
            let duty = unit.and_then(|unit| duties.iter().find(|(known, _)| *known == unit)).map(|(_, duty)| duty);
            let has =
                |person: PersonIx| duty.zip(self.world.person_code(person)).is_some_and(|(duty, code)| duty.has(code));
            // Among those who hold the post, whoever is on duty answers.
            let mut held = self.world.holders(desk.post, at).filter(|held| has(held.person));
            let there = held.find(|held| self.can(desk.post, held.person));
            let own = |held: Held| Answering { person: held.person, rank: held.rank, instead_of: None };
            let answers = there.map_or(answering, own);
            let on = has(answers.person) || answers.instead_of.is_some_and(has);
            judged.push((desk.post, unit, Ok(answers), on, duty.map(|duty| (duty.exclusive, duty.empty))));
        }
        let manned: Vec<UnitIx> = judged.iter().filter(|(.., on, _)| *on).filter_map(|(_, unit, ..)| *unit).collect();
        let mut best: Option<((bool, Rank, u32, PostIx), Found)> = None;
        for (post, unit, looked, on, duty) in judged {
            let (exclusive, empty) = duty.unwrap_or_default();
            let keeps_off = exclusive && !on && (empty || unit.is_some_and(|unit| manned.contains(&unit)));
            match looked {
                Err(verdict) => self.passed.push(Passed { rung, post: Some(post), kind, verdict }),
                Ok(_) if keeps_off => {
                    self.passed.push(Passed { rung, post: Some(post), kind, verdict: Verdict::OffDuty });
                }
                Ok(answering) => {
                    let key = (!on, answering.rank, self.loads.of(self.world, answering.person), post);
                    if best.is_none_or(|(known, _)| key < known) {
                        best = Some((key, answering.found(post, rung)));
                    }
                }
            }
        }
        best.map(|(_, found)| found)
    }

    /// Whether a holder of a post is there and may have it.
    fn can(&self, post: PostIx, person: PersonIx) -> bool {
        let Question { matter, at, .. } = *self.question;
        !self.exclusions.people.contains(&person)
            && !self.recusal.keeps_from_on(self.world, post, person, at)
            && self.world.absence(person, Some(matter), at).is_none()
    }

    fn look(&self, desk: &Desk, kind: PostKind, mandate: bool) -> Result<Answering, Verdict> {
        let (post, at) = (desk.post, self.question.at);
        if mandate && !self.world.kind_may_resolve(kind, post, self.question.matter, at) {
            return Err(Verdict::NoMandate);
        }
        if self.exclusions.overruled.contains(&post) {
            return Err(Verdict::Overruled);
        }
        if self.exclusions.held.contains(&post) {
            return Err(Verdict::AlreadyHeld);
        }
        let of = (post, Some(self.question.matter), at);
        let answering = match self.world.only_holding(desk) {
            Some(held) => stand_in_among(self.world, of, self.away, Some(held).into_iter(), self.recusal)?,
            None => stand_in_among(self.world, of, self.away, self.world.holdings_of(post), self.recusal)?,
        };
        if self.exclusions.people.contains(&answering.person) { Err(Verdict::AlreadyHeld) } else { Ok(answering) }
    }
}

/// The rungs of a case's ladder that a place has a territory for, from the lowest up.
#[must_use]
pub fn rungs_at<'a>(world: &'a World, question: &Question) -> Vec<(&'a Rung, UnitIx)> {
    let above = Above::of(world, question.place, question.at);
    let rungs = world.rungs(question.matter, question.ladder_at);
    rungs.filter_map(|rung| Some((rung, above.at(rung.tier)?))).collect()
}

/// The people whose open work decides between equals on some rung of this question; mostly none,
/// so that mostly nothing has to be counted.
#[must_use]
pub fn contenders(world: &World, question: &Question) -> Vec<PersonCode> {
    let mut people = Vec::new();
    let nobody = Recusal::default();
    let mut rival = |territory: UnitIx, kind: PostKind, mandate: bool| {
        let desks = world.desks_with_holder(territory, kind, question.at);
        let mut holders: Vec<PersonIx> = Vec::new();
        for desk in desks.filter(|d| !mandate || world.may_resolve(d.post, question.matter, question.at)) {
            let answering = stand_in(world, desk.post, Some(question.matter), question.at, &nobody);
            holders.extend(answering.ok().map(|a| a.person));
            if desk.rostered {
                holders.extend(world.holders(desk.post, question.at).map(|held| held.person));
            }
        }
        if holders.len() > 1 {
            people.extend(holders.into_iter().filter_map(|p| world.person_code(p)).cloned());
        }
    };
    for (rung, territory) in rungs_at(world, question) {
        rival(territory, rung.kind, true);
    }
    let above = Above::of(world, question.place, question.at);
    for territory in above.0.iter().flatten() {
        for kind in TAKERS {
            rival(*territory, kind, false);
        }
    }
    people.sort_unstable();
    people.dedup();
    people
}

/// One link of the chain of people above a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The territory.
    pub territory: UnitIx,
    /// A post there, on the territory itself or on a unit that serves it.
    pub post: PostIx,
    /// Who answers for it; none when it is vacant, or nobody stands in for who is absent.
    pub person: Option<PersonIx>,
}

/// Everybody above a place, from the household up: each post of each territory on the way, in the
/// order of territory, seniority and code.
#[must_use]
pub fn chain(world: &World, place: UnitIx, at: Instant) -> Vec<Link> {
    let nobody = Recusal::default();
    let mut links = Vec::new();
    for territory in world.tree().upward(place, at) {
        let mut here: Vec<(PostIx, PostKind)> = world.all_desks(territory, at).collect();
        here.sort_by_key(|(post, kind)| (kind.seniority(), *post));
        links.extend(here.into_iter().map(|(post, _)| Link {
            territory,
            post,
            person: stand_in(world, post, None, at, &nobody).ok().map(|answering| answering.person),
        }));
    }
    links
}

/// The functional unit of a kind that serves the place, nearest first.
#[must_use]
pub fn nearest_serving(world: &World, place: UnitIx, kind: UnitKind, at: Instant) -> Option<UnitIx> {
    world
        .tree()
        .upward(place, at)
        .find_map(|territory| world.serving(territory, at).find(|unit| world.tree().kind(*unit) == Some(kind)))
}

/// The posts of some kind above the place, nearest first: where to look for a supervisor.
pub fn nearest(world: &World, place: UnitIx, kind: PostKind, at: Instant) -> Vec<PostIx> {
    world.tree().upward(place, at).flat_map(|territory| world.desks(territory, kind, at)).collect()
}

/// The codes of a list of posts.
#[must_use]
pub fn post_codes(world: &World, posts: &[PostIx]) -> Vec<PostCode> {
    posts.iter().filter_map(|p| world.post_code(*p)).cloned().collect()
}
