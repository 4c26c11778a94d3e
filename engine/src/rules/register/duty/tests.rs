//! Changes of duty as small plays: who asks what when, and what comes of it.

use std::collections::BTreeSet;

use super::*;
use crate::rules::{
    absence::{Absence, Scope as For, Substitute},
    instant::{Span, Zone},
    post::{Holding, Person, Post, PostKind, Rank},
    register::{decide, event::Recorded, evolve::evolve},
    roster::{Change, Expiry, On as Days, Roster, RosterKind, Scope, ShiftId, Slot, Turn, Weekday},
    routing::Loads,
    tier::{Unit, UnitKind},
    world::Register,
};

pub(in crate::rules) fn at(text: &str) -> Instant {
    let text = if text.contains('T') { format!("{text}:00+08:00") } else { text.to_owned() };
    Instant::parse(&text, &Zone::china()).unwrap()
}

fn span(text: &str) -> Span {
    let (from, to) = text.split_once("..").unwrap();
    Span { from: at(from), to: at(to) }
}

/// A village with the standing cadres a, b, c, d, its resident cadre r, and the town's leader l. In the village
/// there is duty every day from eight to eight, from Monday 12 October on: a, b, c in turn.
fn register() -> Register {
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
    register.rosters.push(Roster {
        code: "duty".parse().unwrap(),
        name: "值班".to_owned(),
        unit: "village".parse().unwrap(),
        kind: RosterKind::Everyday,
        posts: PostKind::StandingCadre,
        exclusive: false,
        on: vec![Days::Every],
        hand_over: "08:00".parse().unwrap(),
        hours: None,
        turn: Turn::Daily,
        week_begins: Weekday::Monday,
        width: 1,
        start: "2026-10-12".parse().unwrap(),
        order: ["a", "b", "c"].map(|p| Slot(Some(p.parse().unwrap()))).to_vec(),
        span: Span::ALWAYS,
    });
    register
}

fn shift(no: &str) -> ShiftId {
    format!("2026-10-12#{no}").parse().unwrap()
}

/// The command; one about a change that is there is about the newest, if none is named.
fn asked(words: &[&str], newest: &str) -> DutyCommand {
    let roster = "duty".parse().unwrap();
    let reason = "家里有事".to_owned();
    let person = |text: &str| -> PersonCode { text.parse().unwrap() };
    let scope = |text: &str| if text.contains("..") { Scope::Stretch(span(text)) } else { Scope::Shift(shift(text)) };
    let over = |roster: &str, out: &str, reason: &str| DutyCommand::TakeOver {
        roster: roster.parse().unwrap(),
        out: person(out),
        reason: reason.to_owned(),
    };
    let change = match words {
        ["undo", code] => code.parse().unwrap(),
        _ => newest.parse().unwrap(),
    };
    match words {
        ["offer", no] => DutyCommand::OfferSwap { roster, shift: shift(no), to: None, reason },
        ["offer", no, to] => DutyCommand::OfferSwap { roster, shift: shift(no), to: Some(person(to)), reason },
        ["over", out] => over("duty", out, &reason),
        ["silent", out] => over("duty", out, " "),
        ["long", out] => over("duty", out, &"长".repeat(201)),
        ["bad", out] => over("duty", out, "\u{0}"),
        ["elsewhere", out] => over("other", out, &reason),
        [what, who, when] if ["add", "remove"].contains(what) => {
            let person = person(who);
            let change = if *what == "add" { Change::Add { person } } else { Change::Remove { person } };
            DutyCommand::ArrangeCover { roster, change, scope: scope(when), reason }
        }
        ["cover", out, who, when] => {
            let change = Change::Replace { out: person(out), person: person(who) };
            DutyCommand::ArrangeCover { roster, change, scope: scope(when), reason }
        }
        ["take"] => DutyCommand::TakeSwap { change, against: None },
        ["take", no] => DutyCommand::TakeSwap { change, against: Some(shift(no)) },
        ["back"] => DutyCommand::TakeBackSwap { change },
        ["undo", ..] => DutyCommand::Undo { change },
        other => panic!("{other:?}"),
    }
}

fn actor(text: &str) -> Actor {
    if text == "operator" { Actor::Operator } else { Actor::Person(text.parse().unwrap()) }
}

