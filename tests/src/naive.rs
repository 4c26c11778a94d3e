//! Who is responsible, reckoned a second time from the rows and from DESIGN section 3 alone.
//!
//! Nothing here is clever and nothing is shared with the engine's way: [`Day`] throws away every row
//! that does not hold on the day, so that what remains has no time in it; a question then lists every
//! station of its way, judges all of them, and looks for the first where somebody is free.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    sync::{Arc, OnceLock},
};

use liandong_engine::rules::{
    absence::{Absence, Scope, Substitute},
    calendar::{Calendar, CalendarRow, Calendars, Date, DayRow, Hours, LAST_DATE, Market},
    id::{MatterCode, PersonCode, PostCode, UnitCode},
    instant::{Instant, Zone},
    matter::{Mandated, Power},
    post::{PostKind, Rank},
    roster::{DutyChange, Overrides, Roster, Rosters, Terms, on_duty},
    routing::{Account, RungNo, Verdict},
    tier::{Tier, Unit},
    world::Register,
};

/// Who takes what no rung answers, with the number each has beyond the ladder.
const BEYOND: [(RungNo, PostKind); 4] = [
    (200, PostKind::Dispatcher),
    (201, PostKind::Supervisor),
    (202, PostKind::DutyLeader),
    (203, PostKind::OfficeLeader),
];

/// A question, in codes.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Where the need is.
    pub place: UnitCode,
    /// What it is about.
    pub matter: MatterCode,
    /// When the case began: its ladder is that of then.
    pub ladder_at: Instant,
    /// Only rungs from this number on.
    pub from: RungNo,
    /// Only rungs at this tier or above.
    pub entry: Option<Tier>,
    /// Whose conduct it is about.
    pub accused: Vec<PersonCode>,
    /// Posts that had it already.
    pub held: Vec<PostCode>,
    /// People who had it already, on whatever post.
    pub people: Vec<PersonCode>,
    /// Posts that an order passes over.
    pub overruled: Vec<PostCode>,
    /// How much each person has open; who is not in it has nothing.
    pub loads: HashMap<PersonCode, u32>,
}

impl Asked {
    /// A fresh question that enters at its place.
    #[must_use]
    pub fn new(place: &UnitCode, matter: &MatterCode, at: Instant) -> Self {
        Self {
            place: place.clone(),
            matter: matter.clone(),
            ladder_at: at,
            from: 0,
            entry: None,
            accused: Vec::new(),
            held: Vec::new(),
            people: Vec::new(),
            overruled: Vec::new(),
            loads: HashMap::new(),
        }
    }
}

/// An answer, in codes: who gets it, and every post passed in the order of the climb.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The rung, the post, the person, and as what the person holds it.
    pub found: Option<(RungNo, PostCode, PersonCode, Rank)>,
    /// Every post passed.
    pub passed: Vec<PassedPost>,
}

/// The rung, the post (none where the rung has none here), the kind of post, and why it was passed.
pub type PassedPost = (RungNo, Option<PostCode>, PostKind, Verdict);

impl Answer {
    /// What the engine's account says.
    #[must_use]
    pub fn of(account: &Account) -> Self {
        let found = account.found.clone().map(|f| (f.rung, f.post, f.person, f.rank));
        let passed = account.passed.iter().map(|p| (p.rung, p.post.clone(), p.kind, p.verdict));
        Self { found, passed: passed.collect() }
    }
}

/// One stop of the way: the posts of a kind at one territory.
struct Station<'r> {
    rung: RungNo,
    kind: PostKind,
    needs_mandate: bool,
    posts: Vec<&'r PostCode>,
}

/// Who could take it on a post.
#[derive(Clone, Copy)]
struct Free<'r> {
    /// Whether by a roster, or in the place of who is.
    sits: bool,
    rank: Rank,
    person: &'r PersonCode,
}

/// The rows of a register that hold on one day.
#[derive(Debug)]
pub struct Day<'r> {
    register: &'r Register,
    units: HashMap<&'r UnitCode, &'r Unit>,
    /// Kind and unit of each post, and the posts of each territory in the order of codes.
    posts: HashMap<&'r PostCode, (PostKind, &'r UnitCode)>,
    posts_at: HashMap<&'r UnitCode, Vec<(&'r PostCode, PostKind)>>,
    /// First holders before substitutes, then by code.
    holders: HashMap<&'r PostCode, Vec<(Rank, &'r PersonCode)>>,
    may_resolve: HashMap<&'r MatterCode, Vec<&'r Mandated>>,
    /// Who is away, the newest word about each person first.
    away: Vec<&'r Absence>,
    /// Who sits where among which posts, whether only they take requests, and whether nobody is to on purpose.
    /// Reckoned when somebody asks.
    sits: OnceLock<Sits<'r>>,
    at: Instant,
}

