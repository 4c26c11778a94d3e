//! Who does what: the numbers of an operation, read in the state that they meet.

use liandong_engine::{
    rules::{
        absence::{Scope, Substitute},
        actor::Actor,
        authority::{Act, may, roles_at},
        calendar::{Allowance, Declared},
        id::{AssignmentNo, PersonCode, PostCode, RequestId, UnitCode},
        limit::LimitRule,
        matter::{Mandated, Power},
        post::{PostKind, Rank},
        register::command as change,
        request::{
            Assignment, Channel, Citizen, How, Request, StageKind, TRANSITIONS,
            command::{Command as Asks, CommandKind, LogRequest},
        },
        tier::UnitKind,
        world::Register,
    },
    run::engine::Command,
};

use super::{
    drive::Drive,
    op::{Change, What, Who},
    shell::Shell,
};
use crate::random::{duty::OnDuty, pick};

/// A number from here on does what one should not.
const WRONG: u8 = 240;

/// A number from here on is about a request that mostly does not allow it.
const UNFIT: u8 = 180;

impl<S: Shell> Drive<'_, S> {
    /// The rows in the order in which they came, which no store changes.
    fn register(&self) -> &Register {
        &self.watch.register
    }

    fn person(&self, number: u8) -> PersonCode {
        pick(&self.register().people, number).code
    }

    fn post(&self, number: u8) -> PostCode {
        pick(&self.register().posts, number).code
    }

    fn units(&self, kind: UnitKind) -> Vec<UnitCode> {
        let tree = self.world.tree();
        let there = tree.all().filter(|u| tree.exists(*u, self.clock) && tree.kind(*u) == Some(kind));
        sorted(there.filter_map(|unit| tree.code(unit).parse().ok()))
    }

    /// Somebody logs what they were told at a household.
    pub(super) fn log(&self, who: u8, place: u8, matter: u8) -> Option<(Actor, Command)> {
        let world = &self.world;
        let place = pick(&self.units(UnitKind::Household), place);
        let unit = world.find_unit(place.as_str())?;
        let able = world.people().filter(|p| may(roles_at(world, *p, unit, self.clock), Act::Log));
        let able = sorted(able.filter_map(|p| world.person_code(p)).cloned());
        let actor = if who >= WRONG || able.is_empty() { self.person(who) } else { pick(&able, who) };
        let matter = pick(&self.register().matters, matter);
        let accused = if matter.conduct { vec![self.person(who / 2)] } else { Vec::new() };
        let command = LogRequest {
            place,
            matter: matter.code,
            channel: Channel::HomeVisit,
            entered_at: None,
            words: "说说".to_owned(),
            citizen: Citizen { name: "某".to_owned(), phone: String::new() },
            accused,
        };
        Some((Actor::Person(actor), Command::Log(command)))
    }

    /// Somebody does something about a request, mostly one that is open.
    pub(super) fn act(&self, case: u8, who: Who, what: &What) -> Option<(Actor, Command)> {
        let all: Vec<&Request> = self.watch.requests.values().collect();
        let open: Vec<&Request> = all.iter().copied().filter(|r| r.stage.kind() != StageKind::Closed).collect();
        let decides = matches!(what.kind, CommandKind::GrantExtension | CommandKind::RefuseExtension);
        let possible = |request: &&Request| {
            let stage = request.stage.kind();
            let allowed = TRANSITIONS.iter().any(|(kind, stages)| *kind == what.kind && stages.contains(&stage));
            allowed && (!decides || request.asks_extension().is_some())
        };
        let fitting: Vec<&Request> = open.iter().copied().filter(possible).collect();
        let among = if case >= WRONG || open.is_empty() { &all } else { &open };
        let among = if case >= UNFIT || fitting.is_empty() { among } else { &fitting };
        if among.is_empty() {
            return None;
        }
        let request = pick(among, case);
        let given = |number: usize| request.assignments.get(number).map(|a| a.person.clone());
        let holder = request.handle().or_else(|| request.relay()).map(|a| a.person.clone());
        let actor = match who {
            Who::Holder if what.kind == CommandKind::TakeOver => self.above(request, what).map(Actor::Person),
            Who::Holder if matches!(what.kind, CommandKind::Respond | CommandKind::Report) => {
                self.aside(request, what).map(|aside| Actor::Person(aside.person.clone()))
            }
            Who::Holder if decides => {
                let step = request.asks_extension().map(|step| step.person.clone());
                step.or(holder).map(Actor::Person)
            }
            Who::Holder if what.kind == CommandKind::Supervise => {
                self.holder_of(PostKind::Supervisor).or(holder).map(Actor::Person)
            }
            Who::Holder if what.kind == CommandKind::Recompute => Some(match what.post {
                Some(_) => self.holder_of(PostKind::DutyLeader).map_or(Actor::Operator, Actor::Person),
                None => Actor::Operator,
            }),
            Who::Holder => holder.or_else(|| given(0)).map(Actor::Person),
            Who::Former => given(0).map(Actor::Person),
            Who::Logger => Some(request.logged_by.clone()),
            Who::Citizen => Some(Actor::Citizen(request.id)),
            Who::Anybody(number) => Some(Actor::Person(self.person(number))),
        };
        let command = self.asks(request, what);
        Some((actor?, Command::Act { request: request.id, command }))
    }

    /// Posts that stand on the way up from a place.
    fn near(&self, request: &Request, number: u8) -> PostCode {
        let world = &self.world;
        let way = world.find_unit(request.place.as_str()).into_iter();
        let way = way.flat_map(|place| world.tree().upward(place, self.clock));
        let posts = way.flat_map(|unit| world.all_desks(unit, self.clock)).map(|(post, _)| post);
        let near = sorted(posts.filter_map(|post| world.post_code(post)).cloned());
        if near.is_empty() { self.post(number) } else { pick(&near, number) }
    }

    /// Somebody who holds a post above the place.
    fn above(&self, request: &Request, what: &What) -> Option<PersonCode> {
        let post = self.world.find_post(self.near(request, what.post.unwrap_or(1)).as_str())?;
        self.world.person_code(self.world.holders(post, self.clock).next()?.person).cloned()
    }

    /// Somebody who holds a post of that kind.
    fn holder_of(&self, kind: PostKind) -> Option<PersonCode> {
        let now = self.clock;
        let posts = self.register().posts.iter().filter(|post| post.kind == kind && post.span.contains(now));
        let codes: Vec<&PostCode> = posts.map(|post| &post.code).collect();
        let mut holdings = self.register().holdings.iter().filter(|h| h.span.contains(now));
        holdings.find(|h| codes.contains(&&h.post)).map(|h| h.person.clone())
    }

    /// One of those who help, or have a step.
    fn aside<'r>(&self, request: &'r Request, what: &What) -> Option<&'r Assignment> {
        let asides: Vec<&Assignment> = request.asides().collect();
        (!asides.is_empty()).then(|| pick(&asides, what.post.unwrap_or(0)))
    }

    /// Another request, mostly one that is not over; one that is over or follows another itself, or the very same,
    /// when the number is high.
    fn other(&self, request: &Request, number: u8) -> RequestId {
        if number >= WRONG {
            return request.id;
        }
        let alone = |other: &&Request| other.stage.kind() != StageKind::Closed && other.merged_into.is_none();
        let others = self.watch.requests.values().filter(|other| other.id != request.id);
        let others: Vec<RequestId> =
            others.filter(|other| (number < UNFIT) == alone(other)).map(|other| other.id).collect();
        if others.is_empty() { request.id } else { pick(&others, number) }
    }

    /// A household, mostly one that is there.
    fn place(&self, number: u8) -> UnitCode {
        let there = self.units(UnitKind::Household);
        if number >= WRONG || there.is_empty() {
            pick(&self.register().units, number).code
        } else {
            pick(&there, number)
        }
    }

    fn asks(&self, request: &Request, what: &What) -> Asks {
        let text = || "说明".to_owned();
        let no = || self.aside(request, what).map_or(AssignmentNo(1), |aside| aside.no);
        // Few, mostly; and sometimes none, or more than anybody can give.
        let working_days = what.post.map_or(2, |n| u16::from(if n >= WRONG { n } else { n % 8 }));
        let to = |usual: u8| self.near(request, what.post.unwrap_or(usual));
        let usual = u8::try_from(request.events % 251).unwrap_or(0);
        match what.kind {
            CommandKind::Accept => Asks::Accept,
            CommandKind::Escalate => Asks::Escalate { reason: text() },
            CommandKind::Transfer => Asks::Transfer { to: to(usual), reason: text() },
            CommandKind::SendBack => Asks::SendBack { to: what.post.map(|n| self.near(request, n)), reason: text() },
            CommandKind::Reject => Asks::Reject { explanation: text() },
            CommandKind::AskCitizen => Asks::AskCitizen { question: text() },
            CommandKind::Resume => Asks::Resume { answer: text() },
            CommandKind::AddNote => Asks::AddNote { text: text() },
            CommandKind::Resolve => {
                Asks::Resolve { outcome: what.outcome, words: text(), face_to_face: what.yes && what.post.is_some() }
            }
            CommandKind::ConfirmRelay => {
                Asks::ConfirmRelay { told: what.yes, whom: text(), when: self.clock, how: How::Phone }
            }
            CommandKind::Rate => Asks::Rate { satisfied: what.yes, words: String::new() },
            CommandKind::Withdraw => Asks::Withdraw { reason: text() },
            CommandKind::Rule => Asks::Rule { to: to(usual), ruling: text() },
            CommandKind::Remind => Asks::Remind { words: text() },
            CommandKind::Supervise => Asks::Supervise { words: text(), working_days: what.yes.then_some(working_days) },
            CommandKind::Correct => Asks::Correct {
                matter: pick(&self.register().matters, what.post.unwrap_or(usual)).code,
                reason: text(),
            },
            CommandKind::CorrectPlace => {
                Asks::CorrectPlace { place: self.place(what.post.unwrap_or(usual)), entered_at: None, reason: text() }
            }
            CommandKind::CorrectCitizen => Asks::CorrectCitizen {
                citizen: Citizen { name: format!("某{usual}"), phone: String::new() },
                reason: text(),
            },
            CommandKind::Merge => Asks::Merge { into: self.other(request, what.post.unwrap_or(usual)), reason: text() },
            CommandKind::Separate => Asks::Separate { reason: text() },
            CommandKind::TakeOver => Asks::TakeOver { reason: text() },
            CommandKind::CallHelp => Asks::CallHelp { to: to(usual), reason: text() },
            CommandKind::Delegate => Asks::Delegate { to: to(usual), instruction: text() },
            CommandKind::Respond => Asks::Respond { no: no() },
            CommandKind::Report => Asks::Report { no: no(), words: text() },
            CommandKind::Recall => Asks::Recall { no: no(), reason: text() },
            CommandKind::AskExtension => Asks::AskExtension { working_days, reason: text() },
            CommandKind::GrantExtension => Asks::GrantExtension,
            CommandKind::RefuseExtension => Asks::RefuseExtension { reason: text() },
            CommandKind::Recompute => Asks::Recompute { rules_of_today: what.yes, reason: text(), bases: Vec::new() },
        }
    }

    /// The register changes.
    pub(super) fn change(&self, change: Change, leader: bool) -> Option<(Actor, Command)> {
        use change::Command as C;
        let (rows, now) = (self.register(), self.clock);
        let command = match change {
            Change::Leaves { who, after, days, names, matter } => {
                let busy = self.watch.requests.values().flat_map(Request::open).map(|a| a.person.clone());
                let busy: Vec<PersonCode> = busy.collect();
                let person = if who % 3 == 0 || busy.is_empty() { self.person(who / 3) } else { pick(&busy, who / 3) };
                let matter = matter.map(|number| pick(&rows.matters, number).code);
                C::RecordAbsence(change::NewAbsence {
                    person,
                    from: (after > 0).then(|| now.plus_days(after.into())),
                    to: now.plus_days(i64::from(after) + i64::from(days)),
                    reason: "事".to_owned(),
                    scope: matter.map_or(Scope::All, |matter| Scope::Matters(vec![matter])),
                    substitute: names.map_or(Substitute::ByPost, |n| Substitute::Person(self.person(n))),
                })
            }
            Change::Returns { which } => {
                let running: Vec<_> = rows.absences.iter().filter(|a| a.holds().contains(now)).collect();
                if running.is_empty() {
                    return None;
                }
                C::EndAbsence { absence: pick(&running, which).code.clone() }
            }
            Change::Relieved { which, successor } => {
                let held: Vec<_> = rows.holdings.iter().filter(|h| h.span.contains(now)).collect();
                let held = held.get(usize::from(which) % held.len().max(1))?;
                let successor = successor.map(|number| self.person(number));
                C::Relieve { post: held.post.clone(), person: held.person.clone(), successor }
            }
            Change::Appointed { post, person, first } => C::Appoint {
                post: self.post(post),
                person: self.person(person),
                rank: if first { Rank::First } else { Rank::Substitute },
            },
            Change::Mandate { post, matter, may } => C::ChangeMandate {
                to: Mandated::Post(self.post(post)),
                matter: pick(&rows.matters, matter).code,
                power: may.then_some(Power::Resolve),
            },
            Change::Moves { place, to } => C::MoveUnit {
                unit: pick(&self.units(UnitKind::Household), place),
                parent: pick(&self.units(UnitKind::Group), to),
            },
            Change::Abolished { post } => C::AbolishPost { post: self.post(post) },
            Change::Merged { unit, into } => {
                let (from, others) = self.alike(unit)?;
                C::MergeUnits { from, into: (!others.is_empty()).then(|| pick(&others, into))? }
            }
            Change::Dissolved { unit, successor } => {
                let (unit, others) = self.alike(unit)?;
                let successor = successor.filter(|_| !others.is_empty()).map(|number| pick(&others, number));
                C::DissolveUnit { unit, successor }
            }
            Change::SubstituteLeaves { which } => {
                let named = rows.absences.iter().filter(|row| row.span.to > now && row.ended_at.is_none());
                let named = named.filter_map(|row| match &row.substitute {
                    Substitute::Person(person) => Some(person),
                    _ => None,
                });
                let named: Vec<&PersonCode> = named.collect();
                let person = named.get(usize::from(which) % named.len().max(1))?;
                let held = rows.holdings.iter().find(|h| h.span.contains(now) && h.person == **person)?;
                C::Relieve { post: held.post.clone(), person: held.person.clone(), successor: None }
            }
            Change::DayOff { after } => self.declares(after, Declared::Holiday)?,
            Change::MakeUp { after } => self.declares(after, Declared::MakeUp)?,
            Change::HalfDay { after } => self.declares(after, Declared::HalfDay)?,
            Change::TakenBack { which } => {
                let today = self.today()?;
                let own = rows.days.iter().filter(|day| day.calendar.as_str() == "town" && day.date >= today);
                let dates: Vec<_> = own.map(|day| day.date).collect();
                self.declared(*dates.get(usize::from(which) % dates.len().max(1))?, Declared::Ordinary)?
            }
            Change::Limit { which, how } => {
                let held: Vec<_> = rows.limits.iter().filter(|rule| rule.span.contains(now)).collect();
                let rule = held.get(usize::from(which) % held.len().max(1))?;
                let LimitRule { ladder, matter, rung, kind, .. } = (*rule).clone();
                let many = how / 4 % 10;
                let allowance = match how % 4 {
                    _ if how >= WRONG => None,
                    0 => Allowance::Minutes(60 * (1 + u32::from(many))).into(),
                    1 => Allowance::WorkingMinutes(60 * (1 + u32::from(many))).into(),
                    2 => Allowance::Days((1 + u16::from(many)) * 3).into(),
                    _ => Allowance::WorkingDays(1 + u16::from(many)).into(),
                };
                C::ChangeLimit { of: change::LimitOf { ladder, matter, rung, kind }, allowance }
            }
        };
        let leader = self.holder_of(PostKind::DutyLeader).filter(|_| leader);
        Some((leader.map_or(Actor::Operator, Actor::Person), Command::Register(command)))
    }

    /// A unit of those that stand in the middle of the tree, and the others of its kind.
    fn alike(&self, number: u8) -> Option<(UnitCode, Vec<UnitCode>)> {
        let kinds = [UnitKind::Village, UnitKind::Group, UnitKind::Group, UnitKind::Household];
        let all = self.units(pick(&kinds, number % 4));
        let unit = (!all.is_empty()).then(|| pick(&all, number / 4))?;
        let others = all.into_iter().filter(|other| *other != unit).collect();
        Some((unit, others))
    }

    /// Somebody does something about duty.
    pub(super) fn duty(&self, which: u16, how: u16) -> Option<(Actor, Command)> {
        let known = OnDuty { world: &self.world, rows: self.register(), now: self.clock };
        let (actor, command) = known.about_duty(which, how)?;
        Some((actor, Command::Register(command)))
    }

    /// The town says of a day what it is, shortly before.
    fn declares(&self, after: u8, kind: Declared) -> Option<change::Command> {
        self.declared(self.today()?.saturating_add(jiff::Span::new().days(i64::from(after))), kind)
    }

    fn today(&self) -> Option<jiff::civil::Date> {
        let zone = self.world.zone();
        Some(zone.0.to_datetime(jiff::Timestamp::from_microsecond(self.clock.0).ok()?).date())
    }

    fn declared(&self, date: jiff::civil::Date, kind: Declared) -> Option<change::Command> {
        // Half a day has hours of its own.
        let periods = if kind == Declared::HalfDay { vec!["08:30-12:00".parse().ok()?] } else { Vec::new() };
        let day = change::NewDay { date, name: "日".to_owned(), kind, periods };
        let calendar = "town".parse().ok()?;
        Some(change::Command::DeclareDays { calendar, days: vec![day], published_to: None })
    }
}

fn sorted<T: Ord>(of: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = of.collect();
    all.sort();
    all
}
