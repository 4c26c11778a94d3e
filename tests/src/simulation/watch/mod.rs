//! Reads every entry of the journal and says what should not be: its own fold of the requests and the
//! register, its own list of the limits that run, and who should have got what by [`crate::naive`].

mod given;
mod hanging;
mod ledger;
mod moved;
mod overdue;
mod pause;
mod told;
mod told_of_register;
mod twins;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use liandong_engine::{
    rules::{
        actor::{Actor, Step},
        id::{AssignmentNo, RequestId},
        instant::Instant,
        limit::{Card, LimitKind},
        register,
        request::{
            Duty, Request, Stage,
            event::{Event, Recorded},
            evolve::fold,
            running,
        },
        world::Register,
    },
    run::store::journal::{Entry, Happened},
};

use ledger::Ledger;
use overdue::Overdue;
use pause::Pauses;

use super::shell::Told;

/// Who did what an entry says, and by whose order.
pub(super) const fn step(entry: &Entry) -> &Step {
    match &entry.happened {
        Happened::Request(_, recorded) => &recorded.step,
        Happened::Register(recorded) => &recorded.step,
    }
}

/// What the journal says so far, and everything that was wrong with it.
#[derive(Debug)]
pub struct Watch {
    /// The register, folded.
    pub register: Register,
    /// Every request, folded.
    pub requests: BTreeMap<RequestId, Request>,
    /// The newest position.
    pub position: i64,
    /// When the newest entry was written.
    pub at: Instant,
    ledger: Ledger,
    pauses: Pauses,
    overdue: Overdue,
    /// What was wrong.
    pub faults: Vec<String>,
    /// The names of all events, to see that a simulation meets them.
    pub met: BTreeSet<&'static str>,
}

impl Watch {
    /// Before anything happened.
    #[must_use]
    pub fn new() -> Self {
        Self {
            register: Register::default(),
            requests: BTreeMap::new(),
            position: 0,
            at: Instant::MIN,
            ledger: Ledger::default(),
            pauses: Pauses::default(),
            overdue: Overdue::default(),
            faults: Vec::new(),
            met: BTreeSet::new(),
        }
    }

    /// Reads what was committed, all of it at once, as it becomes visible; and who was told what by it.
    pub fn see(&mut self, entries: &[Entry], told: &[Told]) {
        let mut touched = BTreeSet::new();
        let decided = |a: &Entry, b: &Entry| match (&a.happened, &b.happened) {
            (Happened::Register(one), Happened::Register(other)) => {
                a.at == b.at && told_of_register::order(one) == told_of_register::order(other)
            }
            _ => false,
        };
        // What is decided of the register in one go holds all at once.
        for at_once in entries.chunk_by(decided) {
            let before = matches!(at_once[0].happened, Happened::Register(_)).then(|| self.register.clone());
            for entry in at_once {
                if entry.position != self.position + 1 {
                    self.fault(format!("position {} comes after {}", entry.position, self.position));
                }
                if entry.at < self.at {
                    self.fault(format!("time runs backward at {}", entry.position));
                }
                (self.position, self.at) = (entry.position, entry.at);
                self.met.insert(entry.kind());
                match &entry.happened {
                    Happened::Register(recorded) => {
                        if let Err(misfit) = register::evolve::evolve(&mut self.register, entry.at, &recorded.event) {
                            self.fault(format!("position {}: {misfit}", entry.position));
                        }
                    }
                    Happened::Request(id, recorded) => {
                        touched.insert(*id);
                        self.request(entry, *id, recorded, told);
                    }
                }
            }
            if let Some(before) = &before {
                self.faults.extend(hanging::undone_beneath(before, at_once));
            }
            for entry in at_once {
                if let (Some(before), Happened::Register(recorded)) = (&before, &entry.happened) {
                    let told: Vec<&Told> = told.iter().filter(|told| told.position == entry.position).collect();
                    let faults = told_of_register::faults(before, &self.register, entry.at, recorded, &told);
                    self.faults.extend(faults.into_iter().map(|fault| format!("{}: {fault}", entry.kind())));
                }
            }
        }
        for id in touched {
            let request = self.requests[&id].clone();
            self.state(&request);
        }
        if !entries.is_empty() {
            self.faults.extend(twins::lost(&self.requests));
            self.everybody_there();
        }
        if entries.iter().any(|entry| matches!(entry.happened, Happened::Register(_))) {
            self.faults.extend(hanging::faults(&self.register, self.requests.values(), self.at));
        }
    }

