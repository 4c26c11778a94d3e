//! The world: an immutable, compiled snapshot of the register with a version.
//!
//! Every question about who, where and what may is answered here, for any instant: the facts are
//! dated, and what was true then stays readable.

mod absences;
mod calendars;
pub mod check;
mod dates;
mod desks;
pub mod ground;
mod limits;
mod lists;
pub mod problem;
pub mod register;
mod rosters;
mod rota;

use std::{collections::HashMap, sync::OnceLock};

use super::{
    absence::Absences,
    calendar::Calendars,
    id::{LadderCode, MatterCode, PersonCode, PostCode},
    instant::{Instant, Span, Zone},
    matter::{Mandated, Matter, Power, Rung},
    post::{Holding, Person, Post, PostKind, Rank},
    tier::UnitKind,
    tree::{Tree, UnitIx},
};
use calendars::KeptCalendars;
pub(crate) use desks::Desk;
use desks::Desks;
use limits::KeptLimits;
use lists::{Lists, Spans, count};
pub use problem::{Problem, Table};
pub use register::Register;
use rosters::KeptRosters;
pub use rota::Proposed;

/// How many rungs a ladder has at most. The tiers are nine; the bound leaves room for several kinds
/// of posts at each and keeps the numbers above it free for the posts that take what no rung answers.
pub const MAX_RUNGS: u8 = 100;

macro_rules! indexes {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        /// Its place in the order of codes; not stable between worlds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);
    )*};
}

indexes! {
    /// A post of one world.
    PostIx
    /// A person of one world.
    PersonIx
    /// A matter of one world.
    MatterIx
}

/// One holding, compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which post.
    pub post: PostIx,
    /// By whom.
    pub person: PersonIx,
    /// As what.
    pub rank: Rank,
    /// From when to when.
    pub span: Span,
}

/// A holding as found at its post (the other is the person) or at its person (the other is the post).
#[derive(Clone, Copy, Debug)]
struct HeldEntry {
    other: u32,
    span: u32,
    rank: Rank,
}

#[derive(Clone, Debug)]
struct PostEntry {
    unit: UnitIx,
    row: u32,
    span: u32,
    kind: PostKind,
}

#[derive(Clone, Debug)]
struct MatterEntry {
    row: u32,
    ladder: u32,
    /// The kinds that may resolve it at some time: most posts are told apart by this alone.
    kinds: u32,
    by_kind: Vec<(PostKind, Power, Span)>,
    by_post: Vec<(PostIx, Power, Span)>,
}

/// The compiled register. Cheap to ask, dear to build; share it behind an `Arc`.
#[derive(Clone, Debug)]
pub struct World {
    version: u64,
    zone: Zone,
    /// The rows but for the units, which the tree holds.
    rows: Register,
    /// All rows, put together when somebody wants them: mostly a change of the register.
    whole: OnceLock<Register>,
    tree: Tree,
    spans: Spans,
    posts: Vec<PostEntry>,
    people: Vec<u32>,
    matters: Vec<MatterEntry>,
    ladders: Vec<(LadderCode, Vec<Rung>)>,
    desks: Desks,
    held_by_post: Lists<HeldEntry>,
    held_by_person: Lists<HeldEntry>,
    serving: HashMap<UnitIx, Vec<UnitIx>>,
    calendars: KeptCalendars,
    limits: KeptLimits,
    absences: Absences,
    /// Who is ever absent, in order.
    absentees: Vec<PersonIx>,
    rosters: KeptRosters,
    /// When the shifts begin that are offered and that nobody took, in order.
    lapses: Vec<Instant>,
}

impl World {
    /// Compiles the register.
    ///
    /// # Errors
    /// Every problem of the register, in the order of files and rows.
    pub fn build(register: Register, version: u64, zone: Zone) -> Result<Self, Vec<Problem>> {
        Self::build_with(register, version, zone, (None, None))
    }