/// The play: a village, its roster, who is away, and all changes so far.
#[derive(Clone)]
pub(in crate::rules) struct Play {
    pub(in crate::rules) world: World,
    records: Vec<(Instant, Recorded)>,
    taken: BTreeSet<(Option<DutyChangeStage>, &'static str, DutyChangeStage)>,
}

impl Play {
    pub(in crate::rules) fn new(away: &[(&str, &str)]) -> Self {
        let absence = |(no, (person, away)): (usize, &(&str, &str))| Absence {
            code: format!("n{no}").parse().unwrap(),
            person: person.parse().unwrap(),
            span: span(away),
            reason: "病".to_owned(),
            scope: For::All,
            substitute: Substitute::ByPost,
            substitute_until: None,
            recorded_by: None,
            recorded_at: Instant::MIN,
            ended_at: None,
        };
        let register = Register { absences: away.iter().enumerate().map(absence).collect(), ..register() };
        let world = World::build(register, 1, Zone::china()).unwrap();
        Self { world, records: Vec::new(), taken: BTreeSet::new() }
    }

    fn changes(&self) -> &[DutyChange] {
        &self.world.register().duty_changes
    }

    /// As [`Play::ask`], where other changes may end with it; `take CODE` takes that offer.
    fn order(&mut self, line: &str) -> Result<(), Code> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let command = match words[2..] {
            ["take", code] if code.starts_with("DUTY") => {
                DutyCommand::TakeSwap { change: code.parse().unwrap(), against: None }
            }
            _ => asked(&words[2..], &self.changes().last().map_or("DUTY-0".to_owned(), |c| c.code.to_string())),
        };
        let command = crate::rules::register::command::Command::Duty(command);
        let (when, who) = (at(words[0]), actor(words[1]));
        let decided = decide::decide(&self.world, when, &who, &command, &[], &Loads::default());
        self.world = decided.map_err(|refusal| refusal.code)?.world;
        Ok(())
    }

    /// `when who what…`.
    pub(in crate::rules) fn ask(&mut self, line: &str) -> Result<Recorded, Code> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (when, who) = (at(words[0]), actor(words[1]));
        let newest = self.changes().last().map_or("DUTY-0".to_owned(), |change| change.code.to_string());
        let command = asked(&words[2..], &newest);
        let about = match &command {
            DutyCommand::TakeSwap { change, .. }
            | DutyCommand::TakeBackSwap { change }
            | DutyCommand::Undo { change } => Some(change.clone()),
            _ => None,
        };
        let before = about.as_ref().map(|code| self.world.duty_change(code).unwrap().stage());
        let command = crate::rules::register::command::Command::Duty(command);
        let decided = decide::decide(&self.world, when, &who, &command, &[], &Loads::default());
        let decision = decided.map_err(|refusal| {
            let first = refusal.message.chars().next().unwrap();
            assert!(first.is_lowercase() || first == '`' || first.is_uppercase(), "{}", refusal.message);
            assert!(!refusal.message.ends_with('.'), "{}", refusal.message);
            refusal.code
        })?;
        self.world = decision.world;
        let [record] = <[Recorded; 1]>::try_from(decision.records).unwrap();
        let after = about.unwrap_or_else(|| self.changes().last().unwrap().code.clone());
        let after = self.world.duty_change(&after).unwrap().stage();
        self.taken.insert((before, record.event.name(), after));
        self.records.push((when, record.clone()));
        Ok(record)
    }

    /// Who is on duty at noon of each of these days.
    fn duty(&self, days: &[&str]) -> String {
        let village = self.world.find_unit("village").unwrap();
        let noon = |day: &&str| {
            let when = at(&format!("2026-10-{day}T12:00"));
            let duty = self.world.on_duty(village, PostKind::StandingCadre, when);
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
    assert_eq!(first.step.on_behalf_of, Some(Behalf::Person("a".parse().unwrap())));
    let row = &play.changes()[0].overrides()[0];
    assert_eq!((row.made_at, row.made_by.as_ref().map(PersonCode::as_str)), (at("2026-10-12T12:00"), Some("b")));
    done(&["2026-10-12T11:00 b over a", "2026-10-12T11:30 a undo"], "a b c a");
}

#[test]
fn a_superior_arranges_a_cover_for_a_stretch_and_takes_it_back_from_then_on() {
    let play = done(&["2026-10-11 l cover b d 2026-10-13..2026-10-15"], "a d c a");
    let (_, record) = &play.records[0];
    assert_eq!(record.step.by_order_of, Some(actor("l")));
    assert_eq!(record.step.on_behalf_of, Some(Behalf::Person("b".parse().unwrap())));
    assert_eq!(play.changes()[0].overrides()[0].by_order_of, Some("l".parse().unwrap()));
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
        (C::NotInRegister, &[], &["2026-10-12T12:00 b elsewhere a"]),
        (C::UnknownShift, &[], &["2026-10-10 a offer 4294967295"]),
        (C::NotInRegister, &[], &["2026-10-10 r add nobody 1"]),
        (C::NotYourDuty, &[], &["2026-10-10 r offer 0"]),
        (C::NotYourDuty, &[], &["2026-10-12T12:00 r over a"]),
        (C::NotYourDuty, &[], &["2026-10-10 a cover b d 1"]),
        (C::NotYourDuty, &[], &["2026-10-10 operator offer 0"]),
        (C::NotYourDuty, &[], &[OFFER, "2026-10-10 b back"]),
        (C::NotYourDuty, &[], &[OFFER, "2026-10-10 b take 1", "2026-10-10 d undo"]),
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
        (C::ShiftOver, &[], &["2026-10-14 a offer 0"]),
        (C::ShiftOver, &[], &["2026-10-14 r cover a d 2026-10-12..2026-10-13"]),
        (C::ShiftOver, &[], &["2026-10-12T12:00 b over a", "2026-10-13T08:00 a undo"]),
        (C::NotForYou, &[], &["2026-10-10 a offer 0 d", "2026-10-10 b take"]),
        (C::OwnOffer, &[], &[OFFER, "2026-10-10 a take"]),
        (C::OwnOffer, &[], &["2026-10-10 a offer 0 a"]),
        (C::DoesNotHold, &[], &["2026-10-10 a offer 0 r"]),
        (C::DoesNotHold, &[], &["2026-10-10 l cover a r 0"]),
        (C::PersonAbsent, away_d, &["2026-10-10 a offer 0 d"]),
        (C::PersonAbsent, away_d, &["2026-10-10 r cover a d 0"]),
        (C::PersonAbsent, away_d, &["2026-10-12T12:00 d over a"]),
        (C::PersonAbsent, away_a, &["2026-10-12T11:00 b over a", "2026-10-12T12:00 b undo"]),
        (C::LeavesGap, &[], &["2026-10-10 r remove a 0"]),
        (C::LeavesGap, &[], &["2026-10-10 r remove a 2026-10-12T12:00..2026-10-12T13:00"]),
        (C::NothingChanges, &[], &["2026-10-10 r remove b 0"]),
        (C::NothingChanges, &[], &[OFFER, OFFER]),
        (C::NothingChanges, &[], &["2026-10-10 r cover b d 2026-10-12T08:00..2026-10-13T08:00"]),
        (C::WouldBreak, &[], &["2026-10-12T12:00 b silent a"]),
        (C::WouldBreak, &[], &["2026-10-12T12:00 b long a"]),
        (C::BadText, &[], &["2026-10-12T12:00 b bad a"]),
    ];
    for (code, away, lines) in cases {
        refused(away, lines, *code);
    }
}

