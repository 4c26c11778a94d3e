//! Random lives: people log and handle requests while the register changes and time goes on.
//!
//! A [`Move`] is plain numbers; [`Play::step`] makes of it something that somebody could well do at
//! that moment, rightly or wrongly, has the rules decide it, and applies what they decide.

use std::collections::BTreeMap;

use liandong_engine::rules::{
    absence::{Scope, Substitute},
    actor::Actor,
    authority::{Act, may, roles_at},
    calendar::{Allowance, Declared},
    id::{AssignmentNo, PersonCode, PostCode, ReceiptHash, RequestId, UnitCode},
    instant::{Instant, Zone},
    limit::Due,
    matter::{Mandated, Power},
    post::{Person, PostKind, Rank},
    register::{self, command as change},
    request::{
        Channel, Citizen, Duty, How, Outcome, Request, StageKind, TRANSITIONS,
        basis::bases,
        command::{Command, CommandKind, LogRequest},
        decide::{Around, Fresh, decide, followed, log, run_out},
        event::Recorded,
        evolve::fold,
        hand_over::hand_over,
        running,
    },
    routing::{BEYOND, Loads},
    tier::{Tier, UnitKind},
    tree::UnitIx,
    world::{Register, World},
};
use proptest::{collection::vec, prelude::*};

use super::{duty::OnDuty, pick, plan::day};

/// Something somebody tries.
#[derive(Clone, Debug)]
pub struct Move {
    what: u8,
    who: u16,
    which: u16,
    how: u16,
    /// Time that goes by before it: none at all a quarter of the time.
    hours: u8,
}

/// Any list of moves.
pub fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = any::<(u8, u16, u16, u16, u8)>();
    vec(one.prop_map(|(what, who, which, how, hours)| Move { what, who, which, how, hours }), 1..150)
}

/// Moves between which time seldom goes by, for what several people do one after another.
pub fn quick_moves() -> impl Strategy<Value = Vec<Move>> {
    moves().prop_map(|moves| {
        let quick = |one: Move| if one.hours < 240 { Move { hours: 0, ..one } } else { one };
        moves.into_iter().map(quick).collect()
    })
}

/// What a move came to.
#[derive(Clone, Debug)]
pub enum Done {
    /// Something happened to one request.
    Request(RequestId, Vec<Recorded>),
    /// The register changed, and with it perhaps requests.
    Register(change::Command, Vec<register::event::Recorded>, Vec<(RequestId, Vec<Recorded>)>),
    /// Somebody went or came back by the dates of an absence, and requests changed hands by it.
    Due(Vec<(RequestId, Vec<Recorded>)>),
    /// Something happened to one request, and to those that were merged into it.
    Followed(Vec<(RequestId, Vec<Recorded>)>),
    /// It was refused, with this code.
    Refused(&'static str),
    /// There was nothing to do it to.
    Nothing,
}

/// A world in which things happen.
#[derive(Clone, Debug)]
pub struct Play {
    /// As it is now.
    pub world: World,
    /// What time it is.
    pub now: Instant,
    /// Every request.
    pub requests: BTreeMap<RequestId, Request>,
    /// What happened to requests.
    pub journal: Vec<(RequestId, Instant, Recorded)>,
    /// What happened to the register.
    pub changes: Vec<(Instant, register::event::Recorded)>,
    /// The limits that took effect, and when.
    pub over: Vec<(RequestId, Due, Instant)>,
    made: u8,
}

impl Play {
    /// A world in which nothing happened yet, late in the story of a plan.
    ///
    /// # Panics
    /// When the register is wrong: those of a plan never are.
    #[must_use]
    pub fn new(register: Register) -> Self {
        let world =
            World::build(register, 1, Zone::china()).unwrap_or_else(|problems| panic!("a plan gave {problems:#?}"));
        Self {
            world,
            now: day(200),
            requests: BTreeMap::new(),
            journal: Vec::new(),
            changes: Vec::new(),
            over: Vec::new(),
            made: 0,
        }
    }

    /// How many Handle assignments everybody has open.
    #[must_use]
    pub fn loads(&self) -> Loads {
        let mut loads = Loads::default();
        for person in self.requests.values().filter_map(Request::weighs_on) {
            *loads.0.entry(person.clone()).or_default() += 1;
        }
        loads
    }

