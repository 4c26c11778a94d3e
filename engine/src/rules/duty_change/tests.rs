//! Changes of duty as small plays: who asks what when, and what comes of it.

use std::collections::BTreeSet;

use super::{
    command::{Begin, Command, Fresh},
    decide::{Known, begin, decide},
    event::Recorded,
    evolve::evolve,
    refusal::Code,
    *,
};
use crate::rules::{
    absence::{Absence, Absences, Scope as For, Substitute},
    calendar::{Day, DayKind},
    instant::{Span, Zone},
    post::{Holding, Person, Post, PostKind, Rank},
    roster::{Change, On, Overrides, Roster, RosterKind, Rosters, Scope, ShiftNo, Slot, Turn, Weekday, on_duty},
    tier::{Unit, UnitKind},
    world::{Register, World},
};

fn at(text: &str) -> Instant {
    let text = if text.contains('T') { format!("{text}:00+08:00") } else { text.to_owned() };
    Instant::parse(&text, &Zone::china()).unwrap()
}

fn span(text: &str) -> Span {
    let (from, to) = text.split_once("..").unwrap();
    Span { from: at(from), to: at(to) }
}

/// A village with the standing cadres a, b, c, d, its resident cadre r, and the town's leader l.
fn world() -> World {
    let unit = |code: &str, kind, parent: Option<&str>| Unit {
        code: code.parse().unwrap(),
        name: code.to_owned(),
        kind,
        parent: parent.map(|p| p.parse().unwrap()),
        serves: None,
        span: Span::ALWAYS,
    };
    let mut register = Register {
        units: vec![unit("town", UnitKind::Town, None), unit("village", UnitKind::Village, Some("town"))],
        ..Register::default()
    };
    for (person, kind, unit) in [
        ("a", PostKind::StandingCadre, "village"),
        ("b", PostKind::StandingCadre, "village"),
        ("c", PostKind::StandingCadre, "village"),
        ("d", PostKind::StandingCadre, "village"),
        ("r", PostKind::ResidentCadre, "village"),
        ("l", PostKind::DutyLeader, "town"),
    ] {
        let post: crate::rules::id::PostCode = format!("post-{person}").parse().unwrap();
        let person: PersonCode = person.parse().unwrap();
        register.people.push(Person { code: person.clone(), name: "名".to_owned(), phone: String::new() });
        let (name, unit) = ("岗".to_owned(), unit.parse().unwrap());
        register.posts.push(Post { code: post.clone(), name, kind, unit, span: Span::ALWAYS });
        register.holdings.push(Holding { post, person, rank: Rank::First, span: Span::ALWAYS });
    }
    World::build(register, 1, Zone::china()).unwrap()
}

/// Every day from eight to eight, from Monday 12 October on: a, b, c in turn.
fn rosters() -> Rosters {
    let row = Roster {
        code: "duty".parse().unwrap(),
        name: "值班".to_owned(),
        unit: "village".parse().unwrap(),
        kind: RosterKind::Everyday,
        posts: PostKind::StandingCadre,
        exclusive: false,
        on: vec![On::Every],
        hand_over: "08:00".parse().unwrap(),
        hours: None,
        turn: Turn::Daily,
        week_begins: Weekday::Monday,
        width: 1,
        start: "2026-10-12".parse().unwrap(),
        order: ["a", "b", "c"].map(|p| Slot(Some(p.parse().unwrap()))).to_vec(),
        span: Span::ALWAYS,
    };
    let day = Day { kind: DayKind::Working, market: false };
    Rosters::build(&[row], Zone::china(), &|_, _| day, "2027-12-31".parse().unwrap())
}

fn shift(no: &str) -> ShiftId {
    ShiftId { start: "2026-10-12".parse().unwrap(), no: ShiftNo(no.parse().unwrap()) }
}

enum Asked {
    Begin(Begin),
    Command(Command),
}

