//! What a story shows of a request: codes, names and words only, so that every driver can give it.

use liandong_engine::rules::{
    actor::{Actor, Behalf},
    authority::{Act, may},
    id::{AssignmentNo, PersonCode, PostCode},
    instant::Instant,
    limit::{Card, LimitKind},
    post::{PostKind, Rank},
    request::{
        Assignment, Duty, How, Outcome, Request, Stage, StageKind,
        event::{Event, Recorded},
        oversight::Answer,
        relation::roles,
    },
    routing::{
        Account, RungNo, Verdict,
        account::{AccountFound, AccountPassed},
    },
    world::World,
};

/// A code with the name that people know it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The code.
    pub code: String,
    /// The name.
    pub name: String,
}

/// The assignment that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Which of the request's assignments.
    pub no: AssignmentNo,
    /// To do what.
    pub duty: Duty,
    /// On which post.
    pub post: Named,
    /// Who is responsible.
    pub person: Named,
    /// On which rung.
    pub rung: RungNo,
    /// Until when it is to be accepted, while it is not.
    pub accept_by: Option<Instant>,
    /// Until when it is to be finished.
    pub finish_by: Option<Instant>,
    /// When it is told again that it is overdue.
    pub next_reminder: Option<Instant>,
}

/// A request as somebody sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Where it is.
    pub stage: StageKind,
    /// The open assignment; none when nobody has to do anything.
    pub open: Option<Open>,
    /// How it ended, once it did.
    pub outcome: Option<Outcome>,
    /// Who of the household heard it, and how.
    pub told: Option<(String, How)>,
    /// Until when the citizen's answer is waited for.
    pub answer_by: Option<Instant>,
    /// The limits of the whole case that end before the time of whoever has it.
    pub overpromised: Vec<LimitKind>,
    /// The marks that supervision gave, each to whom.
    pub marks: Vec<(Card, Named)>,
    /// Those who help, and who were handed a step, and have not reported.
    pub asides: Vec<Open>,
    /// Who supervises it, and until when it is to be done by that.
    pub supervised: Option<(Named, Option<Instant>)>,
    /// How many working days more somebody asked for, and what came of it.
    pub extension: Option<(u16, &'static str)>,
    /// How often somebody asked how far it is.
    pub reminders: usize,
    /// How often it was sent back.
    pub returns: u8,
    /// How often it was reopened.
    pub reopened: u8,
}

/// Who was found, and who was passed on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Who; none when there is nobody.
    pub found: Option<Found>,
    /// The posts passed, in the order of the climb.
    pub passed: Vec<Passed>,
}

/// Who was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The post.
    pub post: Named,
    /// Who answers for it.
    pub person: Named,
    /// As first holder or as substitute.
    pub rank: Rank,
    /// On which rung.
    pub rung: RungNo,
    /// Who would answer for the post, but is absent.
    pub instead_of: Option<Named>,
}

/// A post passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// On which rung.
    pub rung: RungNo,
    /// The post; none when the rung has none at this place.
    pub post: Option<Named>,
    /// The kind of post.
    pub kind: PostKind,
    /// Why.
    pub verdict: Verdict,
}

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name of the event.
    pub event: String,
    /// Who did it.
    pub acted: Doer,
    /// Who held the assignment that it was about.
    pub responsible: Option<Named>,
    /// On whose behalf.
    pub on_behalf_of: Option<Doer>,
    /// By whose order.
    pub by_order_of: Option<Doer>,
}

/// Whoever does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doer {
    /// A person of the register.
    Person(Named),
    /// The citizen.
    Citizen,
    /// Whoever runs the program.
    Operator,
    /// Nobody: time.
    System,
}

impl Named {
    /// A post by the name it has in that world.
    #[must_use]
    pub fn post(world: &World, code: &PostCode) -> Self {
        let name = world.find_post(code.as_str()).and_then(|p| world.post(p)).map(|p| p.name.clone());
        Self { code: code.to_string(), name: name.unwrap_or_default() }
    }

    /// A person by the name they have in that world.
    #[must_use]
    pub fn person(world: &World, code: &PersonCode) -> Self {
        let name = world.find_person(code.as_str()).and_then(|p| world.person(p)).map(|p| p.name.clone());
        Self { code: code.to_string(), name: name.unwrap_or_default() }
    }
}