    /// Time goes by; if a limit runs out meanwhile, that happens, and else somebody tries something.
    pub fn step(&mut self, step: &Move) -> Done {
        if step.hours >= 64 {
            let before = self.now;
            self.now = Instant(before.0 + i64::from(step.hours) * 3_600_000_000);
            let handed = self.due(before);
            if !handed.is_empty() {
                return Done::Due(handed);
            }
        }
        self.made = self.made.wrapping_add(1);
        if self.units().is_empty() {
            return Done::Nothing;
        }
        if let Some(done) = self.run_out() {
            return done;
        }
        match step.what % 16 {
            // Few requests with much happening to them show more than many with little.
            0..3 if step.what < 16 || self.requests.len() < 4 => self.log(step),
            0..13 => self.act(step),
            _ => self.change(step),
        }
    }

    /// Time goes by, and somebody tries something about duty, or goes away, or comes back.
    pub fn duty_step(&mut self, step: &Move) -> Done {
        if step.hours >= 64 {
            self.now = Instant(self.now.0 + i64::from(step.hours) * 3_600_000_000);
        }
        self.now = Instant(self.now.0 + 1);
        match step.what % 8 {
            0 => self.absence(step.which, step.how).map_or(Done::Nothing, |c| self.decided(&Actor::Operator, c)),
            _ => self.duty(step),
        }
    }

    fn duty(&mut self, step: &Move) -> Done {
        let known = OnDuty { world: &self.world, rows: self.world.register(), now: self.now };
        match known.about_duty(step.which, step.how) {
            Some((actor, command)) => self.decided(&actor, command),
            None => Done::Nothing,
        }
    }

    /// The limit that is over for the longest takes effect.
    fn run_out(&mut self) -> Option<Done> {
        let over = |request: &Request| running(request).into_iter().filter(|due| due.at <= self.now).min();
        let (due, id) = self.requests.values().filter_map(|r| Some((over(r)?, r.id))).min()?;
        let records = run_out(&self.world, &self.requests[&id], self.now, due, &self.loads());
        let records = records.unwrap_or_else(|refusal| panic!("time was refused: {refusal:?}"));
        assert!(!records.is_empty(), "{due:?} is over and nothing came of it");
        self.happened(id, &records);
        self.over.push((id, due, self.now));
        Some(Done::Request(id, records))
    }

    fn happened(&mut self, id: RequestId, records: &[Recorded]) {
        for record in records {
            let before = self.requests.remove(&id);
            self.requests.insert(id, fold(before, self.now, record).unwrap());
            self.journal.push((id, self.now, record.clone()));
        }
    }

    /// What the dates of holdings and absences bring; what nobody may take stays where it is.
    fn due(&mut self, before: Instant) -> Vec<(RequestId, Vec<Recorded>)> {
        if let Some(decision) = register::decide::come(&self.world, self.now).unwrap() {
            self.changes.extend(decision.records.into_iter().map(|record| (self.now, record)));
            self.world = decision.world;
        }
        let posts = self.world.changing_hands(before, self.now);
        let touched = register::decide::Touched { posts, ..register::decide::Touched::default() };
        let open: Vec<Request> = self.requests.values().filter(|r| touched.concerns(r)).cloned().collect();
        let mut handed = Vec::new();
        for request in open {
            let loads = self.loads();
            match hand_over(&self.world, &request, self.now, &Actor::System, None, &loads) {
                Ok(records) if !records.is_empty() => {
                    self.happened(request.id, &records);
                    handed.push((request.id, records));
                }
                _ => {}
            }
        }
        handed
    }

    fn units(&self) -> Vec<UnitIx> {
        let tree = self.world.tree();
        tree.all().filter(|u| tree.exists(*u, self.now)).collect()
    }

    fn unit_code(&self, number: u16) -> UnitCode {
        self.world.tree().code(pick(&self.units(), number)).parse().unwrap()
    }

    fn anybody(&self, number: u16) -> PersonCode {
        pick(&self.world.register().people, number).code
    }

    /// A post above the place, mostly; now and then any post that ever was.
    fn post_near(&self, place: &UnitCode, number: u16) -> Option<PostCode> {
        let place = self.world.find_unit(place.as_str())?;
        let desks = self.world.tree().upward(place, self.now).flat_map(|t| self.world.all_desks(t, self.now));
        let mut near: Vec<_> = desks.map(|(post, _)| post).collect();
        if number.is_multiple_of(8) || near.is_empty() {
            near = self.world.posts().collect();
        }
        self.world.post_code(pick(&near, number / 8)).cloned()
    }

