//! The same town on the engine's rules, and what of its state the model knows.

#![expect(clippy::panic, reason = "a town that the model does not know must fail the test that wants it")]

use std::collections::BTreeSet;

use liandong_engine::rules::{
    absence::{Scope, Substitute},
    actor::Actor,
    id::{PersonCode, ReceiptHash, RequestId},
    instant::{Instant, Zone},
    limit::LimitKind,
    register::{self, command as change},
    request::{
        self, Channel, Citizen, Duty, How, Outcome, Request, StageKind,
        command::{Command, LogRequest},
        decide::{Fresh, decide, log, run_out},
        event::Recorded,
        evolve::fold,
        running,
    },
    routing::Loads,
    world::{PersonIx, World},
};

use super::{Act, Assigned, Away, Case, Kind, Person, Post, Stage, Trigger};

/// A tick is a day, so that all limits of the town are whole ticks.
const TICK: i64 = 86_400_000_000;

/// The first day.
const START: i64 = 18_000 * TICK;

/// The town on the engine's rules.
#[derive(Debug)]
pub struct Rules {
    world: World,
    requests: Vec<Request>,
    /// How many instants were used: each command has one of its own.
    used: i64,
}

fn code(person: Person) -> PersonCode {
    let text = format!("P{}", person as u8 + 1);
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

impl Rules {
    /// A town in which nothing happened yet.
    ///
    /// # Panics
    /// When its register is wrong.
    #[must_use]
    pub fn new() -> Self {
        let world = World::build(crate::fixtures::register("model"), 1, Zone::china());
        let world = world.unwrap_or_else(|problems| panic!("{problems:#?}"));
        Self { world, requests: Vec::new(), used: 0 }
    }

    fn at(&self, now: u8) -> Instant {
        Instant(START + i64::from(now) * TICK + self.used)
    }

    fn next(&mut self, now: u8) -> Instant {
        self.used += 1;
        self.at(now)
    }

    /// The requests, as the model would have them.
    #[must_use]
    pub fn cases(&self) -> Vec<Case> {
        self.requests.iter().map(|request| self.case(request)).collect()
    }

    fn records(&self, at: Instant, case: usize, by: Person, act: Act) -> Option<Vec<Recorded>> {
        let text = || "说明".to_owned();
        let command = match act {
            Act::Log => {
                let number = u8::try_from(case).unwrap_or(u8::MAX);
                let id = RequestId::from_parts(at, [number; 10]);
                let fresh = Fresh { id, receipt: ReceiptHash([number; 16]) };
                let command = LogRequest {
                    place: "H".parse().ok()?,
                    matter: "water-pipe".parse().ok()?,
                    channel: Channel::HomeVisit,
                    entered_at: None,
                    words: text(),
                    citizen: Citizen { name: "韦某".to_owned(), phone: String::new() },
                    accused: Vec::new(),
                };
                return log(&self.world, at, &Actor::Person(code(by)), fresh, &command, &Loads::default()).ok();
            }
            Act::Accept => Command::Accept,
            Act::Escalate => Command::Escalate { reason: text() },
            Act::Resolve => Command::Resolve { outcome: Outcome::Solved, words: text(), face_to_face: false },
            Act::Tell => Command::ConfirmRelay { told: true, whom: text(), when: at, how: How::Phone },
        };
        let request = self.requests.get(case)?;
        decide(&self.world, request, at, &Actor::Person(code(by)), &command, &Loads::default()).ok()
    }

    /// What a command would come to; none when it is refused.
    #[must_use]
    pub fn would(&self, now: u8, case: usize, by: Person, act: Act) -> Option<Case> {
        let at = Instant(self.at(now).0 + 1);
        let records = self.records(at, case, by, act)?;
        let before = self.requests.get(case).cloned().filter(|_| act != Act::Log);
        folded(before, at, &records).map(|request| self.case(&request))
    }

    /// Decides a command and does it; whether it was done.
    pub fn order(&mut self, now: u8, case: usize, by: Person, act: Act) -> bool {
        let at = self.next(now);
        let Some(records) = self.records(at, case, by, act) else { return false };
        if act == Act::Log {
            self.requests.extend(folded(None, at, &records));
        } else {
            self.take(case, at, &records);
        }
        true
    }

    /// What the engine does of a limit: the first that is over now takes effect.
    ///
    /// # Panics
    /// When the rules refuse time what is its own.
    pub fn time(&mut self, now: u8, case: usize) -> Option<Trigger> {
        let at = self.next(now);
        let request = self.requests.get(case)?;
        let due = running(request).into_iter().filter(|due| due.at <= at).min()?;
        let records = run_out(&self.world, request, at, due, &Loads::default());
        let records = records.unwrap_or_else(|refusal| panic!("time was refused: {refusal:?}"));
        assert!(!records.is_empty(), "{due:?} is over and nothing came of it");
        self.take(case, at, &records);
        let kind = if due.kind == LimitKind::Accept { Kind::Accept } else { Kind::Finish };
        Some(Trigger { due: tick(due.at), no: u8::try_from(due.no.0).unwrap_or(u8::MAX), kind })
    }

    /// Somebody goes away, or comes back.
    ///
    /// # Panics
    /// When the register does not take it.
    pub fn turn(&mut self, now: u8, person: Person) {
        let at = self.next(now);
        let who = code(person);
        let away = self.world.register().absences.iter().find(|a| a.person == who && a.holds().contains(at));
        let command = match away {
            Some(absence) => change::Command::EndAbsence { absence: absence.code.clone() },
            None => change::Command::RecordAbsence(change::NewAbsence {
                person: who,
                from: None,
                to: at.plus_days(3_650),
                reason: "培训".to_owned(),
                scope: Scope::All,
                substitute: match person {
                    Person::Chief => Substitute::Person(code(Person::Deputy)),
                    _ => Substitute::ByPost,
                },
            }),
        };
        let touched = register::decide::touched(&self.world, at, &command);
        let open: Vec<Request> = self.requests.iter().filter(|r| touched.concerns(r)).cloned().collect();
        let decided = register::decide::decide(&self.world, at, &Actor::Operator, &command, &open, &Loads::default());
        let decided = decided.unwrap_or_else(|refusal| panic!("{command:?}: {refusal:?}"));
        self.world = decided.world;
        for (id, records) in decided.hand_overs {
            if let Some(case) = self.requests.iter().position(|r| r.id == id) {
                self.take(case, at, &records);
            }
        }
    }

    fn take(&mut self, case: usize, at: Instant, records: &[Recorded]) {
        if let Some(request) = self.requests.get_mut(case)
            && let Some(after) = folded(Some(request.clone()), at, records)
        {
            *request = after;
        }
    }

    /// What the model knows of a request.
    fn case(&self, request: &Request) -> Case {
        Case {
            stage: match request.stage.kind() {
                StageKind::Routed => Stage::Routed,
                StageKind::InHand => Stage::InHand,
                StageKind::Resolved => Stage::Resolved,
                StageKind::Told => Stage::Told,
                other => panic!("the model knows no {other}"),
            },
            open: request.open().map(|open| self.assigned(open)).collect(),
            left: request.climb.left.iter().map(|let_go| (post(&let_go.post), person(&let_go.person))).collect(),
            given: u8::try_from(request.assignments.len()).unwrap_or(u8::MAX),
            over: BTreeSet::new(),
            climbed: false,
            timed: false,
        }
    }

    fn assigned(&self, open: &request::Assignment) -> Assigned {
        let accept = open.accept.filter(|_| open.accepted_at.is_none()).map(|limit| limit.due);
        let finish = open.finish.map(|limit| limit.due);
        // What comes next of each: a limit, or that it is told again.
        let again = open.next_reminder;
        let (late, expired) = (open.finish_expired, (open.accept_expired && accept.is_some(), open.finish_expired));
        let next_accept = accept.filter(|_| !open.accept_expired).or(again.filter(|_| !late));
        let both = next_accept.zip(if late { again } else { finish });
        Assigned {
            expired,
            again: again.map(tick),
            no: u8::try_from(open.no.0).unwrap_or(u8::MAX),
            relay: open.duty == Duty::Relay,
            post: post(&open.post),
            person: person(&open.person),
            rung: open.rung,
            accept: accept.map(tick),
            finish: finish.map(tick),
            finish_first: both.is_some_and(|(accept, finish)| tick(accept) == tick(finish) && finish < accept),
            given_while: self.away(open.opened_at),
        }
    }

    fn away(&self, at: Instant) -> Away {
        let away = |person: &Person| {
            let found: Option<PersonIx> = self.world.find_person(code(*person).as_str());
            found.is_some_and(|person| self.world.absence(person, None, at).is_some())
        };
        Person::ALL.into_iter().filter(away).fold(Away::default(), Away::turned)
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self::new()
    }
}

fn folded(before: Option<Request>, at: Instant, records: &[Recorded]) -> Option<Request> {
    records.iter().fold(before, |request, record| fold(request, at, record).ok())
}

fn tick(at: Instant) -> u8 {
    u8::try_from((at.0 - START) / TICK).unwrap_or(u8::MAX)
}

fn person(code: &PersonCode) -> Person {
    let found = Person::ALL.into_iter().find(|person| *code == self::code(*person));
    found.unwrap_or_else(|| panic!("the model knows no {code}"))
}

fn post(code: &liandong_engine::rules::id::PostCode) -> Post {
    match code.as_str() {
        "G-LEAD" => Post::Group,
        "V-SC" => Post::Village,
        "T-DUTY" => Post::Town,
        "T-DISP" => Post::Dispatch,
        other => panic!("the model knows no {other}"),
    }
}