fn asked(words: &[&str]) -> Asked {
    let roster = "duty".parse().unwrap();
    let reason = "家里有事".to_owned();
    let person = |text: &str| -> PersonCode { text.parse().unwrap() };
    let scope = |text: &str| if text.contains("..") { Scope::Stretch(span(text)) } else { Scope::Shift(shift(text)) };
    match words {
        ["offer", no] => Asked::Begin(Begin::OfferSwap { roster, shift: shift(no), to: None, reason }),
        ["offer", no, to] => Asked::Begin(Begin::OfferSwap { roster, shift: shift(no), to: Some(person(to)), reason }),
        ["over", out] => Asked::Begin(Begin::TakeOver { roster, out: person(out), reason }),
        ["silent", out] => Asked::Begin(Begin::TakeOver { roster, out: person(out), reason: " ".to_owned() }),
        ["long", out] => Asked::Begin(Begin::TakeOver { roster, out: person(out), reason: "长".repeat(201) }),
        ["bad", out] => Asked::Begin(Begin::TakeOver { roster, out: person(out), reason: "\u{0}".to_owned() }),
        ["elsewhere", out] => {
            Asked::Begin(Begin::TakeOver { roster: "other".parse().unwrap(), out: person(out), reason })
        }
        ["add", who, what] => Asked::Begin(Begin::Arrange {
            roster,
            change: Change::Add { person: person(who) },
            scope: scope(what),
            reason,
        }),
        ["remove", who, what] => Asked::Begin(Begin::Arrange {
            roster,
            change: Change::Remove { person: person(who) },
            scope: scope(what),
            reason,
        }),
        ["cover", out, who, what] => Asked::Begin(Begin::Arrange {
            roster,
            change: Change::Replace { out: person(out), person: person(who) },
            scope: scope(what),
            reason,
        }),
        ["take"] => Asked::Command(Command::TakeSwap { against: None }),
        ["take", no] => Asked::Command(Command::TakeSwap { against: Some(shift(no)) }),
        ["back"] => Asked::Command(Command::TakeBack),
        ["undo"] => Asked::Command(Command::Undo),
        other => panic!("{other:?}"),
    }
}

fn actor(text: &str) -> Actor {
    if text == "operator" { Actor::Operator } else { Actor::Person(text.parse().unwrap()) }
}

/// The play: a village, its roster, who is away, and all changes so far.
struct Play {
    world: World,
    rosters: Rosters,
    absences: Absences,
    changes: Vec<DutyChange>,
    records: Vec<(Instant, Recorded)>,
    taken: BTreeSet<(Option<StageKind>, &'static str, StageKind)>,
}

impl Play {
    fn new(away: &[(&str, &str)]) -> Self {
        let absence = |(no, (person, away)): (usize, &(&str, &str))| Absence {
            code: format!("n{no}").parse().unwrap(),
            person: person.parse().unwrap(),
            span: span(away),
            reason: "病".to_owned(),
            scope: For::All,
            substitute: Substitute::ByPost,
            recorded_by: None,
            recorded_at: Instant::MIN,
            ended_at: None,
        };
        Self {
            world: world(),
            rosters: rosters(),
            absences: Absences::build(away.iter().enumerate().map(absence).collect()),
            changes: Vec::new(),
            records: Vec::new(),
            taken: BTreeSet::new(),
        }
    }

    fn overrides(&self) -> Overrides {
        Overrides::build(self.changes.iter().flat_map(|c| c.overrides.clone()).collect())
    }

    /// `when who what…`; commands about a change are about the newest.
    fn ask(&mut self, line: &str) -> Result<Recorded, Code> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (when, who) = (at(words[0]), actor(words[1]));
        let overrides = self.overrides();
        let no = self.records.len();
        let fresh = Fresh {
            change: format!("x{no}").parse().unwrap(),
            overrides: [format!("x{no}.1").parse().unwrap(), format!("x{no}.2").parse().unwrap()],
        };
        let Self { world, rosters, absences, .. } = &*self;
        let known = Known { world, rosters, overrides: &overrides, absences };
        let newest = self.changes.last();
        let refused = |refusal: super::refusal::Refusal| {
            assert!(refusal.message.chars().next().is_some_and(|c| c.is_lowercase() || c == '`' || c.is_uppercase()));
            assert!(!refusal.message.ends_with('.'), "{}", refusal.message);
            refusal.code
        };
        let (before, record) = match asked(&words[2..]) {
            Asked::Begin(command) => (None, begin(&known, when, &who, &fresh, &command).map_err(refused)?),
            Asked::Command(command) => {
                (newest.cloned(), decide(&known, newest.unwrap(), when, &who, &fresh, &command).map_err(refused)?)
            }
        };
        let stage = before.as_ref().map(|c| c.stage.kind());
        if before.is_some() {
            self.changes.pop();
        }
        let after = evolve(before, when, &record).unwrap();
        self.taken.insert((stage, record.event.name(), after.stage.kind()));
        self.changes.push(after);
        self.records.push((when, record.clone()));
        Ok(record)
    }