    fn log(&mut self, step: &Move) -> Done {
        let mut places = self.units();
        if !step.which.is_multiple_of(4) && places.iter().any(|u| self.world.tree().tier(*u) == Some(Tier::Household)) {
            places.retain(|u| self.world.tree().tier(*u) == Some(Tier::Household));
        }
        let place = pick(&places, step.which / 4);
        let may_log = |p: &_| may(roles_at(&self.world, *p, place, self.now), Act::Log);
        let able: Vec<_> =
            self.world.people().filter(may_log).filter_map(|p| self.world.person_code(p)).cloned().collect();
        if able.is_empty() || self.world.register().matters.is_empty() {
            return Done::Nothing;
        }
        let matter = pick(&self.world.register().matters, step.how);
        let near = self.post_near(&self.world.tree().code(place).parse().unwrap(), step.how).and_then(|p| {
            let post = self.world.find_post(p.as_str())?;
            self.world.person_code(self.world.holders(post, self.now).next()?.person).cloned()
        });
        // One in sixteen names nobody where somebody must be named, or the other way round.
        let names = matter.conduct != step.who.is_multiple_of(16);
        let command = LogRequest {
            place: self.world.tree().code(place).parse().unwrap(),
            matter: matter.code,
            channel: pick(Channel::ALL, step.how / 5),
            entered_at: step.how.is_multiple_of(32).then(|| self.unit_code(step.how / 32)),
            words: if step.who % 32 == 1 { String::new() } else { "水管破了".to_owned() },
            citizen: Citizen { name: "某".to_owned(), phone: String::new() },
            accused: if names { vec![near.unwrap_or_else(|| self.anybody(step.how))] } else { Vec::new() },
        };
        let actor =
            Actor::Person(if step.who % 8 == 7 { self.anybody(step.who / 8) } else { pick(&able, step.who / 8) });
        let id = RequestId::from_parts(self.now, [self.made; 10]);
        let fresh = Fresh { id, receipt: ReceiptHash([self.made; 16]) };
        match log(&self.world, self.now, &actor, fresh, &command, &self.loads()) {
            Ok(records) => {
                self.happened(id, &records);
                Done::Request(id, records)
            }
            Err(refusal) => Done::Refused(refusal.code.word()),
        }
    }

    fn act(&mut self, step: &Move) -> Done {
        let mut all: Vec<&Request> = self.requests.values().collect();
        if !step.which.is_multiple_of(4) && all.iter().any(|r| r.open().next().is_some()) {
            all.retain(|r| r.open().next().is_some());
        }
        if all.is_empty() {
            return Done::Nothing;
        }
        let request = pick(&all, step.which / 4).clone();
        let open = request.handle().or_else(|| request.relay());
        let holder = open.map(|a| Actor::Person(a.person.clone()));
        let asides: Vec<Actor> = request.asides().map(|a| Actor::Person(a.person.clone())).collect();
        let approver = request.asks_extension().map(|step| Actor::Person(step.person.clone()));
        let command = self.command(&request, step);
        let actor = match step.who % 16 {
            _ if command.kind() == CommandKind::Recompute && step.who % 4 > 0 => Actor::Operator,
            3..12 if approver.is_some() => approver.unwrap_or(Actor::System),
            3..9 if !asides.is_empty() => pick(&asides, step.who / 16),
            9 | 10 => self.above(&request, step.who / 16).map_or(Actor::Citizen(request.id), Actor::Person),
            0 => Actor::Person(self.anybody(step.who / 16)),
            1 => request.logged_by.clone(),
            2 => Actor::Citizen(request.id),
            _ => holder.unwrap_or(Actor::Citizen(request.id)),
        };
        let loads = self.loads();
        let other = match &command {
            Command::Merge { into, .. } => self.requests.get(into),
            _ => None,
        };
        match decide(&self.world, &request, self.now, &actor, &command, Around { loads: &loads, other }) {
            Ok(records) => {
                let follow = |other: &&Request| other.merged_into == Some(request.id);
                let followers: Vec<Request> = self.requests.values().filter(follow).cloned().collect();
                let followed = followed(&self.world, &request, &records, &followers, self.now, &loads);
                let mut all = match followed {
                    Ok(followed) => followed,
                    Err(refusal) => return Done::Refused(refusal.code.word()),
                };
                if all.is_empty() {
                    self.happened(request.id, &records);
                    return Done::Request(request.id, records);
                }
                all.insert(0, (request.id, records));
                for (id, records) in &all {
                    self.happened(*id, records);
                }
                Done::Followed(all)
            }
            Err(refusal) => Done::Refused(refusal.code.word()),
        }
    }