    /// Compiles the register that follows on this one; what did not change is shared where it is dear.
    ///
    /// # Errors
    /// As [`World::build`].
    pub fn next(&self, register: Register) -> Result<Self, Vec<Problem>> {
        let same = self.rows.calendar_rows() == register.calendar_rows();
        let calendars = same.then(|| self.calendars().clone());
        // Which days are of duty hangs on the calendars and on where units stand, and on nothing else.
        let still = same && self.rows.rosters == register.rosters;
        let rosters = (still && self.register().units == register.units).then(|| self.rosters.clone());
        Self::build_with(register, self.version + 1, self.zone.clone(), (calendars, rosters))
    }

    fn build_with(
        register: Register,
        version: u64,
        zone: Zone,
        (calendars, rosters): (Option<Calendars>, Option<KeptRosters>),
    ) -> Result<Self, Vec<Problem>> {
        let problems = check::problems(&register);
        if !problems.is_empty() {
            return Err(problems);
        }
        let calendars = calendars.map_or_else(|| Calendars::build(register.calendar_rows()), Ok);
        match (Tree::build(&register.units), calendars) {
            (Ok(tree), Ok(calendars)) => Ok(Self::compile(register, tree, (calendars, rosters), version, zone)),
            _ => Err(check::problems(&register)),
        }
    }

    fn compile(
        mut register: Register,
        tree: Tree,
        (calendars, kept): (Calendars, Option<KeptRosters>),
        version: u64,
        zone: Zone,
    ) -> Self {
        let calendars = KeptCalendars::new(calendars, &register.unit_calendars, &tree);
        register.units = Vec::new();
        let known_duties = kept.is_some();
        let rosters = kept.unwrap_or_else(|| KeptRosters::none(&zone));
        let (mut spans, mut known) = (Spans::default(), HashMap::new());
        let order = |n: usize| -> Vec<u32> { (0..count(n)).collect() };
        let mut people = order(register.people.len());
        people.sort_by_key(|i| register.people.get(*i as usize).map(|p| &p.code));

        let mut post_rows = order(register.posts.len());
        post_rows.sort_by_key(|i| register.posts.get(*i as usize).map(|p| &p.code));
        let posts: Vec<PostEntry> = post_rows
            .iter()
            .filter_map(|row| {
                let post = register.posts.get(*row as usize)?;
                let unit = tree.find(post.unit.as_str())?;
                let span = spans.number(&mut known, post.span);
                Some(PostEntry { unit, row: *row, span, kind: post.kind })
            })
            .collect();
        let mut ladders: Vec<(LadderCode, Vec<Rung>)> = Vec::new();
        let mut rungs = register.ladders.clone();
        rungs.sort_by(|a, b| (&a.ladder, a.no).cmp(&(&b.ladder, b.no)));
        for rung in rungs {
            match ladders.last_mut() {
                Some((code, rungs)) if *code == rung.ladder => rungs.push(rung),
                _ => ladders.push((rung.ladder.clone(), vec![rung])),
            }
        }

        let mut world = Self {
            version,
            zone,
            rows: register,
            whole: OnceLock::new(),
            tree,
            spans,
            posts,
            people,
            matters: Vec::new(),
            ladders,
            desks: Desks::default(),
            held_by_post: Lists::default(),
            held_by_person: Lists::default(),
            serving: HashMap::new(),
            calendars,
            limits: KeptLimits::default(),
            absences: Absences::default(),
            absentees: Vec::new(),
            rosters,
            lapses: Vec::new(),
        };
        world.compile_absences();
        if !known_duties {
            world.compile_rosters();
        }
        world.compile_overrides();
        world.compile_lapses();
        world.compile_holdings(&mut known);
        world.compile_desks();
        world.compile_matters();
        world.compile_limits();
        world
    }