#[test]
fn a_change_that_holds_a_place_is_not_undone_under_it() {
    let mut play = Play::new(&[]);
    for line in ["2026-10-10 r add d 0", "2026-10-10T01:00 r remove a 0"] {
        play.ask(line).unwrap();
    }
    assert_eq!(play.ask("2026-10-11 r undo DUTY-1").err(), Some(Code::LeavesGap));
    play.ask("2026-10-11 r undo DUTY-2").unwrap();
    assert_eq!(play.duty(&["12"]), "a+d");
}

/// Every line is done, however much ends with it; then the changes are at these stages.
#[track_caller]
fn stages(lines: &[&str], expected: &[&str]) -> Play {
    let mut play = Play::new(&[]);
    for line in lines {
        play.order(line).unwrap_or_else(|code| panic!("{line}: {code}"));
    }
    let shown = |row: &DutyChange| match row.expiry {
        Some(why) => format!("{} {} {why}", row.code, row.stage()),
        None => format!("{} {}", row.code, row.stage()),
    };
    assert_eq!(play.changes().iter().map(shown).collect::<Vec<_>>(), expected, "{lines:?}");
    play
}

#[test]
fn what_another_change_rests_on_is_not_undone_under_it() {
    const SWAP: [&str; 4] = ["2026-10-10 a offer 0", "2026-10-10 b take", "2026-10-10 b offer 0", "2026-10-10 c take"];
    for who in ["a", "b", "r", "operator"] {
        let last = format!("2026-10-11 {who} undo DUTY-1");
        refused(&[], &[&SWAP[..], &[&last]].concat(), Code::StillReliedOn);
    }
    let play = done(&[&SWAP[..], &["2026-10-11 c undo DUTY-2", "2026-10-11 a undo DUTY-1"]].concat(), "a b c a");
    assert!(play.changes().iter().all(|row| row.stage() == DutyChangeStage::Undone));
    // Pairs: what lies on top does something only because of what lies beneath.
    for (beneath, top) in [
        // A superior's cover over a swap.
        (&["2026-10-10 a offer 0", "2026-10-10 b take"][..], "2026-10-11 r cover b d 0"),
        (&["2026-10-10 a offer 0", "2026-10-10 b take"], "2026-10-11 r cover b d 2026-10-12..2026-10-13"),
        // A take-over over a cover, a cover over a take-over, a take-over over a take-over.
        (&["2026-10-11 r cover a d 0"], "2026-10-12T12:00 c over d"),
        (&["2026-10-12T09:00 b over a"], "2026-10-12T12:00 r cover b d 0"),
        (&["2026-10-12T09:00 b over a"], "2026-10-12T12:00 c over b"),
    ] {
        let undo = "2026-10-12T13:00 operator undo DUTY-1";
        let undo = if top.contains("2026-10-11") { "2026-10-11T13:00 operator undo DUTY-1" } else { undo };
        refused(&[], &[beneath, &[top, undo]].concat(), Code::StillReliedOn);
    }
    // A cover of the place and not of who took it rests on nothing, and goes on.
    done(
        &["2026-10-10 a offer 0", "2026-10-10 b take", "2026-10-11 r cover a d 0", "2026-10-11 a undo DUTY-1"],
        "d b c a",
    );
}

