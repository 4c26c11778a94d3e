//! What stands still while the citizen is waited for and from resolving until it is reopened: what is left of the limits of
//! the whole case, by [`crate::naive_calendar`], goes on to the microsecond. And how often the citizen may be asked.

use std::collections::{BTreeMap, HashMap};

use liandong_engine::rules::{
    calendar::Allowance,
    id::RequestId,
    instant::Instant,
    limit::{LimitKind, Reckoned},
    request::{Request, event::Event},
    world::Register,
};

use super::moved;

/// A limit of the whole case.
#[derive(Clone, Copy, Debug)]
struct Limit {
    due: Instant,
    /// Whether it counts only the time in which people work.
    working: bool,
}

/// One case.
#[derive(Debug, Default)]
struct Case {
    /// Those that run, or would if the case did not stand still.
    limits: BTreeMap<LimitKind, Limit>,
    /// While it stands still: what was left of each when it stopped, by the register of then.
    left: Option<BTreeMap<LimitKind, Allowance>>,
    /// Whether the citizen was asked since it was logged, corrected or reopened.
    asked: bool,
}

/// Every case.
#[derive(Debug, Default)]
pub(super) struct Pauses(HashMap<RequestId, Case>);

impl Pauses {
    /// Takes an event down; what is wrong with it.
    pub(super) fn see(
        &mut self,
        register: &Register,
        id: RequestId,
        before: Option<&Request>,
        at: Instant,
        event: &Event,
    ) -> Vec<String> {
        let case = self.0.entry(id).or_default();
        let mut faults = Vec::new();
        let of_case = event.limits().into_iter().filter(|(kind, _)| KINDS.contains(kind));
        let set: BTreeMap<LimitKind, &Reckoned> = of_case.collect();
        match event {
            Event::CitizenAsked { counts, .. } => {
                let returns = before.map_or(0, |request| request.returns);
                if *counts != case.asked || *counts && returns >= 2 {
                    faults.push(format!(
                        "asked before: {}, returned {returns} times, and it counts: {counts}",
                        case.asked
                    ));
                }
                case.asked = true;
                case.stop(register, at);
            }
            Event::Frozen { asks_citizen: true, .. } if !case.asked => {
                faults.push("the citizen was not asked before".to_owned());
            }
            Event::Resolved { .. } => {
                let late = case.limits.iter().find(|(_, limit)| limit.due <= at);
                faults
                    .extend(late.map(|(kind, _)| format!("{kind} is over and nobody was told before it stands still")));
                case.stop(register, at);
            }
            Event::Resumed { .. } | Event::Reopened { .. } => {
                if matches!(event, Event::Reopened { .. }) {
                    case.asked = false;
                }
                faults.extend(case.goes_on(register, at, &set));
            }
            Event::LimitPassed { limit, person, .. } => {
                if case.left.is_some() {
                    faults.push(format!("{limit} is over while nothing runs"));
                }
                let over = case.limits.remove(limit).map(|limit| limit.due);
                let held = over.and_then(|over| {
                    let request = before?;
                    let handles = request.assignments.iter().filter(|a| a.duty.word() == "Handle");
                    handles.rev().find(|a| a.opened_at <= over).map(|a| a.person.clone())
                });
                if held.is_some() && held != *person {
                    faults.push(format!("{limit} was over in the hands of {held:?}, not of {person:?}"));
                }
            }
            Event::Corrected { .. } => {
                case.asked = false;
                case.limits.retain(|kind, _| *kind == LimitKind::Supervised);
            }
            Event::Supervised { .. } => drop(case.limits.remove(&LimitKind::Supervised)),
            _ => {}
        }
        let passed = |kind| {
            let anew = matches!(event, Event::Supervised { .. });
            !anew && before.is_some_and(|request| request.limits.passed.contains(&kind))
        };
        for (kind, reckoned) in set.into_iter().filter(|(kind, _)| !passed(*kind)) {
            // What is left counts as the whole did; a supervision counts working time.
            let was = case.limits.get(&kind).map(|limit| limit.working);
            let anew = || kind == LimitKind::Supervised || counts_work(reckoned.reckoning.allowance);
            let working = was.unwrap_or_else(anew);
            case.limits.insert(kind, Limit { due: reckoned.limit.due, working });
        }
        faults
    }
}

const KINDS: [LimitKind; 3] = [LimitKind::Committed, LimitKind::Statutory, LimitKind::Supervised];

fn counts_work(allowance: Allowance) -> bool {
    !matches!(allowance, Allowance::Minutes(_) | Allowance::Days(_) | Allowance::Micros(_))
}

impl Case {
    /// It stands still from now on.
    fn stop(&mut self, register: &Register, at: Instant) {
        let calendar = moved::calendar(register);
        let left = |limit: &Limit| {
            let left = if limit.working { calendar.worked(at, limit.due) } else { limit.due.0 - at.0 };
            let left = u64::try_from(left).unwrap_or(0).max(1);
            if limit.working { Allowance::WorkingMicros(left) } else { Allowance::Micros(left) }
        };
        self.left = Some(self.limits.iter().map(|(kind, limit)| (*kind, left(limit))).collect());
    }

    /// Each limit that ran when it stopped runs again, with what was left of it; and no other.
    fn goes_on(&mut self, register: &Register, at: Instant, set: &BTreeMap<LimitKind, &Reckoned>) -> Vec<String> {
        let Some(left) = self.left.take() else { return vec!["it goes on and did not stand still".to_owned()] };
        let calendar = moved::calendar(register);
        let right: BTreeMap<_, _> = left.into_iter().map(|(kind, left)| (kind, calendar.due(at, left))).collect();
        let is: BTreeMap<_, _> = set.iter().map(|(kind, reckoned)| (*kind, reckoned.limit.due)).collect();
        if right == is { Vec::new() } else { vec![format!("{is:?} go on, not {right:?}")] }
    }
}
