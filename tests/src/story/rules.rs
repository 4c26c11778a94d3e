//! The driver on the rules alone: a world, a register of requests in memory, and what the engine's
//! shell does around a decision, without a store. Nothing in it is random: ids count up.

use std::collections::{BTreeMap, HashMap};

use liandong_engine::rules::{
    actor::Actor,
    authority::is_out_of_office,
    id::{MatterCode, PersonCode, ReceiptHash, RequestId, UnitCode},
    instant::{Instant, Span, Zone},
    notice::{
        Line, Notice,
        delivery::{self, DeliveryId, State},
        is_over, notices, notices_of_register,
    },
    register,
    request::{
        self, Duty, Request,
        basis::bases as bases_of,
        command::{Command, LogRequest},
        decide::{Around, Fresh, followed},
        event::{Event, Recorded},
        hand_over::hand_over,
        refusal::Code,
        relation::{is_hidden, may_see},
        running,
    },
    routing::{Account, Exclusions, Loads, Question, route},
    world::{Problem, Register, World},
};

use super::{
    driver::{Call, Driver, Failure, Refused},
    duty::{Change, Stint},
    view::{Entry, View, Way},
};

/// A request with its journal.
#[derive(Clone, Debug)]
struct Case {
    request: Request,
    journal: Vec<Recorded>,
}

/// The rules, driven in memory.
#[derive(Clone, Debug)]
pub struct Rules {
    world: World,
    cases: BTreeMap<RequestId, Case>,
    /// What everybody was told, in order; each is over or not when it is asked.
    told: Vec<Line>,
    /// Counts what happened to requests and to the register.
    position: i64,
    logged: u8,
    /// The instant up to which dates of the register took effect.
    reached: Instant,
    answers: HashMap<(Actor, String), Answer>,
}

/// What a command came to: the request that it logged, or nothing more to say, or a refusal.
type Answer = Result<Option<RequestId>, Refused>;

impl Rules {
    /// On a town.
    ///
    /// # Errors
    /// Every problem of the register.
    pub fn new(register: Register) -> Result<Self, Vec<Problem>> {
        let world = World::build(register, 1, Zone::china())?;
        Ok(Self {
            world,
            cases: BTreeMap::new(),
            told: Vec::new(),
            position: 0,
            logged: 0,
            reached: Instant::MIN,
            answers: HashMap::new(),
        })
    }

    /// Opens this driver; see [`super::play::Opener`].
    ///
    /// # Errors
    /// Every problem of the register, in words.
    pub fn open(register: Register) -> Result<Box<dyn Driver>, String> {
        let words = |problems: Vec<Problem>| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        Ok(Box::new(Self::new(register).map_err(words)?))
    }

    /// How much open work everybody had at an instant.
    fn loads(&self, at: Instant) -> Loads {
        let mut loads: HashMap<PersonCode, u32> = HashMap::new();
        let counted = self.cases.values().filter(|c| c.request.accused.is_empty());
        let given = counted.flat_map(|c| &c.request.assignments);
        let open = given.filter(|a| a.opened_at <= at && a.ended.is_none_or(|ended| ended.at > at));
        for assignment in open.filter(|a| a.duty == Duty::Handle) {
            *loads.entry(assignment.person.clone()).or_default() += 1;
        }
        Loads(loads)
    }

    /// The first answer under the key of the call again, or a new one, which is kept: also a refusal.
    fn once(
        &mut self,
        call: &Call,
        decide: impl FnOnce(&mut Self) -> Result<Option<RequestId>, Failure>,
    ) -> Result<Option<RequestId>, Failure> {
        let name = (call.actor.clone(), call.key.clone());
        if let Some(first) = self.answers.get(&name) {
            return first.clone().map_err(Failure::Refused);
        }
        match decide(self) {
            Err(Failure::Refused(refused)) => {
                self.answers.insert(name, Err(refused.clone()));
                Err(Failure::Refused(refused))
            }
            Err(broken) => Err(broken),
            Ok(done) => {
                self.answers.insert(name, Ok(done));
                Ok(done)
            }
        }
    }

    fn case(&self, id: RequestId) -> Result<&Case, Failure> {
        self.cases.get(&id).ok_or_else(|| {
            refusal(Code::UnknownRequest.word(), format!("request `{id}` is not among those you see; check the id"))
        })
    }

    #[expect(clippy::panic, reason = "an event of the rules that does not fit is a bug of theirs, and fails the story")]
    fn append(&mut self, id: RequestId, at: Instant, records: Vec<Recorded>) {
        for record in records {
            let case = self.cases.remove(&id);
            let (before, mut journal) = case.map_or((None, Vec::new()), |c| (Some(c.request), c.journal));
            self.position += 1;
            self.tell(at, notices(&self.world, at, id, before.as_ref(), &record));
            let request = request::evolve::fold(before, at, &record).unwrap_or_else(|misfit| panic!("{id}: {misfit}"));
            journal.push(record);
            self.cases.insert(id, Case { request, journal });
        }
    }