    fn request(&mut self, entry: &Entry, id: RequestId, recorded: &Recorded, told: &[Told]) {
        let before = self.requests.remove(&id);
        self.event(entry, id, before.as_ref(), recorded);
        let after = fold(before.clone(), entry.at, recorded).unwrap_or_else(|misfit| panic!("{id}: {misfit}"));
        if after.events != entry.seq {
            self.fault(format!("event {} of {id} is out of order", entry.seq));
        }
        let told: Vec<&Told> = told.iter().filter(|told| told.position == entry.position).collect();
        let faults = told::faults(&self.register, entry.at, before.as_ref(), &after, recorded, &told);
        self.faults.extend(faults.into_iter().map(|fault| format!("{} of {id}: {fault}", entry.kind())));
        self.overdue.see(id, before.as_ref(), entry.at, &recorded.event);
        self.requests.insert(id, after);
    }

    /// After a node looked at that time, nothing that is over runs any more.
    pub fn nothing_over(&mut self, now: Instant) {
        let over = self.ledger.running(&self.requests).filter(|(_, running)| running.due <= now);
        let over: Vec<String> =
            over.map(|(id, of)| format!("{of:?} of {id} was over and nothing came of it")).collect();
        self.faults.extend(over);
        let well = self.requests.values().flat_map(|request| self.overdue.faults(request, now.max(self.at)));
        let well: Vec<String> = well.collect();
        self.faults.extend(well);
    }

    fn fault(&mut self, what: String) {
        self.faults.push(what);
    }

    /// What an event does that the one before it does not allow.
    fn event(&mut self, entry: &Entry, id: RequestId, before: Option<&Request>, recorded: &Recorded) {
        let event = &recorded.event;
        let (name, stage) = (event.name(), before.map(|r| r.stage.kind()));
        if !fits(event, before) {
            self.fault(format!("{name} of {id} when it is {stage:?}"));
        }
        if let Some(fault) = climbs(event, before) {
            self.fault(format!("{name} of {id}: {fault}"));
        }
        if let Some(opens) = event.opens() {
            let next = before.map_or(1, |r| r.assignments.len() as u16 + 1);
            if opens.no != AssignmentNo(next) {
                self.fault(format!("{name} of {id} opens {}, not {next}", opens.no.0));
            }
            let account = opens.account.found.as_ref();
            if account.is_none_or(|f| (&f.post, &f.person, f.rung) != (&opens.post, &opens.person, opens.rung)) {
                self.fault(format!("{name} of {id} gives it to {opens:?}"));
            }
        }
        for fault in given::faults(&self.register, &self.requests, before, entry.at, event) {
            self.fault(format!("{name} of {id}: {fault}"));
        }
        for fault in before.map_or_else(Vec::new, |request| twins::faults(&self.requests, request, event)) {
            self.fault(format!("{name} of {id}: {fault}"));
        }
        for fault in self.pauses.see(&self.register, id, before, entry.at, event) {
            self.fault(format!("{name} of {id}: {fault}"));
        }
        for fault in self.ledger.see(&self.register, id, before, entry.at, recorded) {
            self.fault(format!("{name} of {id}: {fault}"));
        }
    }