    /// Somebody who holds a post above the place.
    fn above(&self, request: &Request, number: u16) -> Option<PersonCode> {
        let post = self.world.find_post(self.post_near(&request.place, number)?.as_str())?;
        self.world.person_code(self.world.holders(post, self.now).next()?.person).cloned()
    }

    /// Mostly something that the stage allows, and more often what leads somewhere.
    fn command(&self, request: &Request, step: &Move) -> Command {
        use CommandKind::{ConfirmRelay, Escalate, Rate, Resolve, Rule, SendBack};
        let stage = request.stage.kind();
        let number = step.how / 16;
        let fits = |(_, stages): &&(CommandKind, &[StageKind])| step.how.is_multiple_of(16) || stages.contains(&stage);
        let mut kinds: Vec<CommandKind> = TRANSITIONS.iter().filter(fits).map(|(kind, _)| *kind).collect();
        let leads_on = |k: &&CommandKind| matches!(k, Escalate | SendBack | Resolve | ConfirmRelay | Rule | Rate);
        for _ in 0..3 {
            kinds.extend(kinds.clone().iter().filter(leads_on).take(4));
        }
        if self.changes.iter().any(|(_, record)| matches!(record.event, register::event::Event::LimitChanged { .. })) {
            kinds.extend([CommandKind::Recompute; 8]);
        }
        // What is said of an assignment needs one, mostly.
        let (aside, asks) = (request.asides().next().is_some(), request.asks_extension().is_some());
        kinds.retain(|kind| match kind {
            CommandKind::Respond | CommandKind::Report | CommandKind::Recall => aside || number.is_multiple_of(8),
            CommandKind::GrantExtension | CommandKind::RefuseExtension => asks || number.is_multiple_of(8),
            _ => true,
        });
        // Few plans have somebody above who could grant it, so those that do try it often.
        if stage == StageKind::InHand
            && request.handle().is_some_and(|held| held.finish.is_some() && held.rung < BEYOND)
        {
            kinds.extend([if asks { CommandKind::GrantExtension } else { CommandKind::AskExtension }; 20]);
            kinds.extend([CommandKind::RefuseExtension; 20].iter().filter(|_| asks));
        }
        // A superior mostly sends back what came up.
        if request.assignments.len() > 1 && number.is_multiple_of(2) {
            kinds.push(SendBack);
            kinds.extend([SendBack; 4].iter().filter(|_| stage == StageKind::Routed));
        }
        let text = || "说明".to_owned();
        let post = |n| self.post_near(&request.place, n).unwrap_or_else(|| self.world.register().posts[0].code.clone());
        let asides: Vec<AssignmentNo> = request.asides().map(|a| a.no).collect();
        let aside = || if asides.is_empty() { AssignmentNo(number % 4) } else { pick(&asides, number) };
        match pick(&kinds, number) {
            CommandKind::Accept => Command::Accept,
            Escalate => Command::Escalate { reason: text() },
            CommandKind::Transfer => Command::Transfer { to: post(number), reason: text() },
            SendBack => Command::SendBack { to: number.is_multiple_of(5).then(|| post(number / 5)), reason: text() },
            CommandKind::Reject => Command::Reject { explanation: text() },
            CommandKind::AskCitizen => Command::AskCitizen { question: text() },
            CommandKind::Resume => Command::Resume { answer: text() },
            CommandKind::AddNote => Command::AddNote { text: text() },
            Resolve => Command::Resolve {
                outcome: pick(Outcome::ALL, number),
                words: text(),
                face_to_face: step.who.is_multiple_of(5),
            },
            ConfirmRelay => Command::ConfirmRelay {
                told: step.who.is_multiple_of(3),
                whom: text(),
                when: if step.who.is_multiple_of(7) { self.now.plus_days(1) } else { self.now },
                how: How::Phone,
            },
            Rate => Command::Rate { satisfied: step.who.is_multiple_of(4), words: String::new() },
            CommandKind::Withdraw => Command::Withdraw { reason: text() },
            Rule => Command::Rule { to: post(number), ruling: text() },
            CommandKind::Remind => Command::Remind { words: text() },
            CommandKind::Supervise => {
                Command::Supervise { words: text(), working_days: number.is_multiple_of(2).then_some(number / 2 % 62) }
            }
            CommandKind::Correct => {
                Command::Correct { matter: pick(&self.world.register().matters, number).code, reason: text() }
            }
            CommandKind::CorrectPlace => Command::CorrectPlace {
                place: self.unit_code(number),
                entered_at: number.is_multiple_of(5).then(|| self.unit_code(number / 5)),
                reason: text(),
            },
            CommandKind::CorrectCitizen => Command::CorrectCitizen {
                citizen: Citizen { name: format!("某{}", number % 4), phone: String::new() },
                reason: text(),
            },
            CommandKind::Merge => {
                let others: Vec<RequestId> = self.requests.keys().copied().collect();
                Command::Merge { into: pick(&others, number), reason: text() }
            }
            CommandKind::Separate => Command::Separate { reason: text() },
            CommandKind::TakeOver => Command::TakeOver { reason: text() },
            CommandKind::CallHelp => Command::CallHelp { to: post(number), reason: text() },
            CommandKind::Delegate => Command::Delegate { to: post(number), instruction: text() },
            CommandKind::Respond => Command::Respond { no: aside() },
            CommandKind::Report => Command::Report { no: aside(), words: text() },
            CommandKind::Recall => Command::Recall { no: aside(), reason: text() },
            CommandKind::AskExtension => Command::AskExtension { working_days: number % 62, reason: text() },
            CommandKind::Recompute => Command::Recompute {
                rules_of_today: number.is_multiple_of(2),
                reason: text(),
                bases: bases(request, self.journal.iter().filter(|(id, ..)| *id == request.id).map(|(.., r)| r)),
            },
            CommandKind::GrantExtension => Command::GrantExtension,
            CommandKind::RefuseExtension => Command::RefuseExtension { reason: text() },
        }
    }

