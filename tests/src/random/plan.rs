//! Random registers that are right: of any depth, with tiers missing, functional units, vacancies,
//! and a history of moves, appointments, mandates and ladders.
//!
//! proptest draws a [`Plan`] of plain numbers, which it can shrink, and [`Plan::register`] makes rows
//! of it that are right by construction: a number that fits nothing is left out.

use liandong_engine::rules::{
    absence::{Absence, Scope, Substitute},
    calendar::{Allowance, CHINA, CalendarRow, UnitCalendar},
    id::{CalendarCode, LadderCode, MatterCode, PostCode, UnitCode},
    instant::{Instant, Span},
    limit::{LimitKind, LimitRule},
    matter::{Mandate, Mandated, Matter, Power, Rung},
    post::{Holding, Person, Post, PostKind, Rank},
    roster::{On, Roster, RosterKind, Slot, TimeOfDay, Turn, Weekday},
    tier::{Tier, Unit, UnitKind},
    world::Register,
};
use proptest::{collection::vec, prelude::*};

use super::pick;

/// What a random register is made from. Numbers stand for picks among what there is.
#[derive(Clone, Debug)]
pub struct Plan {
    root: u8,
    /// Tier and parent.
    territories: Vec<(u8, u16)>,
    /// Kind, parent, served territory.
    functional: Vec<(u8, u16, u16)>,
    /// Unit, first day, last day: for units that nothing stands below.
    lives: Vec<(u16, u8, u8)>,
    /// Unit, new parent or served territory, day.
    moves: Vec<(u16, u16, u8)>,
    people: u8,
    /// Kind, unit, holder, dates.
    posts: Vec<(u8, u16, u8, u8)>,
    /// Post, person, rank, first day, length.
    holdings: Vec<(u16, u8, bool, u8, u8)>,
    /// For each ladder its rungs.
    ladders: Vec<Vec<u16>>,
    /// For each matter its ladder and dates.
    matters: Vec<(u8, u8)>,
    /// Kind or post, matter, power and dates.
    mandates: Vec<(u16, u8, u8)>,
    /// Person, substitute, first day, length, and for which matter.
    absences: Vec<(u8, u8, u8, u8, u8)>,
    /// Which post's unit and kind, who follows whom, on which days, and how.
    rosters: Vec<(u16, Vec<u8>, u8, u8)>,
}

/// The midnight of a day of the story: ten days apart, from 2012 to the end of 2018.
#[must_use]
pub const fn day(number: u8) -> Instant {
    Instant(1_325_347_200_000_000).plus_days(number as i64 * 10)
}

/// Any plan.
pub fn plan() -> impl Strategy<Value = Plan> {
    let ground = (any::<u8>(), vec(any::<(u8, u16)>(), 2..20), vec(any::<(u8, u16, u16)>(), 0..6));
    let history = (vec(any::<(u16, u8, u8)>(), 0..4), vec(any::<(u16, u16, u8)>(), 0..4));
    let posts = (4..12_u8, vec(any::<(u8, u16, u8, u8)>(), 3..24), vec(any::<(u16, u8, bool, u8, u8)>(), 0..16));
    let rules = (vec(vec(any::<u16>(), 1..7), 1..4), vec(any::<(u8, u8)>(), 1..5), vec(any::<(u16, u8, u8)>(), 3..20));
    let absences = vec(any::<(u8, u8, u8, u8, u8)>(), 0..8);
    let rosters = vec((any::<u16>(), vec(any::<u8>(), 1..5), any::<u8>(), any::<u8>()), 0..4);
    (ground, history, posts, rules, absences, rosters).prop_map(|(ground, history, posts, rules, absences, rosters)| {
        let (root, territories, functional) = ground;
        let (lives, moves) = history;
        let (people, posts, holdings) = posts;
        let (ladders, matters, mandates) = rules;
        Plan {
            root,
            territories,
            functional,
            lives,
            moves,
            people,
            posts,
            holdings,
            ladders,
            matters,
            mandates,
            absences,
            rosters,
        }
    })
}

/// A calendar that the root keeps.
fn calendar(register: &mut Register) {
    let code: CalendarCode = "C".parse().unwrap();
    register.calendars.push(CalendarRow {
        code: code.clone(),
        name: "历".to_owned(),
        base: None,
        zone: CHINA.to_owned(),
        published_to: None,
    });
    let root = register.units[0].code.clone();
    register.unit_calendars.push(UnitCalendar { unit: root, calendar: code, span: Span::ALWAYS });
}

impl Plan {
    /// The rows that the plan comes to.
    #[must_use]
    pub fn register(&self) -> Register {
        let mut register = Register::default();
        self.units(&mut register);
        register.people = (0..self.people).map(person).collect();
        self.posts(&mut register);
        self.holdings(&mut register);
        self.ladders(&mut register);
        self.matters(&mut register);
        self.mandates(&mut register);
        self.limits(&mut register);
        calendar(&mut register);
        self.absences(&mut register);
        self.rosters(&mut register);
        register
    }