impl<'r> Day<'r> {
    /// The rows that hold at that instant.
    #[must_use]
    pub fn of(register: &'r Register, at: Instant) -> Self {
        let mut day = Self {
            register,
            units: register.units.iter().filter(|u| u.span.contains(at)).map(|u| (&u.code, u)).collect(),
            posts: HashMap::new(),
            posts_at: HashMap::new(),
            holders: HashMap::new(),
            may_resolve: HashMap::new(),
            away: register.absences.iter().filter(|absence| is_away(absence, at)).collect(),
            sits: OnceLock::new(),
            at,
        };
        day.away.sort_by(|a, b| (b.recorded_at, &b.code).cmp(&(a.recorded_at, &a.code)));
        for post in register.posts.iter().filter(|p| p.span.contains(at)) {
            day.posts.insert(&post.code, (post.kind, &post.unit));
            if let Some(territory) = day.territory(&post.unit) {
                day.posts_at.entry(territory).or_default().push((&post.code, post.kind));
            }
        }
        for holding in register.holdings.iter().filter(|h| h.span.contains(at)) {
            day.holders.entry(&holding.post).or_default().push((holding.rank, &holding.person));
        }
        for mandate in register.mandates.iter().filter(|m| m.span.contains(at) && m.power == Power::Resolve) {
            day.may_resolve.entry(&mandate.matter).or_default().push(&mandate.to);
        }
        day.posts_at.values_mut().for_each(|posts| posts.sort());
        day.holders.values_mut().for_each(|holders| holders.sort());
        day
    }