    /// What was decided of a request, with what it comes to for those that were merged into it.
    fn happened(&mut self, id: RequestId, at: Instant, records: Vec<Recorded>) -> Result<(), Failure> {
        let follow = |case: &&Case| case.request.merged_into == Some(id);
        let followers: Vec<Request> = self.cases.values().filter(follow).map(|case| case.request.clone()).collect();
        let request = &self.case(id)?.request;
        let followed = followed(&self.world, request, &records, &followers, at, &self.loads(at)).map_err(of_request)?;
        self.append(id, at, records);
        for (follower, records) in followed {
            self.append(follower, at, records);
        }
        Ok(())
    }

    /// Notes what people must be told by what happened last.
    fn tell(&mut self, at: Instant, told: Vec<Notice>) {
        let position = self.position;
        let line = |(no, notice)| Line { position, no, at, notice, over: false };
        self.told.extend((1..).zip(told).map(line));
    }

    /// The requests that a change of the register may touch.
    fn touched(&self, at: Instant, command: &register::command::Command) -> Vec<Request> {
        let touched = register::decide::touched(&self.world, at, command);
        self.cases.values().map(|c| &c.request).filter(|r| touched.concerns(r)).cloned().collect()
    }

    /// What dates of the register that came bring to open work.
    fn catch_up(&mut self, at: Instant) {
        if let Ok(Some(decision)) = register::decide::come(&self.world, at) {
            self.adopt(at, decision);
        }
        let posts = self.world.changing_hands(self.reached, at);
        let touched = register::decide::Touched { posts, ..register::decide::Touched::default() };
        let open: Vec<Request> =
            self.cases.values().map(|c| &c.request).filter(|r| touched.concerns(r)).cloned().collect();
        for request in open {
            let records = hand_over(&self.world, &request, at, &Actor::System, None, &self.loads(at));
            self.append(request.id, at, records.unwrap_or_default());
        }
        self.reached = at;
    }

    fn adopt(&mut self, at: Instant, decision: register::decide::Decision) {
        let before = std::mem::replace(&mut self.world, decision.world);
        for record in &decision.records {
            self.position += 1;
            self.tell(at, notices_of_register(&before, &self.world, at, record));
        }
        for (id, records) in decision.hand_overs {
            self.append(id, at, records);
        }
    }
}

impl Driver for Rules {
    fn log(&mut self, call: &Call, command: &LogRequest) -> Result<RequestId, Failure> {
        let id = self.once(call, |rules| {
            rules.catch_up(call.at);
            rules.logged = rules.logged.wrapping_add(1);
            let fresh = Fresh {
                id: RequestId::from_parts(call.at, [rules.logged; 10]),
                receipt: ReceiptHash([rules.logged; 16]),
            };
            let id = fresh.id;
            let records =
                request::decide::log(&rules.world, call.at, &call.actor, fresh, command, &rules.loads(call.at));
            rules.append(id, call.at, records.map_err(of_request)?);
            Ok(Some(id))
        })?;
        id.ok_or_else(|| Failure::Broken("the key stands for another command".to_owned()))
    }

    fn act(&mut self, call: &Call, id: RequestId, command: &Command) -> Result<(), Failure> {
        let done = self.once(call, |rules| {
            rules.catch_up(call.at);
            let Case { request, journal } = rules.case(id)?;
            let mut command = command.clone();
            if let Command::Recompute { bases, .. } = &mut command {
                *bases = bases_of(request, journal.iter());
            }
            let loads = rules.loads(call.at);
            let other = match &command {
                Command::Merge { into, .. } => rules.cases.get(into).map(|case| &case.request),
                _ => None,
            };
            let around = Around { loads: &loads, other };
            let records = request::decide::decide(&rules.world, request, call.at, &call.actor, &command, around);
            rules.happened(id, call.at, records.map_err(of_request)?)?;
            Ok(None)
        });
        done.map(|_| ())
    }

    fn register(&mut self, call: &Call, command: &register::command::Command) -> Result<(), Failure> {
        let done = self.once(call, |rules| {
            rules.catch_up(call.at);
            let open = rules.touched(call.at, command);
            let loads = rules.loads(call.at);
            let decision = register::decide::decide(&rules.world, call.at, &call.actor, command, &open, &loads);
            rules.adopt(call.at, decision.map_err(of_register)?);
            Ok(None)
        });
        done.map(|_| ())
    }

    fn load(&mut self, call: &Call, rows: &Register) -> Result<(), Failure> {
        let done = self.once(call, |rules| {
            let decision = register::decide::load(&rules.world, &call.actor, rows.clone(), 1_000);
            rules.adopt(call.at, decision.map_err(of_register)?);
            Ok(None)
        });
        done.map(|_| ())
    }

