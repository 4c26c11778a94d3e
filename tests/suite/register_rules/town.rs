//! A small town for the tests of registers, and the notation that it and its faults are written in:
//! one row a line, `table field=value …`; what is not said is as in [`row`].

use std::collections::HashMap;

use liandong_engine::rules::{
    absence::{Absence, Scope, Substitute},
    calendar::{CHINA, CalendarRow, DayRow, Declared, Hours, On, UnitCalendar},
    instant::{Instant, Span, Zone},
    matter::{Mandate, Mandated, Matter, Power, Rung},
    post::{Holding, Person, Post, PostKind, Rank},
    tier::{Tier, Unit, UnitKind},
    world::Register,
};

/// A small town that is right: a town, two villages, two groups, three households, a hall with a window.
pub(super) const TOWN: &str = "
    unit t Town
    unit v Village parent=t
    unit w Village parent=t
    unit g Group parent=v
    unit g2 Group parent=w
    unit h Household parent=g
    unit h2 Household parent=g
    unit h3 Household parent=g2
    unit hall Hall parent=t
    unit win Window parent=hall
    unit point ServicePoint parent=t serves=v
    person ann
    person bob
    person cy
    person dan
    person eve
    post duty DutyLeader unit=t
    post desk Dispatcher unit=t
    post cadre StandingCadre unit=v
    post cadre2 StandingCadre unit=w
    post lead GroupLeader unit=g
    post clerk WindowClerk unit=win
    holding duty ann
    holding desk bob
    holding cadre cy
    holding lead dan
    rung everyday 1 Group GroupLeader
    rung everyday 2 Village StandingCadre
    rung everyday 3 Town DutyLeader
    matter pipe ladder=everyday
    mandate pipe kind=GroupLeader
    mandate pipe kind=StandingCadre
    mandate pipe kind=DutyLeader
";

pub(super) fn at(text: &str) -> Instant {
    Instant::parse(text, &Zone::china()).unwrap()
}

/// The positional words and the named fields of a line.
struct Line<'a>(Vec<&'a str>, HashMap<&'a str, &'a str>);

impl<'a> Line<'a> {
    fn of(line: &'a str) -> Self {
        let (named, plain): (Vec<&str>, Vec<&str>) = line.split_whitespace().partition(|word| word.contains('='));
        Self(plain, named.into_iter().filter_map(|word| word.split_once('=')).collect())
    }

    fn word<T: std::str::FromStr<Err: std::fmt::Debug>>(&self, place: usize) -> T {
        self.0[place].parse().unwrap()
    }

    fn named<T: std::str::FromStr<Err: std::fmt::Debug>>(&self, name: &str) -> Option<T> {
        self.1.get(name).map(|text| text.parse().unwrap())
    }

    fn span(&self) -> Span {
        let day = |name, open| self.1.get(name).map_or(open, |text| at(text));
        Span { from: day("from", Instant::MIN), to: day("to", Instant::MAX) }
    }
}

/// Adds one line to the register. Without `from` and `to` a row always holds, without `rank` a holder
/// is the first, without `power` a mandate is to resolve.
fn row(register: &mut Register, text: &str) {
    let line = Line::of(text);
    let span = line.span();
    match line.0[0] {
        "unit" => register.units.push(Unit {
            code: line.word(1),
            name: "名".to_owned(),
            kind: UnitKind::parse(line.0[2]).unwrap(),
            parent: line.named("parent"),
            serves: line.named("serves"),
            span,
        }),
        "person" => register.people.push(Person { code: line.word(1), name: "人".to_owned(), phone: String::new() }),
        "post" => register.posts.push(Post {
            code: line.word(1),
            name: "岗".to_owned(),
            kind: PostKind::parse(line.0[2]).unwrap(),
            unit: line.named("unit").unwrap(),
            span,
        }),
        "holding" => {
            let rank = line.1.get("rank").map_or(Rank::First, |rank| Rank::parse(rank).unwrap());
            register.holdings.push(Holding { post: line.word(1), person: line.word(2), rank, span });
        }
        "matter" => register.matters.push(Matter {
            code: line.word(1),
            name: "事".to_owned(),
            category: "类".to_owned(),
            ladder: line.named("ladder").unwrap(),
            conduct: false,
            materials: Vec::new(),
            fee_fen: 0,
            words: Vec::new(),
            span,
        }),
        "mandate" => register.mandates.push(Mandate {
            to: line
                .named("post")
                .map_or_else(|| Mandated::Kind(PostKind::parse(line.1["kind"]).unwrap()), Mandated::Post),
            matter: line.word(1),
            power: line.1.get("power").map_or(Power::Resolve, |power| Power::parse(power).unwrap()),
            span,
        }),
        "rung" => register.ladders.push(Rung {
            ladder: line.word(1),
            ladder_name: "梯".to_owned(),
            no: line.word(2),
            tier: Tier::parse(line.0[3]).unwrap(),
            kind: PostKind::parse(line.0[4]).unwrap(),
            span,
        }),
        "calendar" => register.calendars.push(CalendarRow {
            code: line.word(1),
            name: "历".to_owned(),
            base: line.named("base"),
            zone: line.named("zone").unwrap_or_else(|| CHINA.to_owned()),
            published_to: line.named("published"),
        }),
        "hours" => register.hours.push(Hours {
            calendar: line.word(1),
            on: On::parse(line.0[2]).unwrap(),
            periods: line.0[3..].iter().map(|period| period.parse().unwrap()).collect(),
            span,
        }),
        "day" => register.days.push(DayRow {
            calendar: line.word(1),
            date: line.word(2),
            name: "假".to_owned(),
            kind: Declared::parse(line.0[3]).unwrap(),
            periods: Vec::new(),
        }),
        "keeps" => {
            register.unit_calendars.push(UnitCalendar { unit: line.word(1), calendar: line.word(2), span });
        }
        "absence" => register.absences.push(Absence {
            code: line.word(1),
            person: line.word(2),
            span,
            reason: "事".to_owned(),
            scope: line.named("for").map_or(Scope::All, |matter| Scope::Matters(vec![matter])),
            substitute: line.named("with").map_or(Substitute::ByPost, Substitute::Person),
            substitute_until: None,
            recorded_by: line.named("by"),
            recorded_at: Instant::MIN,
            ended_at: line.1.get("back").map(|text| at(text)),
        }),
        other => panic!("no table `{other}`"),
    }
}

pub(super) fn register(lines: &str) -> Register {
    let mut register = Register::default();
    lines.lines().map(str::trim).filter(|l| !l.is_empty()).for_each(|line| row(&mut register, line));
    register
}