    /// Who is on duty at noon of each of these days.
    fn duty(&self, days: &[&str]) -> String {
        let overrides = self.overrides();
        let noon = |day: &&str| {
            let when = at(&format!("2026-10-{day}T12:00"));
            let duty = on_duty(&self.rosters, &overrides, &"village".parse().unwrap(), PostKind::StandingCadre, when);
            if duty.gap {
                return "-".to_owned();
            }
            duty.people.iter().map(|d| d.person.as_str()).collect::<Vec<_>>().join("+")
        };
        days.iter().map(noon).collect::<Vec<_>>().join(" ")
    }
}

/// Every line is done; then noon of 12, 13, 14, 15 October is as expected.
fn done(lines: &[&str], expected: &str) -> Play {
    let mut play = Play::new(&[]);
    for line in lines {
        play.ask(line).unwrap_or_else(|code| panic!("{line}: {code}"));
    }
    assert_eq!(play.duty(&["12", "13", "14", "15"]), expected, "{lines:?}");
    play
}

/// Every line but the last is done, and the last refused.
fn refused(away: &[(&str, &str)], lines: &[&str], expected: Code) {
    let mut play = Play::new(away);
    let (last, before) = lines.split_last().unwrap();
    for line in before {
        play.ask(line).unwrap_or_else(|code| panic!("{line}: {code}"));
    }
    assert_eq!(play.ask(last).err(), Some(expected), "{lines:?}");
}

#[test]
fn a_swap_changes_nothing_until_it_is_taken_and_both_shifts_then() {
    done(&["2026-10-10 a offer 0"], "a b c a");
    done(&["2026-10-10 a offer 0", "2026-10-10 b take"], "b b c a");
    done(&["2026-10-10 a offer 0", "2026-10-10 b take 1"], "b a c a");
    done(&["2026-10-10 a offer 0 d", "2026-10-10 d take"], "d b c a");
    // The resident cadre orders what the cadres swap among themselves otherwise.
    done(&["2026-10-10 a offer 0", "2026-10-10 b take 1", "2026-10-11 r cover a d 1"], "b d c a");
}

#[test]
fn a_swap_is_taken_back_or_undone_before_it_begins() {
    done(&["2026-10-10 a offer 0", "2026-10-11 a back"], "a b c a");
    done(&["2026-10-10 a offer 0", "2026-10-10 b take 1", "2026-10-11 a undo"], "a b c a");
    done(&["2026-10-10 a offer 0", "2026-10-10 b take 1", "2026-10-11 r undo"], "a b c a");
}

#[test]
fn who_takes_over_is_on_duty_from_that_instant_to_the_end_of_the_shift() {
    let play = done(&["2026-10-12T12:00 b over a", "2026-10-13T09:00 d over b"], "b d c a");
    let (_, first) = &play.records[0];
    assert_eq!(first.step.acted, actor("b"));
    assert_eq!(first.step.responsible, Some("a".parse().unwrap()));
    assert_eq!(first.step.on_behalf_of, Some(crate::rules::actor::Behalf::Person("a".parse().unwrap())));
    let row = &play.changes[0].overrides[0];
    assert_eq!((row.made_at, row.made_by.as_ref().map(PersonCode::as_str)), (at("2026-10-12T12:00"), Some("b")));
    done(&["2026-10-12T11:00 b over a", "2026-10-12T11:30 a undo"], "a b c a");
}