    fn change(&mut self, step: &Move) -> Done {
        let Some(command) = self.register_command(step) else { return Done::Nothing };
        let actor =
            if !step.who.is_multiple_of(8) { Actor::Operator } else { Actor::Person(self.anybody(step.who / 8)) };
        self.decided(&actor, command)
    }

    fn decided(&mut self, actor: &Actor, command: change::Command) -> Done {
        let touched = register::decide::touched(&self.world, self.now, &command);
        let open: Vec<Request> = self.requests.values().filter(|r| touched.concerns(r)).cloned().collect();
        match register::decide::decide(&self.world, self.now, actor, &command, &open, &self.loads()) {
            Ok(decision) => {
                self.world = decision.world;
                self.changes.extend(decision.records.iter().map(|r| (self.now, r.clone())));
                for (id, records) in &decision.hand_overs {
                    self.happened(*id, records);
                }
                Done::Register(command, decision.records, decision.hand_overs)
            }
            Err(refusal) => Done::Refused(refusal.code.word()),
        }
    }

    fn register_command(&self, step: &Move) -> Option<change::Command> {
        use change::Command as C;
        let (which, how) = (step.which, step.how);
        let post = || Some(pick(&self.world.register().posts, which).code);
        let matters = &self.world.register().matters;
        Some(match step.how % 16 {
            0 => C::AddPerson(Person {
                code: format!("N{}", which % 64).parse().unwrap(),
                name: "新".to_owned(),
                phone: String::new(),
            }),
            1 => C::CreateUnit(change::NewUnit {
                code: format!("N{}", which % 64).parse().unwrap(),
                name: "新".to_owned(),
                kind: pick(UnitKind::ALL, how / 16),
                parent: (which % 9 > 0).then(|| self.unit_code(which / 9)),
                serves: (which % 3 == 0).then(|| self.unit_code(which / 27)),
            }),
            2 => C::RenameUnit { unit: self.unit_code(which), name: format!("地{}", how / 16 % 4) },
            3 => C::MoveUnit { unit: self.unit_code(which), parent: self.unit_code(how / 16) },
            4 => {
                let from = self.place_of_work(which);
                C::MergeUnits { into: self.like(&from, how / 16), from }
            }
            5 => C::DissolveUnit {
                unit: self.unit_code(which),
                successor: (how / 16 % 4 == 0).then(|| self.unit_code(how / 64)),
            },
            6 => C::CreatePost(change::NewPost {
                code: format!("N{}", which % 64).parse().unwrap(),
                name: "新".to_owned(),
                kind: pick(PostKind::ALL, how / 16),
                unit: self.unit_code(which),
            }),
            7 => C::AbolishPost { post: post()? },
            10 if !self.world.register().limits.is_empty() => {
                let rule = pick(&self.world.register().limits, how / 16);
                C::ChangeLimit {
                    of: change::LimitOf { ladder: rule.ladder, matter: rule.matter, rung: rule.rung, kind: rule.kind },
                    allowance: (how % 32 > 16).then(|| Allowance::Minutes(60 * u32::from(1 + how / 16 % 2_000))),
                }
            }
            8..11 => C::Appoint {
                post: post()?,
                person: self.anybody(how / 16),
                rank: if which % 2 == 0 { Rank::First } else { Rank::Substitute },
            },
            14 => self.absence(which, how / 16)?,
            11..14 => {
                let (post, person) = self.somebody_in_post(which)?;
                C::Relieve { post, person, successor: (how / 16 % 2 == 0).then(|| self.anybody(how / 32)) }
            }
            // So rarely that all others stay as frequent as they were.
            _ if which % 8 == 7 => C::DeclareDays {
                calendar: "C".parse().unwrap(),
                days: vec![change::NewDay {
                    date: jiff::civil::date(2019, 1, 1).saturating_add(jiff::Span::new().days(how / 16 % 4)),
                    name: "假".to_owned(),
                    kind: pick(Declared::ALL, how / 64),
                    periods: Vec::new(),
                }],
                published_to: None,
            },
            _ => C::ChangeMandate {
                to: if which % 2 == 0 {
                    Mandated::Post(post()?)
                } else {
                    Mandated::Kind(pick(PostKind::ALL, which / 2))
                },
                matter: matters.get(usize::from(how / 16) % matters.len().max(1))?.code.clone(),
                power: pick(&[None, Some(Power::Assist), Some(Power::Resolve)], how / 64),
            },
        })
    }