    /// What a request is that it must not be.
    fn state(&mut self, request: &Request) {
        let id = request.id;
        let lead = request.open().filter(|a| !a.is_aside());
        let open: Vec<(AssignmentNo, Duty)> = lead.map(|a| (a.no, a.duty)).collect();
        if request.asides().next().is_some() && !matches!(request.stage.kind().word(), "Routed" | "InHand" | "Waiting")
        {
            self.fault(format!("{id} has somebody beside the holder when it is {}", request.stage.kind()));
        }
        let expected = match &request.stage {
            Stage::Routed { handle }
            | Stage::InHand { handle }
            | Stage::Waiting { handle, .. }
            | Stage::Frozen { handle } => vec![(*handle, Duty::Handle)],
            Stage::Resolved { relay, .. } => vec![(*relay, Duty::Relay)],
            Stage::Merged { .. } | Stage::Told { .. } | Stage::Closed { .. } => Vec::new(),
        };
        if open != expected {
            self.fault(format!("{id} has open {open:?} when it is {}", request.stage.kind()));
        }
        let mut rules: Vec<_> = running(request).iter().map(|due| (due.no, due.kind, due.at)).collect();
        let events = self.ledger.of(request);
        let mut events: Vec<_> = events.into_iter().map(|running| (running.no, running.kind, running.due)).collect();
        rules.sort_unstable();
        events.sort_unstable();
        if rules != events {
            self.fault(format!("{id}: {rules:?} run, and by the events {events:?}"));
        }
        self.faults.extend(self.overdue.faults(request, self.at));
        let mut red: HashMap<_, Instant> = HashMap::new();
        let mut yellow: HashMap<_, Instant> = HashMap::new();
        for mark in &request.limits.marks {
            if mark.card == Card::Red {
                let earlier = red.insert(mark.limit, mark.at);
                // Each supervision has a limit of its own.
                let anew = |since| mark.limit == LimitKind::Supervised && self.ledger.supervised(id, since, mark.at);
                if earlier.is_some_and(|since| !anew(since)) {
                    self.fault(format!("{id} has a second red mark for {}", mark.limit));
                }
            }
            if mark.card == Card::Yellow {
                let earlier = yellow.insert((&mark.person, mark.limit), mark.at);
                let anew = |since: Instant| {
                    let given = request.assignments.iter().filter(|a| a.person == mark.person);
                    given.clone().any(|a| a.opened_at > since && a.opened_at <= mark.at)
                };
                if earlier.is_some_and(|since| !anew(since)) {
                    self.fault(format!("{id} has a second yellow mark for {}", mark.limit));
                }
            }
        }
    }

    /// Whether somebody leads the town, so that nothing in it is out of their reach.
    #[must_use]
    pub fn leads(&self, actor: &Actor) -> bool {
        actor.person().is_some_and(|person| hanging::leads(&self.register, person, self.at))
    }

    /// Nobody away or gone holds what somebody there could have.
    fn everybody_there(&mut self) {
        let open = self.requests.values().filter(|r| r.open().next().is_some());
        let found: Vec<String> = open.filter_map(|r| given::kept_from_others(&self.register, r, self.at)).collect();
        self.faults.extend(found);
    }

    /// What is not at an end although everybody has been silent for long.
    #[must_use]
    pub fn stuck(&self) -> Vec<String> {
        let top = |request: &Request| {
            let matter = self.register.matters.iter().find(|m| m.code == request.matter);
            let rungs = self.register.ladders.iter().filter(|r| Some(&r.ladder) == matter.map(|m| &m.ladder));
            rungs.map(|r| r.no).max().unwrap_or(0)
        };
        let limited = |request: &Request, no, kinds: &[LimitKind]| {
            kinds
                .iter()
                .any(|kind| moved::allowance(&self.register, request, (no, *kind), request.ruled_by()).is_some())
        };
        use LimitKind::{Accept, Answer, Finish, Rate, Relay};
        let stuck = self.requests.values().filter(|request| match &request.stage {
            Stage::Routed { handle } | Stage::InHand { handle } => {
                let offered = matches!(request.stage, Stage::Routed { .. });
                let kinds: &[LimitKind] = if offered { &[Accept, Finish] } else { &[Finish] };
                limited(request, *handle, kinds)
                    && request.handle().is_none_or(|held| {
                        held.rung < top(request) && given::could_climb(&self.register, request, held.no, self.at)
                    })
            }
            Stage::Waiting { .. } => limited(request, ledger::CASE, &[Answer]),
            Stage::Told { .. } => limited(request, ledger::CASE, &[Rate]),
            // Who carries it and does not is told every morning, where nobody is above.
            Stage::Resolved { relay, .. } => {
                let told = request.limits.marks.iter().any(|mark| mark.limit == Relay);
                !told && limited(request, *relay, &[Relay])
            }
            // What it follows is not stuck either, and brings it to its end.
            Stage::Frozen { .. } | Stage::Merged { .. } | Stage::Closed { .. } => false,
        });
        stuck.map(|r| format!("{} is still {} with {:?}", r.id, r.stage.kind(), r.open().collect::<Vec<_>>())).collect()
    }
}

impl Default for Watch {
    fn default() -> Self {
        Self::new()
    }
}