    /// Who is responsible on this day.
    #[must_use]
    pub fn ask(&self, asked: &Asked) -> Answer {
        let stations = self.stations(asked);
        let closed = self.closed_to(&asked.accused);
        let judge = |post: &PostCode, mandate| self.judge(asked, &closed, post, mandate);
        // Where those who sit there keep the others off, and one of them is free.
        let kept = |s: &Station<'_>, post: &PostCode| {
            let place = |post: &PostCode| self.posts.get(post).map(|(kind, unit)| (*unit, *kind));
            let seat = place(post).and_then(|place| self.sits().get(&place));
            let manned = || {
                let beside = s.posts.iter().filter(|other| place(other) == place(post));
                beside.filter_map(|other| judge(other, s.needs_mandate).ok()).any(|free| free.sits)
            };
            seat.is_some_and(|(_, only, empty)| {
                *only && !judge(post, s.needs_mandate).is_ok_and(|free| free.sits) && (*empty || manned())
            })
        };
        let judge_there = |s: &Station<'_>, post: &PostCode| {
            let free = judge(post, s.needs_mandate)?;
            if kept(s, post) { Err(Verdict::OffDuty) } else { Ok(free) }
        };
        // Among the free: who sits there, then the first holder before a substitute, then the least busy,
        // then the smallest code.
        let winner = |s: &Station<'_>| {
            let free = s.posts.iter().filter_map(|post| Some((post, judge_there(s, post).ok()?)));
            let ranked = free.map(|(post, Free { sits, rank, person })| {
                let load = asked.loads.get(person).copied().unwrap_or(0);
                (!sits, rank, load, (*post).clone(), person.clone())
            });
            ranked.min().map(|(_, rank, _, post, person)| (s.rung, post, person, rank))
        };
        let passed = |s: &Station<'_>| {
            if s.posts.is_empty() {
                return vec![(s.rung, None, s.kind, Verdict::Vacant)];
            }
            let unfit = s.posts.iter().filter_map(|p| Some((*p, judge_there(s, p).err()?)));
            unfit.map(|(post, why)| (s.rung, Some(post.clone()), s.kind, why)).collect()
        };
        let stop = stations.iter().position(|s| winner(s).is_some());
        let way = stations.iter().take(stop.map_or(stations.len(), |i| i + 1));
        Answer { found: stop.and_then(|i| stations.get(i)).and_then(winner), passed: way.flat_map(passed).collect() }
    }

    /// Every stop of the way, in order: the ladder's rungs, then who takes what no rung answers.
    fn stations(&self, asked: &Asked) -> Vec<Station<'r>> {
        let way = self.territory(&asked.place).map(|t| self.up(t)).unwrap_or_default();
        let matter = self.register.matters.iter().find(|m| m.code == asked.matter);
        let mut rungs: Vec<_> = self
            .register
            .ladders
            .iter()
            .filter(|r| Some(&r.ladder) == matter.map(|m| &m.ladder) && r.span.contains(asked.ladder_at))
            .filter(|r| r.no >= asked.from && asked.entry.is_none_or(|entry| r.tier <= entry))
            .collect();
        rungs.sort_by_key(|r| r.no);
        let at_tier = |tier| way.iter().find(|u| self.units.get(*u).and_then(|u| u.kind.tier()) == Some(tier));
        let ladder = rungs.into_iter().filter_map(|r| {
            let posts = self.of_kind(at_tier(r.tier)?, r.kind);
            Some(Station { rung: r.no, kind: r.kind, needs_mandate: true, posts })
        });
        let beyond = BEYOND.into_iter().filter(|(no, _)| *no >= asked.from).flat_map(|(rung, kind)| {
            let here = way.iter().map(move |territory| self.of_kind(territory, kind));
            here.map(move |posts| Station { rung, kind, needs_mandate: false, posts })
        });
        ladder.chain(beyond.filter(|s| !s.posts.is_empty())).collect()
    }

    fn of_kind(&self, territory: &UnitCode, kind: PostKind) -> Vec<&'r PostCode> {
        let here = self.posts_at.get(territory).into_iter().flatten();
        here.filter(|(_, k)| *k == kind).map(|(post, _)| *post).collect()
    }

    /// Who answers for the post, or why it is passed.
    fn judge(
        &self,
        asked: &Asked,
        closed: &HashSet<&PostCode>,
        post: &PostCode,
        needs_mandate: bool,
    ) -> Result<Free<'r>, Verdict> {
        let given = |to: &&Mandated| match to {
            Mandated::Kind(kind) => self.posts.get(post).is_some_and(|(k, _)| k == kind),
            Mandated::Post(code) => code == post,
        };
        if needs_mandate && !self.may_resolve.get(&asked.matter).is_some_and(|to| to.iter().any(given)) {
            return Err(Verdict::NoMandate);
        }
        if asked.overruled.contains(post) {
            return Err(Verdict::Overruled);
        }
        if asked.held.contains(post) {
            return Err(Verdict::AlreadyHeld);
        }
        let holders = self.holders.get(post).map_or(&[][..], Vec::as_slice);
        if holders.is_empty() {
            return Err(Verdict::Vacant);
        }
        if closed.contains(post) {
            return Err(Verdict::Recused);
        }
        let kept = |(_, person): &&(Rank, &PersonCode)| self.is_kept(&asked.accused, closed, person);
        let able = || holders.iter().filter(|h| !kept(h)).map(|(_, person)| *person);
        if able().next().is_none() {
            return Err(Verdict::Recused);
        }
        let mut knocked = Vec::new();
        let there = able().find_map(|person| self.there(asked, closed, post, person, &mut knocked));
        let there = there.ok_or(Verdict::Absent)?;
        let rank = holders.iter().find(|(_, holder)| *holder == there).map_or(Rank::Substitute, |(rank, _)| *rank);
        if asked.people.contains(there) {
            return Err(Verdict::AlreadyHeld);
        }
        let seat = self.posts.get(post).and_then(|(kind, unit)| self.sits().get(&(*unit, *kind)));
        let sitting = |person: &PersonCode| seat.is_some_and(|(people, ..)| people.contains(person));
        // Of the holders who are there themselves, whoever sits answers.
        let home = |person: &'r PersonCode| self.there(asked, closed, post, person, &mut Vec::new()) == Some(person);
        let mut seated = holders.iter().filter(|h| !kept(h) && sitting(h.1) && !asked.people.contains(h.1));
        if let Some((rank, person)) = seated.find(|(_, person)| home(person)) {
            return Ok(Free { sits: true, rank: *rank, person });
        }
        // For whom it is: the one who should have answered.
        let asked_for = able().next();
        Ok(Free { sits: sitting(there) || asked_for.is_some_and(sitting), rank, person: there })
    }

    /// Whether anybody answers at a place who sits there by a roster, or in the place of who does; none where no roster
    /// decides, or nobody is to sit there on purpose.
    #[must_use]
    pub fn is_manned(&self, unit: &UnitCode, kind: PostKind) -> Option<bool> {
        let (_, _, empty) = self.sits().get(&(unit, kind))?;
        let asked = Asked::new(unit, &self.register.matters.first()?.code, self.at);
        let mut here = self.posts.iter().filter(|(_, place)| **place == (kind, unit)).map(|(post, _)| *post);
        let sits = |post: &PostCode| self.judge(&asked, &HashSet::new(), post, false).is_ok_and(|free| free.sits);
        (!empty).then(|| here.any(sits))
    }

    /// Whether somebody is away, for anything at all.
    #[must_use]
    pub fn is_away(&self, person: &PersonCode) -> bool {
        self.away.iter().any(|absence| absence.person == *person)
    }

    fn sits(&self) -> &Sits<'r> {
        self.sits.get_or_init(|| sits(self.register, self.at))
    }

    /// Knocks at somebody's door, and from there wherever a note on the door sends one; at no door twice.
    fn there(
        &self,
        asked: &Asked,
        closed: &HashSet<&PostCode>,
        post: &PostCode,
        person: &'r PersonCode,
        knocked: &mut Vec<&'r PersonCode>,
    ) -> Option<&'r PersonCode> {
        if knocked.contains(&person) || self.must_not_stand_in(asked, closed, post, person) {
            return None;
        }
        knocked.push(person);
        let for_it = |absence: &Absence| match &absence.scope {
            Scope::All => true,
            Scope::Matters(matters) => matters.contains(&asked.matter),
        };
        match self.away.iter().find(|absence| absence.person == *person && for_it(absence)) {
            None => Some(person),
            Some(Absence { substitute: Substitute::ByPost, .. }) => None,
            Some(Absence { substitute_until: Some(left), .. }) if *left <= self.at => None,
            Some(Absence { substitute: Substitute::Person(named), .. }) => {
                self.there(asked, closed, post, named, knocked)
            }
        }
    }

    /// Nobody who is kept from it; and of those who do not hold the post, nobody who has no post at all.
    fn must_not_stand_in(
        &self,
        asked: &Asked,
        closed: &HashSet<&PostCode>,
        post: &PostCode,
        person: &PersonCode,
    ) -> bool {
        let postless = !self.holds(person, post) && self.own(person).next().is_none();
        postless || !asked.accused.is_empty() && self.is_kept(&asked.accused, closed, person)
    }

    /// The posts that somebody holds.
    fn own(&self, person: &PersonCode) -> impl Iterator<Item = &'r PostCode> {
        self.holders.iter().filter(move |(_, holders)| holders.iter().any(|(_, p)| *p == person)).map(|(post, _)| *post)
    }

    /// Whether a complaint about these people goes round somebody: accused, on any post that is closed to it, or
    /// another substitute where somebody accused is one.
    #[must_use]
    pub fn is_kept(&self, accused: &[PersonCode], closed: &HashSet<&PostCode>, person: &PersonCode) -> bool {
        if accused.is_empty() {
            return false;
        }
        let substitutes = |post: &PostCode| {
            let both = accused.iter().any(|a| self.holds(a, post) && !self.is_first(a, post));
            both && !self.is_first(person, post)
        };
        accused.contains(person) || self.own(person).any(|post| closed.contains(post) || substitutes(post))
    }

    /// Every post that must not have a complaint about these people: their own where they are the first, and whatever
    /// is below one that they hold, or beside it on the same unit.
    #[must_use]
    pub fn closed_to(&self, people: &[PersonCode]) -> HashSet<&'r PostCode> {
        if people.is_empty() {
            return HashSet::new();
        }
        let holds = |post: &&PostCode| people.iter().any(|person| self.holds(person, post));
        let tops: Vec<&PostCode> = self.posts.keys().copied().filter(holds).collect();
        let first = |post: &PostCode| people.iter().any(|person| self.is_first(person, post));
        let closed = |post: &&PostCode| {
            first(post) || tops.iter().any(|top| self.is_below(post, top) || self.is_beside(post, top))
        };
        self.posts.keys().copied().filter(closed).collect()
    }

    fn is_beside(&self, post: &PostCode, other: &PostCode) -> bool {
        let (Some((kind, unit)), Some((other_kind, ground))) = (self.posts.get(post), self.posts.get(other)) else {
            return false;
        };
        post != other && unit == ground && kind.seniority() == other_kind.seniority()
    }

    /// A post on a functional unit is above what is in that unit; one on a territory is above what is
    /// in that territory. On the very same ground the senior is above.
    fn is_below(&self, post: &PostCode, top: &PostCode) -> bool {
        let (Some((kind, unit)), Some((top_kind, top_unit))) = (self.posts.get(post), self.posts.get(top)) else {
            return false;
        };
        let junior = kind.seniority() < top_kind.seniority();
        let functional = self.units.get(top_unit).is_some_and(|u| u.kind.is_functional());
        let ground = if functional { Some(*unit) } else { self.territory(unit) };
        let Some(ground) = ground.filter(|_| post != top) else { return false };
        if ground == *top_unit { junior } else { self.up(ground).contains(top_unit) }
    }

    /// Whether the person holds the post on this day.
    #[must_use]
    pub fn holds(&self, person: &PersonCode, post: &PostCode) -> bool {
        self.holders.get(post).into_iter().flatten().any(|(_, p)| *p == person)
    }

    /// Whether the person stands in on the post for a holder who is away: named by that one, or by whom that
    /// one names, and so on.
    #[must_use]
    pub fn stands_in(&self, person: &PersonCode, post: &PostCode, matter: &MatterCode) -> bool {
        let holders = self.holders.get(post).into_iter().flatten();
        holders.clone().any(|(_, holder)| *holder != person && self.sent_to(holder, matter) == Some(person))
    }

    /// Where the notes on the doors of those who are away lead; nowhere when they go round or end.
    fn sent_to(&self, person: &'r PersonCode, matter: &MatterCode) -> Option<&'r PersonCode> {
        let mut person = person;
        for _ in 0..=self.away.len() {
            let covers = |absence: &&&'r Absence| match &absence.scope {
                Scope::All => true,
                Scope::Matters(matters) => matters.contains(matter),
            };
            let away = self.away.iter().filter(|absence| absence.person == *person).find(covers);
            match away.map(|absence| (&absence.substitute, absence.substitute_until)) {
                None => return Some(person),
                Some((Substitute::ByPost, _)) => return None,
                Some((_, Some(left))) if left <= self.at => return None,
                Some((Substitute::Person(named), _)) => person = named,
            }
        }
        None
    }

    /// Whether the person is the first holder of the post on this day.
    #[must_use]
    pub fn is_first(&self, person: &PersonCode, post: &PostCode) -> bool {
        self.holders.get(post).into_iter().flatten().any(|(rank, p)| *rank == Rank::First && *p == person)
    }

    /// The territory that a unit is, or serves.
    fn territory(&self, unit: &UnitCode) -> Option<&'r UnitCode> {
        let row = self.units.get(unit)?;
        if !row.kind.is_functional() {
            return Some(&row.code);
        }
        row.serves.as_ref().or_else(|| self.territory(row.parent.as_ref()?))
    }

    /// The unit and everything above it, upward; nothing when it does not exist on this day.
    fn up(&self, unit: &UnitCode) -> Vec<&'r UnitCode> {
        let mut way = Vec::new();
        let mut next = self.units.get(unit);
        while let Some(row) = next {
            way.push(&row.code);
            next = row.parent.as_ref().and_then(|p| self.units.get(p));
        }
        way
    }
}

