//! Which limits run, told from the events alone: a second writing of what the state keeps.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use liandong_engine::rules::{
    actor::Actor,
    calendar::Allowance,
    id::{AssignmentNo, RequestId},
    instant::Instant,
    limit::{LimitKind, Reckoned},
    request::{
        Request, StageKind, endings,
        event::{Cause, Event, Moved, NextReminder, Recorded},
    },
    world::Register,
};

use super::moved::{self, Extensions};

/// What a limit of the whole case is of.
pub(super) const CASE: AssignmentNo = AssignmentNo(0);

/// How a limit was reckoned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Basis {
    pub(super) start: Instant,
    pub(super) allowance: Allowance,
    /// Whether it is what the register gives, and not what was left of it or came on top.
    pub(super) whole: bool,
    /// Where it came on top: when the time before it began, and how long that was.
    pub(super) on_top_of: Option<(Instant, Allowance)>,
}

/// A limit that runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Running {
    /// Of which assignment; 0 for the whole case.
    pub(super) no: AssignmentNo,
    pub(super) kind: LimitKind,
    /// When it is over.
    pub(super) due: Instant,
    /// None for what is only told again each morning.
    pub(super) basis: Option<Basis>,
}

impl Running {
    fn reckoned(no: AssignmentNo, kind: LimitKind, by: &Reckoned, whole: bool) -> Self {
        let basis = Basis { start: by.reckoning.start, allowance: by.reckoning.allowance, whole, on_top_of: None };
        Self { no, kind, due: by.limit.due, basis: Some(basis) }
    }
}

/// The limits of a request.
type Limits = BTreeMap<(AssignmentNo, LimitKind), Running>;

/// Every limit that was set and has not come to its end.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    limits: HashMap<RequestId, Limits>,
    /// The limits that took effect, each as it was set.
    over: BTreeSet<(RequestId, AssignmentNo, LimitKind, Instant)>,
    extensions: Extensions,
    /// When each request was put under supervision.
    supervised: HashMap<RequestId, Vec<Instant>>,
}