    fn compile_desks(&mut self) {
        let mut pairs = Vec::with_capacity(self.posts.len());
        for (post, entry) in (0..).map(PostIx).zip(&self.posts) {
            let territories = self.tree.territories_ever(entry.unit);
            let fixed = territories.len() == 1;
            let only = match self.held_by_post.of(post.0) {
                [one] => Some((one.other, one.span, one.rank)),
                _ => None,
            };
            let rostered = self.is_rostered(post);
            let desk = Desk { post, span: entry.span, only, kind: entry.kind, fixed, rostered, neighbour: 0 };
            pairs.extend(territories.into_iter().map(|territory| (territory, desk)));
        }
        self.desks = Desks::build(self.tree.len(), pairs);
        for unit in self.tree.all().filter(|u| self.tree.kind(*u).is_some_and(UnitKind::is_functional)) {
            for territory in self.tree.territories_ever(unit) {
                self.serving.entry(territory).or_default().push(unit);
            }
        }
    }

    fn compile_holdings(&mut self, known: &mut HashMap<Span, u32>) {
        let mut spans = std::mem::take(&mut self.spans);
        let held = self.rows.holdings.iter().filter_map(|h| {
            let post = self.find_post(h.post.as_str())?;
            let person = self.find_person(h.person.as_str())?;
            Some((post, person, h.rank, spans.number(known, h.span), h.span.from))
        });
        let mut held: Vec<_> = held.collect();
        // Among substitutes of one post the one with the smallest code stands in: the same every time.
        held.sort_by_key(|(_, person, rank, _, from)| (*rank, *person, *from));
        let by_post = held
            .iter()
            .map(|(post, person, rank, span, _)| (post.0, HeldEntry { other: person.0, span: *span, rank: *rank }));
        self.held_by_post = Lists::build(self.posts.len(), by_post.collect());
        let by_person = held
            .iter()
            .map(|(post, person, rank, span, _)| (person.0, HeldEntry { other: post.0, span: *span, rank: *rank }));
        self.held_by_person = Lists::build(self.people.len(), by_person.collect());
        self.spans = spans;
    }

    fn compile_matters(&mut self) {
        let mut rows: Vec<u32> = (0..count(self.rows.matters.len())).collect();
        rows.sort_by_key(|i| self.rows.matters.get(*i as usize).map(|m| &m.code));
        self.matters = rows
            .into_iter()
            .filter_map(|row| {
                let matter = self.rows.matters.get(row as usize)?;
                let ladder = self.ladders.binary_search_by(|(code, _)| code.cmp(&matter.ladder)).ok()?;
                Some(MatterEntry { row, ladder: count(ladder), kinds: 0, by_kind: Vec::new(), by_post: Vec::new() })
            })
            .collect();
        let mandates = std::mem::take(&mut self.rows.mandates);
        for mandate in &mandates {
            let Some(MatterIx(matter)) = self.find_matter(mandate.matter.as_str()) else { continue };
            let post = match &mandate.to {
                Mandated::Post(post) => self.find_post(post.as_str()),
                Mandated::Kind(_) => None,
            };
            let Some(entry) = self.matters.get_mut(matter as usize) else { continue };
            match (&mandate.to, post) {
                (Mandated::Kind(kind), _) => {
                    if mandate.power == Power::Resolve {
                        entry.kinds |= kind.bit();
                    }
                    entry.by_kind.push((*kind, mandate.power, mandate.span));
                }
                (Mandated::Post(_), Some(post)) => entry.by_post.push((post, mandate.power, mandate.span)),
                (Mandated::Post(_), None) => {}
            }
        }
        self.rows.mandates = mandates;
        for entry in &mut self.matters {
            entry.by_post.sort_by_key(|(post, _, span)| (*post, span.from));
        }
    }

    /// Counts the changes of the register: a greater number is later.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The zone in which dates are meant.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The rows this world was built from, the units in the order of codes and dates. Dear the first
    /// time: for changing the register, not for asking.
    #[must_use]
    pub fn register(&self) -> &Register {
        self.whole.get_or_init(|| Register { units: self.tree.rows(), ..self.rows.clone() })
    }