    /// Somebody goes now or soon, or comes back.
    fn absence(&self, which: u16, how: u16) -> Option<change::Command> {
        let rows = &self.world.register().absences;
        if which % 4 == 1 && !rows.is_empty() {
            let running: Vec<_> = rows.iter().filter(|row| row.holds().contains(self.now)).cloned().collect();
            let among = if running.is_empty() || how % 8 == 0 { rows } else { &running };
            return Some(change::Command::EndAbsence { absence: pick(among, how / 8).code });
        }
        let (_, person) = self.somebody_in_post(which)?;
        let matters = &self.world.register().matters;
        let from = match how % 8 {
            0 => Some(self.now.plus_days(-1)),
            1..4 => Some(self.now.plus_days(i64::from(how % 5))),
            _ => None,
        };
        let scope = if how % 3 == 0 && !matters.is_empty() {
            Scope::Matters(vec![pick(matters, how / 3).code])
        } else {
            Scope::All
        };
        let substitute = if which % 3 == 0 { Substitute::ByPost } else { Substitute::Person(self.anybody(which / 3)) };
        let to = self.now.plus_days(1 + i64::from(how % 16));
        Some(change::Command::RecordAbsence(change::NewAbsence {
            person,
            from,
            to,
            reason: "事".to_owned(),
            scope,
            substitute,
        }))
    }

    /// Half the time the place of a request, else any unit.
    fn place_of_work(&self, number: u16) -> UnitCode {
        let places: Vec<&UnitCode> = self.requests.values().map(|r| &r.place).collect();
        if number.is_multiple_of(2) && !places.is_empty() {
            pick(&places, number / 2).clone()
        } else {
            self.unit_code(number / 2)
        }
    }

    /// Another unit of the same kind, if there is one.
    fn like(&self, unit: &UnitCode, number: u16) -> UnitCode {
        let tree = self.world.tree();
        let Some(ix) = tree.find(unit.as_str()) else { return unit.clone() };
        let alike: Vec<UnitIx> =
            self.units().into_iter().filter(|u| *u != ix && tree.kind(*u) == tree.kind(ix)).collect();
        if alike.is_empty() { unit.clone() } else { tree.code(pick(&alike, number)).parse().unwrap() }
    }

    /// Half the time somebody who has work open, else anybody who holds a post now.
    fn somebody_in_post(&self, number: u16) -> Option<(PostCode, PersonCode)> {
        let open = self
            .requests
            .values()
            .flat_map(Request::open)
            .filter(|a| a.duty == Duty::Handle || number.is_multiple_of(4));
        let busy: Vec<_> = open.map(|a| (a.post.clone(), a.person.clone())).collect();
        if number.is_multiple_of(2) && !busy.is_empty() {
            return Some(pick(&busy, number / 2));
        }
        let held = self.world.register().holdings.iter().filter(|h| h.span.contains(self.now));
        let held: Vec<_> = held.map(|h| (h.post.clone(), h.person.clone())).collect();
        (!held.is_empty()).then(|| pick(&held, number / 2))
    }
}