impl Ledger {
    /// Of every request that is there.
    pub(super) fn running<'r>(
        &'r self,
        requests: &'r BTreeMap<RequestId, Request>,
    ) -> impl Iterator<Item = (RequestId, Running)> {
        requests.values().flat_map(|r| self.of(r).into_iter().map(|running| (r.id, running)))
    }

    /// Whether a request was put under supervision between two instants.
    pub(super) fn supervised(&self, id: RequestId, after: Instant, until: Instant) -> bool {
        self.supervised.get(&id).into_iter().flatten().any(|at| *at > after && *at <= until)
    }

    /// The limits of the case rest while nobody is to handle it.
    pub(super) fn of(&self, request: &Request) -> Vec<Running> {
        use StageKind::{Frozen, InHand, Routed};
        let handled = matches!(request.stage.kind(), Routed | InHand | Frozen);
        let rests = |kind| matches!(kind, LimitKind::Committed | LimitKind::Statutory) && !handled;
        let limits = self.limits.get(&request.id).into_iter().flatten();
        limits.map(|(_, running)| *running).filter(|running| !rests(running.kind)).collect()
    }

    /// Takes an event down; what is wrong with it.
    pub(super) fn see(
        &mut self,
        register: &Register,
        id: RequestId,
        before: Option<&Request>,
        at: Instant,
        recorded: &Recorded,
    ) -> Vec<String> {
        let event = &recorded.event;
        let mut faults = Vec::new();
        let runs = before.map_or_else(Vec::new, |request| self.of(request));
        if recorded.step.acted == Actor::System
            && let Some((no, kind)) = limit_of(event, before)
        {
            match runs.iter().find(|running| (running.no, running.kind) == (no, kind)) {
                None => faults.push(format!("{kind} of assignment {} does not run", no.0)),
                Some(Running { due, .. }) if *due > at => {
                    faults.push(format!("{kind} is over at {due:?}, not at {at:?}"));
                }
                Some(Running { due, .. }) => {
                    if !self.over.insert((id, no, kind, *due)) {
                        faults.push(format!("{kind} of assignment {} takes effect twice", no.0));
                    }
                }
            }
        }
        if let Some(request) = before {
            let held = request.stage.handle();
            let finish = runs.iter().find(|r| r.kind == LimitKind::Finish && Some(r.no) == held).map(|r| r.due);
            faults.extend(self.extensions.see(register, request, at, finish, event));
            faults.extend(match event {
                Event::Recomputed { moved, .. } => moved::faults(register, request, at, &runs, moved),
                Event::Supervised { limit, .. } => moved::supervision(register, at, limit.as_deref()),
                _ => Vec::new(),
            });
        }
        if matches!(event, Event::Supervised { .. }) {
            self.supervised.entry(id).or_default().push(at);
        }
        self.note(register, id, before, at, event);
        faults
    }

    fn note(&mut self, register: &Register, id: RequestId, before: Option<&Request>, at: Instant, event: &Event) {
        let limits = self.limits.entry(id).or_default();
        let held = before.and_then(|r| r.stage.handle());
        let waiting = before.is_some_and(|r| r.stage.kind() == StageKind::Waiting);
        let mut inherited = None;
        match event {
            Event::Accepted { no } => drop(limits.remove(&(*no, LimitKind::Accept))),
            Event::CitizenAsked { .. } | Event::Withdrawn { .. } => limits.clear(),
            Event::Resumed { reminders, .. } => {
                limits.remove(&(CASE, LimitKind::Answer));
                // What was over before is over still, and is told again.
                let again = |r: &NextReminder| Running { no: r.no, kind: LimitKind::Finish, due: r.at, basis: None };
                limits.extend(reminders.iter().map(|r| ((r.no, LimitKind::Finish), again(r))));
            }
            // What was promised for the whole goes on once it is a case of its own again.
            Event::Merged { .. } => {
                limits.retain(|(_, kind), _| matches!(kind, LimitKind::Committed | LimitKind::Statutory));
            }
            Event::Rated { .. } | Event::Lapsed => limits.clear(),
            Event::Reopened { .. } => drop(limits.remove(&(CASE, LimitKind::Rate))),
            Event::LimitPassed { limit, .. } => drop(limits.remove(&(CASE, *limit))),
            // The times of another matter, which may have fewer of them.
            Event::Separated { .. } => {
                limits.retain(|key, _| ![(CASE, LimitKind::Committed), (CASE, LimitKind::Statutory)].contains(key));
            }
            Event::Corrected { ends, opens, .. } | Event::PlaceCorrected { ends, opens, .. } => {
                limits.retain(|key, _| ![(CASE, LimitKind::Committed), (CASE, LimitKind::Statutory)].contains(key));
                // Who keeps it is as overdue with it as before.
                let held = before.and_then(|r| r.assignment(*ends));
                if held.is_some_and(|held| (&held.post, &held.person) == (&opens.post, &opens.person)) {
                    let told: Vec<_> =
                        limits.values().filter(|r| r.no == *ends && r.basis.is_none()).copied().collect();
                    limits.extend(told.into_iter().map(|r| ((opens.no, r.kind), Running { no: opens.no, ..r })));
                }
            }
            Event::Overdue { no, limit, again, .. } => {
                // It is over; from now on it is told again, once for both times where both are over.
                limits.remove(&(*no, *limit));
                let told = |running: &Running| running.no == *no && running.basis.is_none();
                let both =
                    limits.extract_if(.., |_, running| told(running)).any(|((_, kind), _)| kind == LimitKind::Finish);
                let kind = if both { LimitKind::Finish } else { *limit };
                limits.insert((*no, kind), Running { no: *no, kind, due: again.due, basis: None });
            }
            Event::Resolved { .. } | Event::Supervised { .. } => drop(limits.remove(&(CASE, LimitKind::Supervised))),
            Event::Recomputed { moved, .. } => {
                for Moved { no, kind, is, .. } in moved {
                    let was = limits.get(&(*no, *kind)).and_then(|r| r.basis);
                    let is = Running::reckoned(*no, *kind, is, was.is_some_and(|basis| basis.whole));
                    let on_top_of = was.and_then(|basis| basis.on_top_of);
                    let basis = is.basis.map(|basis| Basis { on_top_of, ..basis });
                    limits.insert((*no, *kind), Running { basis, ..is });
                }
                return;
            }
            Event::HandedOver { ends, opens } => {
                // Who steps in on the post has what is left.
                let same = before.and_then(|r| r.assignment(*ends)).is_some_and(|a| a.post == opens.post);
                let finish = [LimitKind::Finish, LimitKind::Relay];
                inherited = Some(finish.map(|kind| limits.get(&(*ends, kind)).copied())).filter(|_| same);
            }
            _ => {}
        }
        let ended = before.map_or_else(Vec::new, |request| endings(request, event));
        limits.retain(|(no, _), _| ended.iter().all(|(ended, _)| ended != no));
        let opens = event.opens().map(|opens| opens.no);
        // A supervision has a limit of its own, whatever became of the one before.
        let passed = |kind: LimitKind| {
            let anew = matches!(event, Event::Supervised { .. });
            !anew && before.is_some_and(|r| r.limits.passed.contains(&kind))
        };
        for (kind, reckoned) in event.limits() {
            let no = match kind {
                LimitKind::Accept | LimitKind::Relay => opens,
                LimitKind::Finish => opens.or(held),
                _ => Some(CASE),
            };
            // While the citizen is waited for, whoever takes over is not hurried either.
            let rests = waiting && matches!(event, Event::HandedOver { .. });
            if let Some(no) = no.filter(|_| !passed(kind) && !rests) {
                let given = || {
                    let request = before?;
                    moved::allowance(register, request, (no, kind), request.ruled_by())
                };
                let whole = match event {
                    // What was left of it, and what came on top.
                    Event::Resumed { .. } | Event::ExtensionGranted { .. } => false,
                    Event::Reopened { .. } => no != CASE,
                    // What was left when the citizen had answered, and what was granted on top.
                    Event::Corrected { .. } | Event::PlaceCorrected { .. } | Event::Separated { .. } => {
                        let start = reckoned.reckoning.start;
                        let left = before.is_some_and(|r| r.limits.waited.iter().any(|waited| waited.to == start));
                        !left && start <= at
                    }
                    Event::Supervised { .. } => given() == Some(reckoned.reckoning.allowance),
                    _ => true,
                };
                let is = Running::reckoned(no, kind, reckoned, whole);
                // More time is granted from the end of the time before on, where that has not come.
                let granted = matches!(event, Event::ExtensionGranted { .. });
                let former = limits.get(&(no, kind)).filter(|former| granted && former.due == reckoned.reckoning.start);
                let on_top_of = former.and_then(|former| former.basis).map(|basis| (basis.start, basis.allowance));
                let basis = is.basis.map(|basis| Basis { on_top_of, ..basis });
                limits.insert((no, kind), Running { basis, ..is });
            }
        }
        if let (Some([finish, relay]), Some(no)) = (inherited, opens) {
            for (kind, running) in [(LimitKind::Finish, finish), (LimitKind::Relay, relay)] {
                limits.remove(&(no, kind));
                limits.extend(running.map(|running| ((no, kind), Running { no, ..running })));
            }
        }
    }
}

/// The limit whose end made an event happen.
fn limit_of(event: &Event, before: Option<&Request>) -> Option<(AssignmentNo, LimitKind)> {
    let relay = before.and_then(|r| r.stage.relay());
    match event {
        Event::Escalated { ends, cause: Cause::NotAccepted, .. } => Some((*ends, LimitKind::Accept)),
        Event::Escalated { ends, .. } => Some((*ends, LimitKind::Finish)),
        Event::Overdue { no, limit, .. } => Some((*no, *limit)),
        Event::LimitPassed { limit, .. } => Some((CASE, *limit)),
        Event::RelayTaken { .. } => Some((relay?, LimitKind::Relay)),
        Event::Resumed { .. } => Some((CASE, LimitKind::Answer)),
        Event::Lapsed => Some((CASE, LimitKind::Rate)),
        _ => None,
    }
}