#[test]
fn a_superior_arranges_a_cover_for_a_stretch_and_takes_it_back_from_then_on() {
    let play = done(&["2026-10-11 l cover b d 2026-10-13..2026-10-15"], "a d c a");
    let (_, record) = &play.records[0];
    assert_eq!(record.step.by_order_of, Some(actor("l")));
    assert_eq!(play.changes[0].overrides[0].by_order_of, Some("l".parse().unwrap()));
    done(&["2026-10-11 r add d 2026-10-13..2026-10-15"], "a b+d c+d a");
    done(&["2026-10-11 operator cover b d 1"], "a d c a");
    done(&["2026-10-11 r cover a d 2026-10-12..2026-10-16", "2026-10-14 r undo"], "d b c a");
    done(&["2026-10-11 r add d 1", "2026-10-11 r remove b 1"], "a d c a");
}

#[test]
fn each_refusal_has_a_case() {
    use Code as C;
    const OFFER: &str = "2026-10-10 a offer 0";
    let away_d = &[("d", "2026-10-12..2026-10-14")][..];
    let away_a = &[("a", "2026-10-12T11:30..2026-10-14")][..];
    type Case<'a> = (C, &'a [(&'a str, &'a str)], &'a [&'a str]);
    let cases: &[Case<'_>] = &[
        (C::UnknownRoster, &[], &["2026-10-12T12:00 b elsewhere a"]),
        (C::UnknownShift, &[], &["2026-10-10 a offer 4294967295"]),
        (C::UnknownPerson, &[], &["2026-10-10 r add nobody 1"]),
        (C::NotAllowed, &[], &["2026-10-10 r offer 0"]),
        (C::NotAllowed, &[], &["2026-10-12T12:00 r over a"]),
        (C::NotAllowed, &[], &["2026-10-10 a cover b d 1"]),
        (C::NotAllowed, &[], &["2026-10-10 operator offer 0"]),
        (C::NotAllowed, &[], &[OFFER, "2026-10-10 b back"]),
        (C::NotAllowed, &[], &[OFFER, "2026-10-10 b take 1", "2026-10-10 d undo"]),
        (C::WrongStage, &[], &[OFFER, "2026-10-10 a undo"]),
        (C::WrongStage, &[], &[OFFER, "2026-10-10 b take", "2026-10-10 c take"]),
        (C::NotOnShift, &[], &["2026-10-10 a offer 1"]),
        (C::NotOnShift, &[], &["2026-10-12T12:00 c over b"]),
        (C::NotOnShift, &[], &["2026-10-10 c over b"]),
        (C::NotOnShift, &[], &[OFFER, "2026-10-10 b take 2"]),
        (C::AlreadyOnShift, &[], &["2026-10-12T12:00 a over a"]),
        (C::AlreadyOnShift, &[], &["2026-10-09 r add b 0", OFFER, "2026-10-10 b take"]),
        (C::ShiftBegun, &[], &["2026-10-12T12:00 a offer 0"]),
        (C::ShiftBegun, &[], &[OFFER, "2026-10-12T08:00 b take"]),
        (C::ShiftBegun, &[], &[OFFER, "2026-10-10 b take 1", "2026-10-12T08:00 a undo"]),
        (C::Over, &[], &["2026-10-14 a offer 0"]),
        (C::Over, &[], &["2026-10-14 r cover a d 2026-10-12..2026-10-13"]),
        (C::Over, &[], &["2026-10-12T12:00 b over a", "2026-10-13T08:00 a undo"]),
        (C::NotForYou, &[], &["2026-10-10 a offer 0 d", "2026-10-10 b take"]),
        (C::OwnOffer, &[], &[OFFER, "2026-10-10 a take"]),
        (C::OwnOffer, &[], &["2026-10-10 a offer 0 a"]),
        (C::NotHolder, &[], &["2026-10-10 a offer 0 r"]),
        (C::NotHolder, &[], &["2026-10-10 l cover a r 0"]),
        (C::Absent, away_d, &["2026-10-10 a offer 0 d"]),
        (C::Absent, away_d, &["2026-10-10 r cover a d 0"]),
        (C::Absent, away_d, &["2026-10-12T12:00 d over a"]),
        (C::Absent, away_a, &["2026-10-12T11:00 b over a", "2026-10-12T12:00 b undo"]),
        (C::LeavesGap, &[], &["2026-10-10 r remove a 0"]),
        (C::LeavesGap, &[], &["2026-10-10 r remove a 2026-10-12T12:00..2026-10-12T13:00"]),
        (C::NothingChanges, &[], &["2026-10-10 r remove b 0"]),
        (C::NothingChanges, &[], &["2026-10-10 r cover b d 2026-10-12T08:00..2026-10-13T08:00"]),
        (C::WordsMissing, &[], &["2026-10-12T12:00 b silent a"]),
        (C::TooLong, &[], &["2026-10-12T12:00 b long a"]),
        (C::BadText, &[], &["2026-10-12T12:00 b bad a"]),
    ];
    for (code, away, lines) in cases {
        refused(away, lines, *code);
    }
    for code in C::ALL {
        assert!(cases.iter().any(|(c, ..)| c == code), "{code} has no case");
    }
}

