//! Where the duty rosters leave somebody alone in the weeks ahead.

use serde::Serialize;

use crate::rules::{
    id::{PersonCode, RosterCode},
    instant::{Instant, Span},
    post::PostKind,
    roster::{Quality, Shift, Stint},
    routing::{Recusal, stand_in},
    tier::words,
    tree::UnitIx,
    world::{PostIx, World},
};

/// So many days ahead places with nobody on duty are looked for: long enough to arrange somebody, and short
/// enough that absences are known.
pub const GAP_DAYS: i64 = 28;

/// So many days ahead rotas are judged: a quarter, in which everybody should have had a like share.
pub const QUALITY_DAYS: i64 = 91;

words! {
    /// Why nobody is on duty.
    pub enum GapReason {
        /// The order says so.
        OnPurpose = "按计划空岗",
        /// Who was to be was sent away and nobody was put there.
        Removed = "已撤下无人顶班",
        /// Everybody on duty is absent and nobody stands in.
        Absent = "当班人不在岗且无人替岗",
    }
}

/// Stretches of time in which a shift of a roster runs and nobody is there, all of one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DutyGap {
    /// The roster's code.
    pub roster: String,
    /// Why nobody is there.
    pub why: GapReason,
    /// How many there are within [`GAP_DAYS`].
    pub count: usize,
    /// When the first of them begins.
    pub first: Instant,
}

/// Somebody whose turn it is and who holds none of the posts that the roster decides among: nobody is on duty then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stranger {
    /// The roster's code.
    pub roster: String,
    /// The person's code.
    pub person: String,
    /// From when on, within [`GAP_DAYS`].
    pub first: Instant,
}

/// A roster whose rota loses points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FlawedRota {
    /// The roster's code.
    pub roster: String,
    /// 0 to 99.
    pub score: u8,
    /// Why, with the arithmetic.
    pub reasons: Vec<String>,
}

/// What the rosters leave open. In the order of codes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DutyCoverage {
    /// Places with nobody.
    pub gaps: Vec<DutyGap>,
    /// People on duty who hold no such post.
    pub strangers: Vec<Stranger>,
    /// Rotas that lose points within [`QUALITY_DAYS`].
    pub flawed: Vec<FlawedRota>,
}

/// Looks at every roster from an instant on.
#[must_use]
pub fn duty_coverage(world: &World, at: Instant) -> DutyCoverage {
    let mut found = DutyCoverage::default();
    let mut rosters: Vec<&RosterCode> =
        world.rosters().rows().filter(|row| row.span.to > at).map(|r| &r.code).collect();
    rosters.dedup();
    let ahead = Span { from: at, to: at.plus_days(GAP_DAYS) };
    for code in rosters {
        let Some(row) = world.rosters().roster_from(code, at) else { continue };
        let Some(unit) = world.find_unit(row.unit.as_str()) else { continue };
        let looked = Looked { world, code, unit, posts: row.posts };
        let stints = world.duty_roster(unit, row.posts, ahead);
        looked.gaps(&stints, &world.rosters().shifts(code, ahead), &mut found.gaps);
        looked.strangers(&stints, &world.rosters().shifts(code, ahead), &mut found.strangers);
        let Quality { score, reasons } = world.rota_quality(code, Span { from: at, to: at.plus_days(QUALITY_DAYS) });
        if score < 100 {
            let reasons = reasons.into_iter().map(|reason| reason.what).collect();
            found.flawed.push(FlawedRota { roster: code.to_string(), score, reasons });
        }
    }
    found
}

/// When the shifts of a roster begin to have nobody in a stretch of time, though somebody should be there; only of an
/// exclusive roster, for else the work goes to the other holders of the posts. Whoever is on duty and holds none of the
/// posts is nobody: nothing would come to them.
#[must_use]
pub fn empty_shifts(world: &World, code: &RosterCode, (unit, posts): (UnitIx, PostKind), during: Span) -> Vec<Instant> {
    let row = world.rosters().roster_from(code, during.from).filter(|row| row.exclusive && row.posts == posts);
    if row.is_none() {
        return Vec::new();
    }
    let looked = Looked { world, code, unit, posts };
    let during = Span { to: during.to.min(during.from.plus_days(QUALITY_DAYS)), ..during };
    let shifts = world.rosters().shifts(code, during);
    let stints = world.duty_roster(unit, posts, during);
    let empty = |stint: &Stint<'_>| {
        let shift = shifts.iter().find(|shift| shift.span.contains(stint.span.from))?;
        match looked.gap(stint, shift) {
            Some((_, GapReason::OnPurpose)) => None,
            Some((begins, GapReason::Removed | GapReason::Absent)) => Some(begins),
            None => looked.only_strangers(stint).then_some(stint.span.from),
        }
    };
    stints.iter().filter_map(empty).collect()
}