impl View {
    /// A request as this actor sees it: who may not read how it is handled is not shown who has it.
    #[must_use]
    pub fn seen_by(actor: &Actor, world: &World, request: &Request, at: Instant) -> Self {
        let view = Self::of(world, request);
        let reads = may(roles(world, request, actor, at), Act::SeeHandling);
        if reads {
            return view;
        }
        let (marks, asides, overpromised) = (Vec::new(), Vec::new(), Vec::new());
        Self { open: None, marks, asides, overpromised, supervised: None, extension: None, ..view }
    }

    /// A request in the names of that world, as the teller of the story sees it.
    #[must_use]
    pub fn of(world: &World, request: &Request) -> Self {
        let open = |a: &Assignment| Open {
            no: a.no,
            duty: a.duty,
            post: Named::post(world, &a.post),
            person: Named::person(world, &a.person),
            rung: a.rung,
            accept_by: a.accept.filter(|_| a.accepted_at.is_none()).map(|limit| limit.due),
            finish_by: a.finish.map(|limit| limit.due),
            next_reminder: a.next_reminder,
        };
        let (outcome, told) = match &request.stage {
            Stage::Closed { outcome, told, .. } => (Some(*outcome), told.as_ref()),
            Stage::Told { resolution, told, .. } => (Some(resolution.outcome), Some(told)),
            stage => (stage.resolution().map(|r| r.outcome), None),
        };
        Self {
            stage: request.stage.kind(),
            open: request.handle().or_else(|| request.relay()).map(open),
            asides: request.asides().map(open).collect(),
            supervised: (request.limits.supervision.as_ref())
                .map(|s| (Named::person(world, &s.by), s.limit.map(|limit| limit.due))),
            extension: request.limits.extension.as_ref().map(|e| {
                let came = match e.answer {
                    Answer::Awaited(_) => "Awaited",
                    Answer::Granted(_) => "Granted",
                    Answer::Refused(_) => "Refused",
                };
                (e.working_days, came)
            }),
            reminders: request.limits.reminders.len(),
            outcome,
            told: told.map(|t| (t.whom.clone(), t.how)),
            answer_by: match &request.stage {
                Stage::Waiting { answer, .. } => answer.map(|limit| limit.due),
                _ => None,
            },
            overpromised: request.limits.overpromised(request.handle().and_then(|held| held.finish)),
            marks: request.limits.marks.iter().map(|m| (m.card, Named::person(world, &m.person))).collect(),
            returns: request.returns,
            reopened: request.reopened,
        }
    }
}

impl Way {
    /// An account in the names of that world.
    #[must_use]
    pub fn of(world: &World, account: &Account) -> Self {
        let found = |f: &AccountFound| Found {
            post: Named::post(world, &f.post),
            person: Named::person(world, &f.person),
            rank: f.rank,
            rung: f.rung,
            instead_of: f.instead_of.as_ref().map(|absent| Named::person(world, absent)),
        };
        let passed = |p: &AccountPassed| Passed {
            rung: p.rung,
            post: p.post.as_ref().map(|post| Named::post(world, post)),
            kind: p.kind,
            verdict: p.verdict,
        };
        Self { found: account.found.as_ref().map(found), passed: account.passed.iter().map(passed).collect() }
    }

    /// Why the newest assignment is where it is, from the events of a journal in order.
    #[must_use]
    pub fn newest<'a>(world: &World, events: impl DoubleEndedIterator<Item = &'a Event>) -> Option<Self> {
        events.rev().find_map(Event::opens).map(|opens| Self::of(world, &opens.account))
    }
}

impl Entry {
    /// A record of the journal in the names of that world.
    #[must_use]
    pub fn of(world: &World, record: &Recorded) -> Self {
        let doer = |actor: &Actor| match actor {
            Actor::Person(code) => Doer::Person(Named::person(world, code)),
            Actor::Citizen(_) => Doer::Citizen,
            Actor::Operator => Doer::Operator,
            Actor::System => Doer::System,
        };
        let step = &record.step;
        Self {
            event: record.event.name().to_owned(),
            acted: doer(&step.acted),
            responsible: step.responsible.as_ref().map(|p| Named::person(world, p)),
            on_behalf_of: step.on_behalf_of.as_ref().map(|b| match b {
                Behalf::Person(code) => Doer::Person(Named::person(world, code)),
                Behalf::Citizen => Doer::Citizen,
            }),
            by_order_of: step.by_order_of.as_ref().map(doer),
        }
    }
}