/// Who sits where at an instant, whether only they take requests, and whether nobody is to on purpose.
type Sits<'r> = HashMap<(&'r UnitCode, PostKind), (HashSet<PersonCode>, bool, bool)>;

/// Who follows whom is proven elsewhere; here it is only asked, with days as the calendars of the rows
/// have them.
fn sits(register: &Register, at: Instant) -> Sits<'_> {
    if register.rosters.is_empty() {
        return HashMap::new();
    }
    let calendars = calendars(register);
    let zone = Zone::china();
    let day = |unit: &UnitCode, date: Date| {
        let midnight = zone.0.to_timestamp(date.at(0, 0, 0, 0)).map_or(Instant::MIN, |t| Instant(t.as_microsecond()));
        let mut unit = Some(unit);
        while let Some(code) = unit {
            let kept = register.unit_calendars.iter().find(|k| k.unit == *code && k.span.contains(midnight));
            if let Some(calendar) = kept.and_then(|kept| calendars.get(&kept.calendar)) {
                return calendar.day(date);
            }
            let rows = register.units.iter().filter(|row| row.code == *code);
            unit = rows.max_by_key(|row| (row.span.contains(midnight), row.span)).and_then(|row| row.parent.as_ref());
        }
        Calendar::always().day(date)
    };
    let rosters = Rosters::build(&register.rosters, zone.clone(), &day, LAST_DATE);
    let changes = register.duty_changes.iter().flat_map(DutyChange::overrides);
    let terms = Terms::of(&register.rosters, &register.posts, &register.holdings);
    let overrides = Overrides::build(changes.collect()).with_terms(Arc::new(terms));
    let seat = |row: &Roster| {
        let found = on_duty(&rosters, &overrides, &row.unit, row.posts, at);
        (found.people.iter().map(|duty| duty.person.clone()).collect(), found.exclusive, found.empty)
    };
    register.rosters.iter().map(|row| ((&row.unit, row.posts), seat(row))).collect()
}