/// One roster.
struct Looked<'w> {
    world: &'w World,
    code: &'w RosterCode,
    unit: UnitIx,
    posts: PostKind,
}

impl Looked<'_> {
    fn gaps(&self, stints: &[Stint<'_>], shifts: &[Shift<'_>], found: &mut Vec<DutyGap>) {
        for stint in stints {
            let running = shifts.iter().find(|shift| shift.span.contains(stint.span.from));
            let Some((first, why)) = running.and_then(|shift| self.gap(stint, shift)) else { continue };
            match found.iter_mut().rev().find(|gap| gap.roster == self.code.as_str() && gap.why == why) {
                Some(gap) => gap.count += 1,
                None => found.push(DutyGap { roster: self.code.to_string(), why, count: 1, first }),
            }
        }
    }

    /// Whether nobody is there for some of it: from when on, and why.
    fn gap(&self, stint: &Stint<'_>, shift: &Shift<'_>) -> Option<(Instant, GapReason)> {
        let own = stint.on_duty.people.iter().filter(|duty| duty.roster.code == *self.code);
        let people: Vec<&PersonCode> = own.map(|duty| duty.person).collect();
        if people.is_empty() {
            let (from, mut planned) = (stint.span.from, shift.places.iter().flatten().peekable());
            if planned.peek().is_none() {
                return Some((from, GapReason::OnPurpose));
            }
            // Whoever has left the post is named as such.
            return planned.any(|person| self.holds(person, from)).then_some((from, GapReason::Removed));
        }
        let changes = self.world.absences().changing(stint.span.from, stint.span.to).map(|(at, _)| at);
        let mut looked = std::iter::once(stint.span.from).chain(changes.filter(|at| *at < stint.span.to));
        let empty = looked.find(|at| !people.iter().any(|person| self.is_there(person, *at)));
        empty.map(|at| (at, GapReason::Absent))
    }

    /// Whether the person is there, or somebody answers in their stead on a post that the roster decides among:
    /// then that one is on duty.
    fn is_there(&self, person: &PersonCode, at: Instant) -> bool {
        let Some(ix) = self.world.find_person(person.as_str()) else { return false };
        self.world.absence(ix, None, at).is_none() || {
            let stood_in = |post| stand_in(self.world, post, None, at, &Recusal::default());
            let held = self.world.held_by(ix, at).filter(|held| self.is_here(held.post, at));
            held.map(|held| stood_in(held.post)).any(|found| found.is_ok_and(|a| a.instead_of == Some(ix)))
        }
    }

    fn is_here(&self, post: PostIx, at: Instant) -> bool {
        let of = (self.world.post_unit(post), self.world.post_kind(post));
        of == (Some(self.unit), Some(self.posts)) && self.world.post_exists(post, at)
    }

    /// Whether nobody on duty holds one of the posts: then nothing would come to anybody.
    fn only_strangers(&self, stint: &Stint<'_>) -> bool {
        let mut own = stint.on_duty.people.iter().filter(|duty| duty.roster.code == *self.code);
        own.all(|duty| !self.holds(duty.person, stint.span.from))
    }

    /// Whether the person holds one of the posts at that instant.
    fn holds(&self, person: &PersonCode, at: Instant) -> bool {
        let ix = self.world.find_person(person.as_str());
        ix.is_some_and(|ix| self.world.held_by(ix, at).any(|held| self.is_here(held.post, at)))
    }

    /// Those whose turn it is and who hold no such post, so that nobody comes; not where another was put there.
    fn strangers(&self, stints: &[Stint<'_>], shifts: &[Shift<'_>], found: &mut Vec<Stranger>) {
        for stint in stints {
            let first = stint.span.from;
            let Some(running) = shifts.iter().find(|shift| shift.span.contains(first)) else { continue };
            let replaced =
                |person: &PersonCode| stint.on_duty.overrides.iter().any(|o| o.change.goes() == Some(person));
            for person in running.places.iter().copied().flatten() {
                let known = |one: &Stranger| one.roster == self.code.as_str() && one.person == person.as_str();
                if !self.holds(person, first) && !replaced(person) && !found.iter().any(known) {
                    found.push(Stranger { roster: self.code.to_string(), person: person.to_string(), first });
                }
            }
        }
    }
}