    /// Bytes held for units, posts, people and holdings together, without what the allocator adds.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let Register { people, posts, holdings, .. } = &self.rows;
        let texts = |texts: [usize; 3]| texts.iter().sum::<usize>();
        // A code has two counters before its text; a post and its unit, a holding and its post share theirs.
        let counters = 2 * size_of::<usize>();
        people
            .iter()
            .map(|p| texts([counters + p.code.as_str().len(), p.name.capacity(), p.phone.capacity()]))
            .sum::<usize>()
            + posts.iter().map(|p| texts([counters + p.code.as_str().len(), p.name.capacity(), 0])).sum::<usize>()
            + people.capacity() * size_of::<Person>()
            + posts.capacity() * size_of::<Post>()
            + holdings.capacity() * size_of::<Holding>()
            + self.people.capacity() * size_of::<u32>()
            + self.posts.capacity() * size_of::<PostEntry>()
            + self.desks.bytes()
            + self.held_by_post.bytes()
            + self.held_by_person.bytes()
            + self.tree.bytes()
    }

    /// The territory tree with its functional units.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The unit with this code.
    #[must_use]
    pub fn find_unit(&self, code: &str) -> Option<UnitIx> {
        self.tree.find(code)
    }

    /// The post with this code.
    #[must_use]
    pub fn find_post(&self, code: &str) -> Option<PostIx> {
        let found = self.posts.binary_search_by(|entry| {
            self.rows.posts.get(entry.row as usize).map_or("", |p| p.code.as_str()).cmp(code)
        });
        found.ok().map(|i| PostIx(count(i)))
    }

    /// The person with this code.
    #[must_use]
    pub fn find_person(&self, code: &str) -> Option<PersonIx> {
        let row = |i: &u32| self.rows.people.get(*i as usize).map_or("", |p| p.code.as_str());
        self.people.binary_search_by(|i| row(i).cmp(code)).ok().map(|i| PersonIx(count(i)))
    }

    /// The matter with this code.
    #[must_use]
    pub fn find_matter(&self, code: &str) -> Option<MatterIx> {
        let row = |e: &MatterEntry| self.rows.matters.get(e.row as usize).map_or("", |m| m.code.as_str());
        self.matters.binary_search_by(|e| row(e).cmp(code)).ok().map(|i| MatterIx(count(i)))
    }

    /// The row of a post of this world.
    #[must_use]
    pub fn post(&self, post: PostIx) -> Option<&Post> {
        self.rows.posts.get(self.posts.get(post.0 as usize)?.row as usize)
    }

    /// The row of a person of this world.
    #[must_use]
    pub fn person(&self, person: PersonIx) -> Option<&Person> {
        self.rows.people.get(*self.people.get(person.0 as usize)? as usize)
    }

    /// The row of a matter of this world.
    #[must_use]
    pub fn matter(&self, matter: MatterIx) -> Option<&Matter> {
        self.rows.matters.get(self.matters.get(matter.0 as usize)?.row as usize)
    }

    /// The code of a post; a post of another world has none.
    #[must_use]
    pub fn post_code(&self, post: PostIx) -> Option<&PostCode> {
        self.post(post).map(|p| &p.code)
    }

    /// The code of a person.
    #[must_use]
    pub fn person_code(&self, person: PersonIx) -> Option<&PersonCode> {
        self.person(person).map(|p| &p.code)
    }

    /// The code of a matter.
    #[must_use]
    pub fn matter_code(&self, matter: MatterIx) -> Option<&MatterCode> {
        self.matter(matter).map(|m| &m.code)
    }

    /// All posts that ever were, in the order of codes.
    pub fn posts(&self) -> impl Iterator<Item = PostIx> + use<> {
        (0..count(self.posts.len())).map(PostIx)
    }

    /// All people, in the order of codes.
    pub fn people(&self) -> impl Iterator<Item = PersonIx> + use<> {
        (0..count(self.people.len())).map(PersonIx)
    }

    /// All matters, in the order of codes.
    pub fn matters(&self) -> impl Iterator<Item = MatterIx> + use<> {
        (0..count(self.matters.len())).map(MatterIx)
    }

    /// What a post is for.
    #[must_use]
    #[inline]
    pub fn post_kind(&self, post: PostIx) -> Option<PostKind> {
        self.posts.get(post.0 as usize).map(|p| p.kind)
    }

    /// Where a post stands.
    #[must_use]
    pub fn post_unit(&self, post: PostIx) -> Option<UnitIx> {
        self.posts.get(post.0 as usize).map(|p| p.unit)
    }

    /// Whether the post existed at that time.
    #[must_use]
    #[inline]
    pub fn post_exists(&self, post: PostIx, at: Instant) -> bool {
        self.posts.get(post.0 as usize).is_some_and(|p| self.spans.get(p.span).contains(at))
    }

    /// The posts of one kind at a territory: on it, or on a functional unit that serves it; in the
    /// order of codes, only those that exist at that time.
    #[inline]
    pub fn desks(&self, territory: UnitIx, kind: PostKind, at: Instant) -> impl Iterator<Item = PostIx> + '_ {
        self.desks_with_holder(territory, kind, at).map(|d| d.post)
    }

    /// The same, for a caller who goes on to ask for the [`World::only_holding`] of some of them.
    #[inline]
    pub(crate) fn desks_with_holder(
        &self,
        territory: UnitIx,
        kind: PostKind,
        at: Instant,
    ) -> impl Iterator<Item = &Desk> {
        self.desks.of_kind(territory, kind).filter(move |d| self.is_desk(d, territory, at))
    }

    /// The one holding that the post ever had, at whatever time; none when it had several, or never
    /// had any: ask [`World::holders`] then.
    #[inline]
    pub(crate) fn only_holding(&self, desk: &Desk) -> Option<Held> {
        let (person, span, rank) = desk.only?;
        Some(Held { post: desk.post, person: PersonIx(person), rank, span: self.spans.get(span) })
    }

    /// All posts at a territory, with their kinds; in the order of kinds and codes.
    pub fn all_desks(&self, territory: UnitIx, at: Instant) -> impl Iterator<Item = (PostIx, PostKind)> + '_ {
        self.desks.of(territory).filter(move |d| self.is_desk(d, territory, at)).map(|d| (d.post, d.kind))
    }

    /// Whether the post exists and belongs to this territory at that time.
    #[inline]
    fn is_desk(&self, desk: &Desk, territory: UnitIx, at: Instant) -> bool {
        self.spans.get(desk.span).contains(at)
            && (desk.fixed || self.post_unit(desk.post).and_then(|u| self.tree.territory(u, at)) == Some(territory))
    }

    /// The functional units that serve a territory at that time, in the order of codes.
    pub fn serving(&self, territory: UnitIx, at: Instant) -> impl Iterator<Item = UnitIx> + '_ {
        let units = self.serving.get(&territory).map_or(&[][..], Vec::as_slice).iter().copied();
        units.filter(move |u| self.tree.territory(*u, at) == Some(territory))
    }

    /// Everybody who holds the post at that time: the first holder, then substitutes by code.
    #[inline]
    pub fn holders(&self, post: PostIx, at: Instant) -> impl Iterator<Item = Held> + '_ {
        self.holdings_of(post).filter(move |h| h.span.contains(at))
    }

    /// Every holding of the post through all of time, in the same order.
    #[inline]
    pub fn holdings_of(&self, post: PostIx) -> impl Iterator<Item = Held> + '_ {
        let held = self.held_by_post.of(post.0).iter();
        held.map(move |h| Held { post, person: PersonIx(h.other), rank: h.rank, span: self.spans.get(h.span) })
    }

    /// Everything that the person holds at that time.
    pub fn held_by(&self, person: PersonIx, at: Instant) -> impl Iterator<Item = Held> + '_ {
        self.ever_held_by(person).filter(move |h| h.span.contains(at))
    }

    /// Whether a person holds a post that exists at that instant. Whoever does not sees no citizen and nothing of what
    /// goes on, whatever they held, logged or did before.
    #[must_use]
    pub fn in_office(&self, person: PersonIx, at: Instant) -> bool {
        self.held_by(person, at).any(|held| self.post_exists(held.post, at))
    }

    /// Everybody with a post on a unit; for a territory also on what serves it. In the order of codes.
    #[must_use]
    pub fn staff(&self, unit: UnitIx, at: Instant) -> Vec<PersonIx> {
        let Some(territory) = self.tree().territory(unit, at) else { return Vec::new() };
        let posts = self.all_desks(territory, at).map(|(post, _)| post);
        let posts = posts.filter(|post| territory == unit || self.post_unit(*post) == Some(unit));
        let mut people: Vec<PersonIx> = posts.flat_map(|post| self.holders(post, at)).map(|held| held.person).collect();
        people.sort_unstable();
        people.dedup();
        people
    }

    /// Whether a person holds a post on a unit, or on one below it or serving one of these.
    #[must_use]
    pub fn is_staff_within(&self, person: PersonIx, unit: UnitIx, at: Instant) -> bool {
        let tree = self.tree();
        let units = self.held_by(person, at).filter_map(|held| self.post_unit(held.post));
        units.flat_map(|own| [Some(own), tree.territory(own, at)]).flatten().any(|own| tree.is_within(own, unit, at))
    }

    /// Everything that the person holds, held or is to hold.
    pub fn ever_held_by(&self, person: PersonIx) -> impl Iterator<Item = Held> + '_ {
        let held = self.held_by_person.of(person.0).iter();
        held.map(move |h| Held { post: PostIx(h.other), person, rank: h.rank, span: self.spans.get(h.span) })
    }

    /// What the post may do for the matter at that time; resolving includes assisting.
    #[must_use]
    pub fn power(&self, post: PostIx, matter: MatterIx, at: Instant) -> Option<Power> {
        if self.may_resolve(post, matter, at) {
            return Some(Power::Resolve);
        }
        let kind = self.post_kind(post)?;
        let entry = self.matters.get(matter.0 as usize)?;
        let by_kind = entry.by_kind.iter().any(|(k, _, span)| *k == kind && span.contains(at));
        let by_post = entry.by_post.iter().any(|(p, _, span)| *p == post && span.contains(at));
        (by_kind || by_post).then_some(Power::Assist)
    }

    /// Whether the post may resolve the matter at that time.
    #[must_use]
    #[inline]
    pub fn may_resolve(&self, post: PostIx, matter: MatterIx, at: Instant) -> bool {
        self.post_kind(post).is_some_and(|kind| self.kind_may_resolve(kind, post, matter, at))
    }

    /// The same for a caller who knows the kind of the post: the post itself need not be looked up.
    #[inline]
    pub(crate) fn kind_may_resolve(&self, kind: PostKind, post: PostIx, matter: MatterIx, at: Instant) -> bool {
        let Some(entry) = self.matters.get(matter.0 as usize) else { return false };
        if entry.kinds & kind.bit() != 0
            && entry.by_kind.iter().any(|(k, power, span)| *k == kind && *power == Power::Resolve && span.contains(at))
        {
            return true;
        }
        let start = entry.by_post.partition_point(|(p, ..)| *p < post);
        let own = entry.by_post.get(start..).unwrap_or(&[]).iter().take_while(|(p, ..)| *p == post);
        own.into_iter().any(|(_, power, span)| *power == Power::Resolve && span.contains(at))
    }

    /// The rungs of the matter's ladder as they were at that time, from the lowest up.
    #[inline]
    pub fn rungs(&self, matter: MatterIx, at: Instant) -> impl Iterator<Item = &Rung> + '_ {
        let ladder = self.matters.get(matter.0 as usize).and_then(|m| self.ladders.get(m.ladder as usize));
        ladder.map_or(&[][..], |(_, rungs)| rungs.as_slice()).iter().filter(move |r| r.span.contains(at))
    }
}
