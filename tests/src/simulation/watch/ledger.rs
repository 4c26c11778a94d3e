//! Which limits run, told from the events alone: a second writing of what the state keeps.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use liandong_engine::rules::{
    actor::Actor,
    id::{AssignmentNo, RequestId},
    instant::Instant,
    limit::LimitKind,
    request::{
        Request, StageKind,
        event::{Cause, Event, Recorded},
    },
};

const CASE: AssignmentNo = AssignmentNo(0);

/// What a limit is of, and when it is over.
type Limits = BTreeMap<(AssignmentNo, LimitKind), Instant>;

/// Every limit that was set and has not come to its end.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    limits: HashMap<RequestId, Limits>,
    /// The limits that took effect, each as it was set.
    over: BTreeSet<(RequestId, AssignmentNo, LimitKind, Instant)>,
}

impl Ledger {
    /// Of every request that is there.
    pub(super) fn running(
        &self,
        requests: &BTreeMap<RequestId, Request>,
    ) -> Vec<(RequestId, AssignmentNo, LimitKind, Instant)> {
        let all = requests.values().flat_map(|r| self.of(r).into_iter().map(|(no, kind, at)| (r.id, no, kind, at)));
        all.collect()
    }

    /// The limits of the case rest while nobody is to handle it.
    pub(super) fn of(&self, request: &Request) -> Vec<(AssignmentNo, LimitKind, Instant)> {
        use StageKind::{Frozen, InHand, Routed};
        let handled = matches!(request.stage.kind(), Routed | InHand | Frozen);
        let rests = |kind| matches!(kind, LimitKind::Committed | LimitKind::Statutory) && !handled;
        let limits = self.limits.get(&request.id).into_iter().flatten();
        limits.filter(|((_, kind), _)| !rests(*kind)).map(|((no, kind), at)| (*no, *kind, *at)).collect()
    }

    /// Takes an event down; what is wrong with it.
    pub(super) fn see(
        &mut self,
        id: RequestId,
        before: Option<&Request>,
        at: Instant,
        recorded: &Recorded,
    ) -> Vec<String> {
        let event = &recorded.event;
        let mut faults = Vec::new();
        if recorded.step.acted == Actor::System
            && let Some((no, kind)) = limit_of(event, before)
        {
            let runs = before.map_or_else(Vec::new, |request| self.of(request));
            match runs.iter().find(|(of, which, _)| (*of, *which) == (no, kind)) {
                None => faults.push(format!("{kind} of assignment {} does not run", no.0)),
                Some((.., due)) if *due > at => faults.push(format!("{kind} is over at {due:?}, not at {at:?}")),
                Some((.., due)) => {
                    if !self.over.insert((id, no, kind, *due)) {
                        faults.push(format!("{kind} of assignment {} takes effect twice", no.0));
                    }
                }
            }
        }
        self.note(id, before, event);
        faults
    }

    fn note(&mut self, id: RequestId, before: Option<&Request>, event: &Event) {
        let limits = self.limits.entry(id).or_default();
        let held = before.and_then(|r| r.stage.handle());
        let waiting = before.is_some_and(|r| r.stage.kind() == StageKind::Waiting);
        let mut inherited = None;
        match event {
            Event::Accepted { no } => drop(limits.remove(&(*no, LimitKind::Accept))),
            Event::CitizenAsked { .. } | Event::Withdrawn { .. } => limits.clear(),
            Event::Resumed { .. } => drop(limits.remove(&(CASE, LimitKind::Answer))),
            Event::Rated { .. } | Event::Lapsed => limits.clear(),
            Event::Reopened { .. } => drop(limits.remove(&(CASE, LimitKind::Rate))),
            Event::LimitPassed { limit, .. } => drop(limits.remove(&(CASE, *limit))),
            Event::Overdue { no, limit, again, .. } => drop(limits.insert((*no, *limit), again.due)),
            // The times of another matter, which may have fewer of them.
            Event::Corrected { .. } => {
                limits.retain(|key, _| ![(CASE, LimitKind::Committed), (CASE, LimitKind::Statutory)].contains(key));
            }
            Event::HandedOver { ends, opens } => {
                // Who steps in on the post has what is left.
                let same = before.and_then(|r| r.assignment(*ends)).is_some_and(|a| a.post == opens.post);
                let finish = [LimitKind::Finish, LimitKind::Relay];
                inherited = Some(finish.map(|kind| limits.get(&(*ends, kind)).copied())).filter(|_| same);
            }
            _ => {}
        }
        if let Some(ends) = ends(event) {
            limits.retain(|(no, _), _| *no != ends);
        }
        let opens = event.opens().map(|opens| opens.no);
        let passed = |kind: LimitKind| before.is_some_and(|r| r.limits.passed.contains(&kind));
        for (kind, reckoned) in event.limits() {
            let no = match kind {
                LimitKind::Accept | LimitKind::Relay => opens,
                LimitKind::Finish => opens.or(held),
                _ => Some(CASE),
            };
            // While the citizen is waited for, whoever takes over is not hurried either.
            let rests = waiting && matches!(event, Event::HandedOver { .. });
            if let Some(no) = no.filter(|_| !passed(kind) && !rests) {
                limits.insert((no, kind), reckoned.limit.due);
            }
        }
        if let (Some([finish, relay]), Some(no)) = (inherited, opens) {
            for (kind, due) in [(LimitKind::Finish, finish), (LimitKind::Relay, relay)] {
                limits.remove(&(no, kind));
                limits.extend(due.map(|due| ((no, kind), due)));
            }
        }
    }
}

/// The assignment that an event ends.
fn ends(event: &Event) -> Option<AssignmentNo> {
    match event {
        Event::Escalated { ends, .. }
        | Event::Transferred { ends, .. }
        | Event::SentBack { ends, .. }
        | Event::Frozen { ends, .. }
        | Event::Ruled { ends, .. }
        | Event::RejectionProposed { ends, .. }
        | Event::Resolved { ends, .. }
        | Event::Relayed { ends, .. }
        | Event::CitizenTold { ends, .. }
        | Event::RelayTaken { ends, .. }
        | Event::Reported { ends, .. }
        | Event::Recalled { ends, .. }
        | Event::Released { ends }
        | Event::Corrected { ends, .. }
        | Event::HandedOver { ends, .. } => Some(*ends),
        _ => None,
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