    fn units(&self, register: &mut Register) {
        use UnitKind::{
            Area, County, Department, Group, Hall, Household, Office, PetitionRoom, Province, ServicePoint,
            ServiceTeam, Town, Village, Window, WorkTeam,
        };
        let root = pick(&[Town, Town, County, Province], self.root);
        register.units.push(unit(0, root, None, None));
        let tiers = [Town, Office, Village, Village, Group, Group, Area, Household, Household, Household, Household];
        for (kind, parent) in &self.territories {
            let kind = pick(&tiers, *kind);
            let above: Vec<UnitCode> =
                register.units.iter().filter(|u| u.kind < kind).map(|u| u.code.clone()).collect();
            if !above.is_empty() {
                register.units.push(unit(register.units.len(), kind, Some(pick(&above, *parent)), None));
            }
        }
        let territories: Vec<UnitCode> = register.units.iter().map(|u| u.code.clone()).collect();
        let kinds = [Hall, Window, Department, WorkTeam, ServicePoint, ServiceTeam, PetitionRoom];
        for (kind, parent, serves) in &self.functional {
            let parents: Vec<UnitCode> = register.units.iter().map(|u| u.code.clone()).collect();
            let serves = (serves % 3 == 0).then(|| pick(&territories, *serves / 3));
            let kind = pick(&kinds, *kind);
            register.units.push(unit(register.units.len(), kind, Some(pick(&parents, *parent)), serves));
        }
        self.lives(register);
        self.moves(register, &territories);
    }

    fn lives(&self, register: &mut Register) {
        for (which, from, to) in &self.lives {
            let code = pick(&register.units, *which).code;
            let leaned_on = |u: &Unit| u.parent.as_ref() == Some(&code) || u.serves.as_ref() == Some(&code);
            if register.units[0].code == code || register.units.iter().any(leaned_on) {
                continue;
            }
            let span = Span {
                from: if *from < 128 { Instant::MIN } else { day(*from / 2) },
                to: if *to < 64 { Instant::MAX } else { day(*to) },
            };
            if let Some(unit) = register.units.iter_mut().find(|u| u.code == code).filter(|_| span.from < span.to) {
                unit.span = span;
            }
        }
    }

    /// A territory gets another parent; a functional unit another territory to serve, or another parent.
    fn moves(&self, register: &mut Register, territories: &[UnitCode]) {
        for (which, to, on) in &self.moves {
            let unit = pick(&register.units, *which);
            let Some(parent) = unit.parent.clone().filter(|_| unit.span == Span::ALWAYS) else { continue };
            let able = register
                .units
                .iter()
                .filter(|u| u.span == Span::ALWAYS && u.kind < unit.kind && !u.kind.is_functional());
            let able: Vec<UnitCode> = able.map(|u| u.code.clone()).collect();
            if able.is_empty() {
                continue;
            }
            let mut later = Unit { span: Span::since(day(*on)), ..unit.clone() };
            if unit.kind.is_functional() && on % 2 == 0 {
                // What is served exists as long as who serves it.
                let lasts = |code: &&UnitCode| {
                    let rows = register.units.iter().filter(|u| u.code == **code);
                    Span::ALWAYS.is_covered_by(rows.map(|u| u.span).collect())
                };
                let lasting: Vec<UnitCode> = territories.iter().filter(lasts).cloned().collect();
                later.serves = (to % 4 > 0).then(|| pick(&lasting, *to));
                later.parent = Some(parent);
            } else {
                later.parent = Some(pick(&able, *to));
            }
            // A parent must cover its children without a gap, which the two stretches together do.
            for row in register.units.iter_mut().filter(|u| u.code == unit.code) {
                row.span.to = day(*on);
            }
            register.units.push(later);
        }
    }

    fn posts(&self, register: &mut Register) {
        let root = register.units[0].code.clone();
        let town = [PostKind::Dispatcher, PostKind::Supervisor, PostKind::DutyLeader];
        for (i, kind) in town.into_iter().enumerate() {
            // One town in eight has no dispatcher, one no supervisor, one no duty leader.
            if usize::from(self.root / 4) % 8 != i {
                self.add_post(register, kind, &root, Span::ALWAYS, u8::try_from(i + 1).unwrap_or(1));
            }
        }
        for (kind, at, holder, dates) in &self.posts {
            let unit = pick(&register.units, *at);
            let stretches = || register.units.iter().filter(|u| u.code == unit.code).map(|u| u.span);
            let mut span = Span {
                from: stretches().map(|s| s.from).min().unwrap_or(Instant::MIN),
                to: stretches().map(|s| s.to).max().unwrap_or(Instant::MAX),
            };
            match dates {
                0..32 => span.from = span.from.max(day(*dates * 4)),
                32..48 => span.to = span.to.min(day(100 + *dates * 3)),
                _ => {}
            }
            if span.from < span.to {
                self.add_post(register, pick(PostKind::ALL, *kind), &unit.code, span, *holder);
            }
        }
    }

