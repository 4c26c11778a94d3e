//! What only the dispatcher would take, at an instant and over a stretch of time.
//!
//! Over a stretch nothing is asked twice: a day on which a contact goes on leave changes the answers of a few
//! households, and only those are asked again. Of rosters only those matter that are exclusive and leave a shift to
//! nobody on purpose: else who is off duty answers where nobody on duty can.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::Serialize;

use crate::rules::{
    instant::{Instant, Span},
    post::PostKind,
    routing::{Exclusions, Loads, Question, Recusal, TAKERS, route, stand_in},
    tier::Tier,
    tree::UnitIx,
    world::{MatterIx, PostIx, Register, World},
};

/// A matter that nobody on the ladder may resolve at some places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Uncovered {
    /// The matter's code.
    pub matter: String,
    /// How many households only the dispatcher would take it for.
    pub households: usize,
    /// The first of them by code.
    pub first: String,
    /// Whether not even a dispatcher takes it there.
    pub nobody: bool,
}

/// A stretch of time in which the same is uncovered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stretch {
    /// From when on.
    pub from: Instant,
    /// The first instant at which it is otherwise.
    pub to: Instant,
    /// What only the dispatcher would take, in the order of matters.
    pub uncovered: Vec<Uncovered>,
}

/// What only the dispatcher would take at every instant of a stretch of time, for every household and every matter
/// offered then. The stretches follow on each other without a gap.
#[must_use]
pub fn coverage_between(world: &World, from: Instant, to: Instant) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    if from >= to {
        return stretches;
    }
    let mut survey = Survey::of(world, from);
    stretches.push(Stretch { from, to, uncovered: survey.uncovered() });
    for (at, change) in changes(world, from, to) {
        match change {
            Change::Everything => survey = Survey::of(world, at),
            Change::Posts(posts) => survey.go_to(at, &posts),
        }
        let uncovered = survey.uncovered();
        match stretches.last_mut() {
            Some(last) if last.uncovered == uncovered => {}
            Some(last) => {
                last.to = at;
                stretches.push(Stretch { from: at, to, uncovered });
            }
            None => {}
        }
    }
    stretches
}

/// What an instant changes.
enum Change {
    /// Units, posts, mandates, ladders or matters begin or end.
    Everything,
    /// Whether somebody answers for these posts.
    Posts(Vec<PostIx>),
}

/// The instants of a stretch at which something begins or ends that decides who answers, with what that is.
fn changes(world: &World, from: Instant, to: Instant) -> Vec<(Instant, Change)> {
    let within = |at: &Instant| *at > from && *at < to;
    let ends = |span: &Span| [span.from, span.to];
    let rows: &Register = world.register();
    let mut all: BTreeSet<Instant> = BTreeSet::new();
    all.extend(rows.units.iter().flat_map(|row| ends(&row.span)).filter(within));
    all.extend(rows.posts.iter().flat_map(|row| ends(&row.span)).filter(within));
    all.extend(rows.mandates.iter().flat_map(|row| ends(&row.span)).filter(within));
    all.extend(rows.ladders.iter().flat_map(|row| ends(&row.span)).filter(within));
    all.extend(rows.matters.iter().flat_map(|row| ends(&row.span)).filter(within));
    let mut hands: BTreeSet<Instant> = rows.holdings.iter().flat_map(|row| ends(&row.span)).filter(within).collect();
    hands.extend(world.absences().all().iter().flat_map(|row| ends(&row.holds())).filter(within));
    let mut changes: Vec<(Instant, Change)> = all.iter().map(|at| (*at, Change::Everything)).collect();
    let empty = left_empty(world, Span { from, to });
    hands.extend(empty.iter().map(|(at, ..)| *at).filter(within));
    changes.extend(hands.difference(&all).map(|at| {
        let mut posts = changing(world, *at);
        let places = empty.iter().filter(|(of, ..)| of == at);
        posts.extend(places.flat_map(|(_, unit, kind)| world.posts_of_kind(*unit, *kind)));
        (*at, Change::Posts(posts))
    }));
    changes.sort_by_key(|(at, _)| *at);
    changes
}