#[test]
fn a_change_that_holds_a_place_is_not_undone_under_it() {
    let mut play = Play::new(&[]);
    for line in ["2026-10-10 r add d 0", "2026-10-10 r remove a 0"] {
        play.ask(line).unwrap();
    }
    // The first change is asked to be undone after the second.
    play.changes.rotate_left(1);
    assert_eq!(play.ask("2026-10-11 r undo").err(), Some(Code::LeavesGap));
    play.changes.rotate_left(1);
    play.ask("2026-10-11 r undo").unwrap();
    assert_eq!(play.duty(&["12"]), "a+d");
}

#[test]
fn every_transition_of_the_table_is_taken_and_every_other_refused() {
    let mut taken = BTreeSet::new();
    for lines in [
        &["2026-10-10 a offer 0", "2026-10-10 b take 1", "2026-10-11 b undo"][..],
        &["2026-10-10 a offer 0", "2026-10-10 a back"],
        &["2026-10-12T11:00 b over a", "2026-10-12T11:30 b undo"],
        &["2026-10-10 l cover a d 0"],
    ] {
        let mut play = Play::new(&[]);
        for line in lines {
            play.ask(line).unwrap();
            for command in ["take", "back", "undo"] {
                let stage = play.changes.last().unwrap().stage.kind();
                let Asked::Command(asked) = asked(&[command]) else { panic!("{command}") };
                let allowed = TRANSITIONS.iter().any(|(kind, s)| *kind == asked.kind() && s.contains(&stage));
                let (changes, records) = (play.changes.clone(), play.records.clone());
                let answer = play.ask(&format!("2026-10-11 l {command}"));
                assert_eq!(answer.err() == Some(Code::WrongStage), !allowed, "{command} at {stage}");
                (play.changes, play.records) = (changes, records);
            }
        }
        // The fold of the journal is the state.
        let folded = play.records.iter().fold(None, |change, (at, record)| evolve(change, *at, record));
        assert_eq!(folded.as_ref(), play.changes.last());
        taken.extend(play.taken);
    }
    let shown: Vec<String> = taken
        .iter()
        .map(|(from, event, to)| format!("{} {event} {to}", from.map_or("-".to_owned(), |s| s.to_string())))
        .collect();
    assert_eq!(
        shown,
        [
            "- Arranged InForce",
            "- SwapOffered Offered",
            "- TakenOver InForce",
            "Offered SwapTaken InForce",
            "Offered SwapTakenBack TakenBack",
            "InForce Undone Undone",
        ]
    );
}

#[test]
fn an_event_reads_back_from_the_journal_as_itself() {
    let play = done(&["2026-10-10 a offer 0", "2026-10-10 b take 1", "2026-10-11 l undo"], "a b c a");
    for (_, record) in &play.records {
        let text = serde_json::to_string(record).unwrap();
        assert_eq!(serde_json::from_str::<Recorded>(&text).unwrap(), *record, "{text}");
    }
}