    fn pass(&mut self, at: Instant) -> Result<(), Failure> {
        self.catch_up(at);
        loop {
            let over = |(id, case): (&RequestId, &Case)| {
                let due = running(&case.request).into_iter().filter(|due| due.at <= at).min()?;
                Some((due, *id))
            };
            let Some((due, id)) = self.cases.iter().filter_map(over).min() else { return Ok(()) };
            let loads = self.loads(at);
            let records = request::decide::run_out(&self.world, &self.case(id)?.request, at, due, &loads);
            self.append(id, at, records.map_err(of_request)?);
        }
    }

    fn replay(&mut self, call: &Call, id: &DeliveryId) -> Result<(), Failure> {
        let of = |line: &&Line| DeliveryId::of(line.position, line.no, &line.notice) == *id;
        let found = self.told.iter().find(of).map(|line| (&line.notice.person, State::Waiting));
        let decided = delivery::replay(&self.world, call.at, &call.actor, id, found);
        decided.map_err(|refused| refusal(refused.code.word(), refused.message))
    }

    fn notices(&mut self, at: Instant, person: &PersonCode) -> Result<Vec<Line>, Failure> {
        let actor = Actor::Person(person.clone());
        if is_out_of_office(&self.world, &actor, at) {
            return Ok(Vec::new());
        }
        let known = |line: &&Line| {
            let case = line.notice.about.request().and_then(|id| self.cases.get(&id));
            case.is_none_or(|case| !is_hidden(&self.world, &case.request, &actor, at))
        };
        let told = self.told.iter().filter(|line| line.notice.person == *person).filter(known).cloned();
        told.map(|line| {
            let assignments = match line.notice.about.request() {
                Some(id) => &self.case(id)?.request.assignments[..],
                None => &[],
            };
            let over = is_over(&self.world, at, &line.notice, assignments);
            Ok(Line { over, ..line })
        })
        .collect()
    }

    fn look(&mut self, at: Instant, actor: &Actor, id: RequestId) -> Result<View, Failure> {
        let request = &self.case(id)?.request;
        if !may_see(&self.world, request, actor, at) {
            let message = format!("request `{id}` is not among those you see; check the id");
            return Err(refusal(Code::UnknownRequest.word(), message));
        }
        Ok(View::seen_by(actor, &self.world, request, at))
    }

    fn view(&mut self, _: Instant, id: RequestId) -> Result<View, Failure> {
        Ok(View::of(&self.world, &self.case(id)?.request))
    }

    fn account(&mut self, _: Instant, id: RequestId) -> Result<Way, Failure> {
        let events: Vec<&Event> = self.case(id)?.journal.iter().map(|r| &r.event).collect();
        let way = Way::newest(&self.world, events.into_iter());
        way.ok_or_else(|| Failure::Broken("a journal without an assignment".to_owned()))
    }

    fn journal(&mut self, _: Instant, id: RequestId) -> Result<Vec<Entry>, Failure> {
        Ok(self.case(id)?.journal.iter().map(|r| Entry::of(&self.world, r)).collect())
    }

    fn who(
        &mut self,
        _: Instant,
        place: &UnitCode,
        matter: &MatterCode,
        on: Instant,
        accused: &[PersonCode],
    ) -> Result<Way, Failure> {
        let unit = self.world.find_unit(place.as_str());
        let unit =
            unit.ok_or_else(|| refusal(Code::UnknownPlace.word(), format!("unit `{place}` is not in the register")))?;
        let known = self.world.find_matter(matter.as_str());
        let known = known
            .ok_or_else(|| refusal(Code::UnknownMatter.word(), format!("matter `{matter}` is not in the catalogue")))?;
        let accused = accused.iter().filter_map(|code| self.world.find_person(code.as_str())).collect();
        let exclusions = Exclusions { accused, ..Exclusions::default() };
        let route = route(&self.world, &Question::new(unit, known, on), &exclusions, &self.loads(on));
        Ok(Way::of(&self.world, &Account::of(&self.world, &route)))
    }

    fn on_duty(&mut self, _: Instant, unit: &UnitCode, on: Instant) -> Result<Vec<Stint>, Failure> {
        Ok(Stint::at(&self.world, unit, on))
    }

    fn roster(&mut self, _: Instant, unit: &UnitCode, during: Span) -> Result<Vec<Stint>, Failure> {
        Ok(Stint::during(&self.world, unit, during))
    }

    fn duty_changes(&mut self, _: Instant, unit: &UnitCode) -> Result<Vec<Change>, Failure> {
        Ok(Change::all(&self.world, unit))
    }
}

fn refusal(code: &str, message: String) -> Failure {
    Failure::Refused(Refused { code: code.to_owned(), message })
}

fn of_request(refused: request::refusal::Refusal) -> Failure {
    refusal(refused.code.word(), refused.message)
}

fn of_register(refused: register::refusal::Refusal) -> Failure {
    refusal(refused.code.word(), refused.message)
}