#[test]
fn whom_a_superior_ordered_does_not_undo_the_order() {
    for who in ["a", "d"] {
        let undo = format!("2026-10-11 {who} undo");
        refused(&[], &["2026-10-10 r cover a d 0", &undo], Code::NotYourDuty);
    }
    done(&["2026-10-10 r cover a d 0", "2026-10-11 l undo"], "a b c a");
}

#[test]
fn an_offer_that_can_be_taken_no_longer_expires_and_what_rests_on_it_stands() {
    stages(
        &["2026-10-10 a offer 0", "2026-10-10 a offer 0 d", "2026-10-10 b take DUTY-1"],
        &["DUTY-1 InForce", "DUTY-2 Expired TakenByAnother"],
    );
    stages(&["2026-10-10 a offer 0", "2026-10-10 r cover a d 0"], &["DUTY-1 Expired NotOnShift", "DUTY-2 InForce"]);
    // Whoever alone could take it is on that shift already.
    stages(&["2026-10-10 a offer 0 d", "2026-10-10 r add d 0"], &["DUTY-1 Expired CannotCome", "DUTY-2 InForce"]);
    // The shift begins.
    let play = stages(&["2026-10-10 a offer 0", "2026-10-10 b offer 1"], &["DUTY-1 Offered", "DUTY-2 Offered"]);
    assert_eq!(play.world.next_change_of_hands(at("2026-10-11")), Some(at("2026-10-12T08:00")));
    assert!(decide::come(&play.world, at("2026-10-12T07:59")).unwrap().is_none());
    let begun = decide::come(&play.world, at("2026-10-12T08:00")).unwrap().unwrap();
    let stage = |world: &World, code: &str| world.duty_change(&code.parse().unwrap()).unwrap().expiry;
    assert_eq!(stage(&begun.world, "DUTY-1"), Some(Expiry::ShiftBegun));
    assert_eq!(stage(&begun.world, "DUTY-2"), None);
    let step = &begun.records[0].step;
    assert_eq!((&step.acted, &step.by_order_of), (&Actor::System, &None));
    // What happened is told as the journal has it.
    let last = history(begun.world.duty_change(&"DUTY-1".parse().unwrap()).unwrap()).pop().unwrap();
    assert_eq!((last.what, last.at, &last.step), (Happening::Expired, at("2026-10-12T08:00"), step));
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
            for (words, asked) in [("take", Asked::Take), ("back", Asked::TakeBack), ("undo", Asked::Undo)] {
                let stage = play.changes().last().unwrap().stage();
                let allowed = TRANSITIONS.iter().any(|(known, stages)| *known == asked && stages.contains(&stage));
                let answer = play.clone().ask(&format!("2026-10-11 l {words}"));
                assert_eq!(answer.err() == Some(Code::WrongStage), !allowed, "{words} at {stage}");
            }
        }
        // The fold of the journal is the register.
        let mut folded = register();
        play.records.iter().for_each(|(at, record)| evolve(&mut folded, *at, &record.event).unwrap());
        assert_eq!(folded.duty_changes, play.changes());
        // And what is told of the change is what the journal says of it.
        let told = history(play.changes().last().unwrap()).into_iter().map(|h| (h.at, h.step));
        let kept = play.records.iter().map(|(at, record)| (*at, record.step.clone()));
        assert!(told.eq(kept), "{lines:?}");
        taken.extend(play.taken);
    }
    let shown: Vec<String> = taken
        .iter()
        .map(|(from, event, to)| format!("{} {event} {to}", from.map_or("-".to_owned(), |s| s.to_string())))
        .collect();
    assert_eq!(
        shown,
        [
            "- CoverArranged InForce",
            "- DutyTakenOver InForce",
            "- SwapOffered Offered",
            "Offered SwapTaken InForce",
            "Offered SwapTakenBack TakenBack",
            "InForce DutyChangeUndone Undone",
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