/// The calendars of the rows. To compile them takes long, and they seldom change: those of the last time are kept.
fn calendars(register: &Register) -> Arc<Calendars> {
    type Rows = (Vec<CalendarRow>, Vec<Hours>, Vec<DayRow>, Vec<Market>);
    thread_local! {
        static KNOWN: RefCell<Option<(Rows, Arc<Calendars>)>> = const { RefCell::new(None) };
    }
    let Register { calendars, hours, days, markets, .. } = register;
    let is = |rows: &Rows| (&rows.0, &rows.1, &rows.2, &rows.3) == (calendars, hours, days, markets);
    KNOWN.with_borrow_mut(|known| {
        if let Some((_, kept)) = known.as_ref().filter(|(rows, _)| is(rows)) {
            return Arc::clone(kept);
        }
        let built = Arc::new(Calendars::build(register.calendar_rows()).unwrap_or_default());
        let rows = (calendars.clone(), hours.clone(), days.clone(), markets.clone());
        *known = Some((rows, Arc::clone(&built)));
        built
    })
}

/// Whether the absence holds: recorded by then, and the person not back.
fn is_away(absence: &Absence, at: Instant) -> bool {
    absence.span.contains(at) && absence.recorded_at <= at && absence.ended_at.is_none_or(|back| at < back)
}