/// When shifts begin and end that exclusive rosters leave to nobody on purpose, and where.
fn left_empty(world: &World, during: Span) -> Vec<(Instant, UnitIx, PostKind)> {
    let exclusive = world.register().rosters.iter().filter(|row| row.exclusive);
    let units: BTreeSet<UnitIx> = exclusive.filter_map(|row| world.find_unit(row.unit.as_str())).collect();
    let places =
        units.into_iter().flat_map(|unit| world.rostered_kinds(unit).into_iter().map(move |kind| (unit, kind)));
    let mut found = Vec::new();
    for (unit, kind) in places {
        let stints = world.duty_roster(unit, kind, during);
        for stint in stints.iter().filter(|stint| stint.on_duty.exclusive && stint.on_duty.empty) {
            found.extend([(stint.span.from, unit, kind), (stint.span.to, unit, kind)]);
        }
    }
    found
}

/// The posts for which it may change at that instant whether somebody answers.
fn changing(world: &World, at: Instant) -> Vec<PostIx> {
    let turns = |span: &Span| span.from == at || span.to == at;
    let before = Instant(at.0.saturating_sub(1));
    let rows = world.register();
    let held = rows.holdings.iter().filter(|row| turns(&row.span));
    let mut posts: BTreeSet<PostIx> = held.clone().filter_map(|row| world.find_post(row.post.as_str())).collect();
    let away = world.absences().all().iter().filter(|row| turns(&row.holds())).map(|row| &row.person);
    // Who takes or leaves a post may come to stand in for others, or cease to.
    for person in held.map(|row| &row.person).chain(away) {
        for instant in [before, at] {
            let hanging = world.posts_hanging_on(person, instant);
            posts.extend(hanging.iter().filter_map(|code| world.find_post(code.as_str())));
        }
    }
    posts.into_iter().collect()
}

/// Whether somebody answers for a post.
pub(super) fn answers(world: &World, post: PostIx, matter: Option<MatterIx>, at: Instant) -> bool {
    stand_in(world, post, matter, at, &Recusal::default()).is_ok()
}

/// Whether a rung answers a household, or only somebody beyond the ladder, or nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Answer {
    unrouted: bool,
    nobody: bool,
}

/// Every household and every matter at an instant, with the answers that are known.
///
/// A household's answer can differ from its neighbours' only through posts on the household itself, so that those
/// with the same parent share one, which is asked for one of them.
pub(super) struct Survey<'w> {
    world: &'w World,
    at: Instant,
    households: Vec<(UnitIx, Option<UnitIx>)>,
    matters: Vec<MatterIx>,
    /// Who shares an answer, by parent.
    neighbours: HashMap<UnitIx, Vec<UnitIx>>,
    /// The answers that are shared, by parent.
    shared: HashMap<MatterIx, HashMap<UnitIx, Answer>>,
    /// The households that a post of their own answers, by matter.
    own: HashMap<MatterIx, HashSet<UnitIx>>,
    /// What is uncovered, by matter; none where that has to be counted.
    holes: HashMap<MatterIx, Option<Uncovered>>,
}

impl<'w> Survey<'w> {
    pub(super) fn of(world: &'w World, at: Instant) -> Self {
        let tree = world.tree();
        let households = tree.all().filter(|u| tree.tier(*u) == Some(Tier::Household) && tree.exists(*u, at));
        let households: Vec<(UnitIx, Option<UnitIx>)> = households.map(|u| (u, tree.parent(u, at))).collect();
        let mut neighbours: HashMap<UnitIx, Vec<UnitIx>> = HashMap::new();
        for (household, parent) in &households {
            if let Some(parent) = parent {
                neighbours.entry(*parent).or_default().push(*household);
            }
        }
        let matters = world.matters().filter(|m| world.matter(*m).is_some_and(|m| m.span.contains(at))).collect();
        let (shared, own, holes) = (HashMap::new(), HashMap::new(), HashMap::new());
        let mut survey = Self { world, at, households, neighbours, matters, shared, own, holes };
        for matter in survey.matters.clone() {
            let kinds = survey.own_kinds(matter);
            if !kinds.is_empty() {
                let answered =
                    survey.households.iter().map(|(u, _)| *u).filter(|u| survey.answers_itself(*u, matter, &kinds));
                let answered = answered.collect();
                survey.own.insert(matter, answered);
            }
        }
        survey
    }

    /// The kinds of posts on a household that climb with a matter.
    fn own_kinds(&self, matter: MatterIx) -> Vec<PostKind> {
        self.world.rungs(matter, self.at).filter(|rung| rung.tier == Tier::Household).map(|rung| rung.kind).collect()
    }