/// Which events may come when: said a second time, of events and not of commands.
fn fits(event: &Event, before: Option<&Request>) -> bool {
    use liandong_engine::rules::request::StageKind as S;
    let stage = before.map(|r| r.stage.kind());
    let allowed: &[S] = match event {
        Event::RequestLogged(_) => return before.is_none(),
        Event::Accepted { .. } => &[S::Routed],
        Event::Escalated { .. }
        | Event::Transferred { .. }
        | Event::Corrected { .. }
        | Event::PlaceCorrected { .. }
        | Event::Merged { .. }
        | Event::SentBack { .. }
        | Event::Frozen { .. }
        | Event::RejectionProposed { .. }
        | Event::CitizenAsked { .. }
        | Event::Resolved { .. } => &[S::Routed, S::InHand],
        Event::Ruled { .. } => &[S::Frozen],
        Event::Resumed { .. } => &[S::Waiting],
        Event::Relayed { .. } | Event::CitizenTold { .. } | Event::RelayTaken { .. } => &[S::Resolved],
        Event::Rated { .. } | Event::Lapsed | Event::Reopened { .. } => &[S::Told],
        Event::Overdue { .. } => &[S::Routed, S::InHand, S::Frozen, S::Resolved],
        Event::LimitPassed { .. } => &[S::Routed, S::InHand, S::Frozen],
        Event::MergedOn { .. } | Event::ResultShared { .. } | Event::Separated { .. } => &[S::Merged],
        Event::Withdrawn { .. } => &[S::Routed, S::InHand, S::Waiting, S::Frozen, S::Merged],
        Event::CitizenCorrected { .. } => &[S::Routed, S::InHand, S::Waiting, S::Frozen, S::Merged, S::Resolved],
        Event::HandedOver { .. } => &[S::Routed, S::InHand, S::Waiting, S::Frozen, S::Resolved],
        Event::Reminded { .. } | Event::Recomputed { .. } => {
            &[S::Routed, S::InHand, S::Waiting, S::Frozen, S::Resolved]
        }
        Event::Supervised { .. } | Event::ExtensionGranted { .. } => &[S::Routed, S::InHand],
        Event::HelpCalled { .. } | Event::Delegated { .. } | Event::ExtensionAsked { .. } => &[S::InHand],
        Event::Responded { .. }
        | Event::Reported { .. }
        | Event::Recalled { .. }
        | Event::Released { .. }
        | Event::ExtensionRefused { .. } => &[S::Routed, S::InHand, S::Waiting],
        Event::NoteAdded { .. } | Event::PlaceMoved { .. } => return before.is_some(),
    };
    stage.is_some_and(|stage| allowed.contains(&stage))
}

/// Whether what goes up goes up, and what goes down goes down.
fn climbs(event: &Event, before: Option<&Request>) -> Option<&'static str> {
    let (request, opens) = (before?, event.opens()?);
    let was = |no: AssignmentNo| request.assignment(no).map_or(0, |a| a.rung);
    let resolver = request.stage.resolution().map_or(u8::MAX, |r| r.rung);
    let right = match event {
        Event::Escalated { ends, .. } | Event::RejectionProposed { ends, .. } => was(*ends) < opens.rung,
        Event::RelayTaken { ends, .. } => was(*ends) < opens.rung,
        // Who gives more time stands above, on the ladder.
        Event::ExtensionAsked { no, .. } => was(*no) < opens.rung && opens.rung < 200,
        // The third return is a ruling.
        Event::SentBack { ends, .. } => request.returns < 2 && opens.rung < was(*ends),
        Event::Relayed { ends, .. } => opens.rung < was(*ends),
        Event::Transferred { ends, .. } => was(*ends) >= 200 || opens.rung == was(*ends),
        Event::HandedOver { ends, .. } if opens.duty == Duty::Handle => was(*ends) <= opens.rung,
        Event::Resolved { ends, .. } => {
            let own = request.assignment(*ends).is_some_and(|a| (&a.post, a.rung) == (&opens.post, opens.rung));
            own || opens.rung < was(*ends)
        }
        Event::Reopened { .. } => resolver < opens.rung,
        Event::Frozen { .. } => request.returns >= 2 && opens.rung > 200,
        _ => true,
    };
    (!right).then_some("it does not climb as it should")
}