    /// A post, and three times in four somebody who holds it as long as it exists.
    fn add_post(&self, register: &mut Register, kind: PostKind, unit: &UnitCode, span: Span, holder: u8) {
        let code = code(format!("post{}", register.posts.len()));
        if !holder.is_multiple_of(4) {
            let person = person(holder % self.people).code;
            register.holdings.push(Holding { post: PostCode::clone(&code), person, rank: Rank::First, span });
        }
        register.posts.push(Post { code, name: "岗".to_owned(), kind, unit: unit.clone(), span });
    }

    fn holdings(&self, register: &mut Register) {
        for (post, who, first, from, length) in &self.holdings {
            let post = pick(&register.posts, *post);
            let holding = Holding {
                post: post.code,
                person: person(who % self.people).code,
                rank: if *first { Rank::First } else { Rank::Substitute },
                span: Span {
                    from: if *from < 64 { post.span.from } else { post.span.from.max(day(*from)) },
                    to: if *length < 64 { post.span.to } else { post.span.to.min(day(from.saturating_add(*length))) },
                },
            };
            let clash = |other: &Holding| {
                other.post == holding.post
                    && other.span.overlaps(holding.span)
                    && (other.person == holding.person || (other.rank, holding.rank) == (Rank::First, Rank::First))
            };
            if holding.span.from < holding.span.to && !register.holdings.iter().any(clash) {
                register.holdings.push(holding);
            }
        }
    }

    fn ladders(&self, register: &mut Register) {
        let mut able: Vec<(Tier, PostKind)> =
            register.posts.iter().filter_map(|p| Some((tier_of(register, &p.unit)?, p.kind))).collect();
        able.sort_by_key(|(tier, kind)| (std::cmp::Reverse(*tier), *kind));
        able.dedup();
        if able.is_empty() {
            return;
        }
        for (ladder, picks) in self.ladders.iter().enumerate() {
            let mut picks: Vec<(usize, u16)> = picks.iter().map(|n| (usize::from(*n) % able.len(), n / 64)).collect();
            picks.sort_unstable();
            picks.dedup_by_key(|(i, _)| *i);
            for (no, (i, dates)) in (1..).zip(picks) {
                let (tier, kind) = able[i];
                let span = some_of_the_time(dates);
                register.ladders.push(Rung {
                    ladder: code(format!("L{ladder}")),
                    ladder_name: "梯".to_owned(),
                    no,
                    tier,
                    kind,
                    span,
                });
            }
        }
    }

    /// Limits of all kinds for every other ladder, by the clock, so that they run out within a life. In half
    /// of the plans there are none, and in a quarter they are long, so that time leaves people something to do.
    fn limits(&self, register: &mut Register) {
        if self.people.is_multiple_of(2) {
            return;
        }
        let times = if self.people % 4 == 3 { 30 } else { 1 };
        let mut ladders: Vec<LadderCode> = register.ladders.iter().map(|r| r.ladder.clone()).collect();
        ladders.dedup();
        for (place, ladder) in ladders.into_iter().enumerate().filter(|(place, _)| place % 2 == 0) {
            for (kind, hours) in LimitKind::ALL.iter().zip([5, 40, 30, 70, 90, 200, 500, 60, 3, 25, 35]) {
                register.limits.push(LimitRule {
                    ladder: Some(ladder.clone()),
                    matter: None,
                    rung: None,
                    kind: *kind,
                    allowance: Allowance::Minutes(60 * hours * times + u32::try_from(place).unwrap_or(0)),
                    span: Span::ALWAYS,
                });
            }
        }
    }

    fn matters(&self, register: &mut Register) {
        let ladders: Vec<LadderCode> = register.ladders.iter().map(|r| r.ladder.clone()).collect();
        for (i, (ladder, dates)) in self.matters.iter().enumerate().filter(|_| !ladders.is_empty()) {
            register.matters.push(Matter {
                code: code(format!("M{i}")),
                name: "事".to_owned(),
                category: "类".to_owned(),
                ladder: pick(&ladders, *ladder),
                // The last of the matters is about somebody's conduct.
                conduct: i + 1 == self.matters.len(),
                materials: Vec::new(),
                fee_fen: 0,
                words: vec!["话".to_owned()],
                span: if *dates < 16 { some_of_the_time((*dates).into()) } else { Span::ALWAYS },
            });
        }
    }