    /// Whether a post on the household itself answers: one that may resolve the matter and is held.
    fn answers_itself(&self, household: UnitIx, matter: MatterIx, kinds: &[PostKind]) -> bool {
        let Self { world, at, .. } = *self;
        kinds.iter().any(|kind| {
            let mut desks = world.desks(household, *kind, at);
            desks.any(|post| world.may_resolve(post, matter, at) && answers(world, post, Some(matter), at))
        })
    }

    fn ask(&self, household: UnitIx, matter: MatterIx) -> Answer {
        let question = Question::new(household, matter, self.at);
        let route = route(self.world, &question, &Exclusions::default(), &Loads::default());
        Answer { unrouted: route.is_unrouted(), nobody: route.found.is_none() }
    }

    /// Goes on to a later instant, at which nothing else changed than whether somebody answers for these posts.
    fn go_to(&mut self, at: Instant, posts: &[PostIx]) {
        self.at = at;
        let Self { world, .. } = *self;
        for post in posts {
            let Some(kind) = world.post_kind(*post) else { continue };
            let Some(territory) = world.post_unit(*post).and_then(|unit| world.tree().territory(unit, at)) else {
                continue;
            };
            let taker = TAKERS.contains(&kind);
            let climbs = |matter: &MatterIx| taker || world.rungs(*matter, at).any(|rung| rung.kind == kind);
            let alone = world.tree().tier(territory) == Some(Tier::Household);
            let parents = self.neighbours.keys().copied();
            let below: Vec<UnitIx> =
                parents.filter(|parent| !alone && world.tree().is_within(*parent, territory, at)).collect();
            for matter in self.matters.clone().into_iter().filter(climbs) {
                if alone {
                    self.ask_household_again(territory, matter);
                } else {
                    self.ask_below_again(&below, matter);
                }
            }
        }
        // Those without a parent are asked one by one, each time they are counted.
        if self.households.iter().any(|(_, parent)| parent.is_none()) {
            self.holes.clear();
        }
    }

    fn ask_household_again(&mut self, household: UnitIx, matter: MatterIx) {
        let kinds = self.own_kinds(matter);
        let answers = self.answers_itself(household, matter, &kinds);
        let own = self.own.entry(matter).or_default();
        let changed = if answers { own.insert(household) } else { own.remove(&household) };
        if changed {
            self.holes.remove(&matter);
        }
    }

    /// The shared answers below a territory again; where they come out the same, nothing has to be counted.
    fn ask_below_again(&mut self, below: &[UnitIx], matter: MatterIx) {
        for parent in below {
            let own = self.own.get(&matter);
            let mut sharing = self.neighbours.get(parent).into_iter().flatten();
            let one = sharing.find(|household| own.is_none_or(|own| !own.contains(household))).copied();
            let is = one.map(|household| self.ask(household, matter));
            let known = self.shared.entry(matter).or_default();
            let was = match is {
                Some(is) => known.insert(*parent, is),
                None => known.remove(parent),
            };
            if was != is {
                self.holes.remove(&matter);
            }
        }
    }

    /// What only somebody beyond the ladder would take, in the order of matters.
    pub(super) fn uncovered(&mut self) -> Vec<Uncovered> {
        let mut found = Vec::new();
        for matter in self.matters.clone() {
            if !self.holes.contains_key(&matter) {
                let hole = self.count(matter);
                self.holes.insert(matter, hole);
            }
            found.extend(self.holes.get(&matter).cloned().flatten());
        }
        found
    }

    fn count(&mut self, matter: MatterIx) -> Option<Uncovered> {
        let mut hole = Uncovered { matter: String::new(), households: 0, first: String::new(), nobody: false };
        for place in 0..self.households.len() {
            let Some((household, parent)) = self.households.get(place).copied() else { break };
            if self.own.get(&matter).is_some_and(|own| own.contains(&household)) {
                continue;
            }
            let answer = match parent.and_then(|parent| self.shared.get(&matter)?.get(&parent)) {
                Some(known) => *known,
                None => {
                    let answer = self.ask(household, matter);
                    self.shared.entry(matter).or_default().extend(parent.map(|parent| (parent, answer)));
                    answer
                }
            };
            if answer.unrouted {
                if hole.households == 0 {
                    hole.first = self.world.tree().code(household).to_owned();
                    hole.nobody = answer.nobody;
                }
                hole.households += 1;
            }
        }
        if hole.households == 0 {
            return None;
        }
        hole.matter = self.world.matter_code(matter).map(ToString::to_string).unwrap_or_default();
        Some(hole)
    }
}