/// The same answers for a whole village at a time. What a household's own posts do not take goes to
/// wherever its parent's needs go, so the parent is asked once for all its households.
///
/// Only for fresh questions, and only where nobody stands ready on a household for what no rung answers.
#[derive(Debug)]
pub struct Neighbours<'d, 'r> {
    day: &'d Day<'r>,
    asked: Asked,
    own_rungs: Vec<(RungNo, PostKind)>,
    of_parent: HashMap<&'r UnitCode, Answer>,
}

impl<'d, 'r> Neighbours<'d, 'r> {
    /// All households with this matter, on one day.
    #[must_use]
    pub fn new(day: &'d Day<'r>, any_place: &UnitCode, matter: &MatterCode, at: Instant) -> Self {
        let ladder = day.register.matters.iter().find(|m| m.code == *matter).map(|m| &m.ladder);
        let own = day
            .register
            .ladders
            .iter()
            .filter(|r| Some(&r.ladder) == ladder && r.tier == Tier::Household && r.span.contains(at));
        let mut own_rungs: Vec<_> = own.map(|r| (r.no, r.kind)).collect();
        own_rungs.sort_unstable();
        Self { day, asked: Asked::new(any_place, matter, at), own_rungs, of_parent: HashMap::new() }
    }

    /// Who is responsible for this household: its own posts that are passed, and the answer of its
    /// parent when they all are. None for the parent when one of its own takes it: ask in full then.
    pub fn ask(&mut self, household: &UnitCode) -> (Vec<PassedPost>, Option<&Answer>) {
        let mut passed = Vec::new();
        let nobody = HashSet::new();
        for (rung, kind) in &self.own_rungs {
            let posts = self.day.of_kind(household, *kind);
            if posts.is_empty() {
                passed.push((*rung, None, *kind, Verdict::Vacant));
            }
            for post in posts {
                match self.day.judge(&self.asked, &nobody, post, true) {
                    Err(why) => passed.push((*rung, Some(post.clone()), *kind, why)),
                    Ok(_) => return (passed, None),
                }
            }
        }
        let Some(parent) = self.day.units.get(household).and_then(|u| u.parent.as_ref()) else { return (passed, None) };
        let (day, asked) = (self.day, &self.asked);
        let answer =
            self.of_parent.entry(parent).or_insert_with(|| day.ask(&Asked { place: parent.clone(), ..asked.clone() }));
        (passed, Some(answer))
    }
}