    fn mandates(&self, register: &mut Register) {
        let matters: Vec<MatterCode> = register.matters.iter().map(|m| m.code.clone()).collect();
        for (to, matter, how) in self.mandates.iter().filter(|_| !matters.is_empty() && !register.posts.is_empty()) {
            let post = pick(&register.posts, *to);
            register.mandates.push(Mandate {
                to: if how % 3 == 0 { Mandated::Post(post.code) } else { Mandated::Kind(post.kind) },
                matter: pick(&matters, *matter),
                power: if how % 5 == 0 { Power::Assist } else { Power::Resolve },
                span: some_of_the_time(u16::from(*how / 4)),
            });
        }
    }
}

impl Plan {
    /// Rosters mostly of people who hold the posts, now and then of others, and with nobody in a place.
    fn rosters(&self, register: &mut Register) {
        for (which, order, on, how) in &self.rosters {
            let post = pick(&register.posts, *which);
            let beside = |code: &PostCode| {
                register.posts.iter().any(|p| p.code == *code && p.unit == post.unit && p.kind == post.kind)
            };
            let holders: Vec<_> =
                register.holdings.iter().filter(|h| beside(&h.post)).map(|h| h.person.clone()).collect();
            let slot = |n: &u8| match n % 8 {
                0 => Slot(None),
                1..6 if !holders.is_empty() => holders[usize::from(*n) % holders.len()].clone().into(),
                _ => person(n % self.people).code.into(),
            };
            let order: Vec<Slot> = order.iter().map(slot).collect();
            if order.iter().all(|slot| slot.0.is_none()) {
                continue;
            }
            register.rosters.push(Roster {
                code: code(format!("R{}", register.rosters.len())),
                name: "班".to_owned(),
                unit: post.unit,
                kind: RosterKind::Everyday,
                posts: post.kind,
                exclusive: how % 2 == 0,
                on: vec![pick(
                    &[On::Every, On::Every, On::Every, On::Every, On::Every, On::Every, On::Working, On::Rest],
                    *on,
                )],
                hand_over: TimeOfDay::new(8, 0).unwrap(),
                hours: (how % 3 == 0).then(|| "00:00-18:00".parse().unwrap()),
                turn: pick(Turn::ALL, *how / 4),
                week_begins: Weekday::Monday,
                width: if order.len() > 1 { 1 + how % 2 } else { 1 },
                start: jiff::civil::date(2014, 1, 6),
                order,
                span: Span { from: Instant::MIN, to: day(230) },
            });
        }
    }

    /// People away, mostly around the days that questions are about; now and then two at a time.
    fn absences(&self, register: &mut Register) {
        let matters: Vec<MatterCode> = register.matters.iter().map(|m| m.code.clone()).collect();
        for (who, substitute, from, length, what) in &self.absences {
            let who = who % self.people;
            let named = (substitute / 3) % self.people;
            let from = if from % 2 == 0 { 195 + from % 16 } else { *from };
            let back = what.is_multiple_of(5).then(|| day(from).plus_days(i64::from(length % 4)));
            let some = !what.is_multiple_of(3) || matters.is_empty();
            register.absences.push(Absence {
                substitute_until: None,
                code: code(format!("A{}", register.absences.len())),
                person: person(who).code,
                span: Span { from: day(from), to: day(from).plus_days(i64::from(*length) + 1) },
                reason: "事".to_owned(),
                scope: if some { Scope::All } else { Scope::Matters(vec![pick(&matters, *what / 3)]) },
                substitute: if substitute % 3 == 0 || named == who {
                    Substitute::ByPost
                } else {
                    Substitute::Person(person(named).code)
                },
                recorded_by: None,
                recorded_at: if what % 4 == 0 { day(from).plus_days(1) } else { day(from / 2) },
                ended_at: back,
            });
        }
    }
}

fn code<C: std::str::FromStr<Err: std::fmt::Debug>>(text: String) -> C {
    text.parse().unwrap()
}

fn person(number: u8) -> Person {
    Person { code: code(format!("P{number}")), name: format!("人{number}"), phone: String::new() }
}

fn unit(number: usize, kind: UnitKind, parent: Option<UnitCode>, serves: Option<UnitCode>) -> Unit {
    Unit { code: code(format!("U{number}")), name: format!("地{number}"), kind, parent, serves, span: Span::ALWAYS }
}

fn some_of_the_time(number: u16) -> Span {
    match number % 8 {
        0 => Span { from: Instant::MIN, to: day(210) },
        1 => Span::since(day(150)),
        2 => Span::since(day(215)),
        _ => Span::ALWAYS,
    }
}

/// The tier at which the posts of a unit stand, as of its last row.
fn tier_of(register: &Register, unit: &UnitCode) -> Option<Tier> {
    let row = register.units.iter().rfind(|u| u.code == *unit)?;
    row.kind.tier().or_else(|| tier_of(register, row.serves.as_ref().or(row.parent.as_ref())?))
}
