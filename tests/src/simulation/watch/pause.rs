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

use super::{ledger::CASE, moved};
use crate::naive_calendar::Naive;

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
    left: Option<(Instant, BTreeMap<LimitKind, Allowance>)>,
    /// Whether the citizen was asked since it was logged, corrected or reopened.
    asked: bool,
    /// How often it was sent back, or the citizen was asked again.
    returns: u8,
    logged_at: Option<Instant>,
    /// When it stood still, in order.
    stood: Vec<(Instant, Instant)>,
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
            Event::RequestLogged(_) => case.logged_at = Some(at),
            Event::CitizenAsked { counts, .. } => {
                if *counts != case.asked || *counts && case.returns >= 2 {
                    let Case { asked, returns, .. } = case;
                    faults.push(format!("asked before: {asked}, returned {returns} times, and it counts: {counts}"));
                }
                case.asked = true;
                case.returns += u8::from(*counts);
                case.stop(register, at);
            }
            Event::SentBack { .. } => case.returns += 1,
            Event::Frozen { asks_citizen, .. } => {
                if *asks_citizen && !case.asked {
                    faults.push("the citizen was not asked before".to_owned());
                }
                if case.returns < 2 {
                    faults.push(format!("it was returned {} times", case.returns));
                }
                case.returns = 3;
            }
            Event::Resolved { .. } => {
                let late = case.limits.iter().find(|(_, limit)| limit.due <= at);
                faults
                    .extend(late.map(|(kind, _)| format!("{kind} is over and nobody was told before it stands still")));
                case.stop(register, at);
            }
            // What was over while it followed another is over.
            Event::ResultShared { .. } => {
                case.stop(register, at);
                let over = |kind: &LimitKind| case.limits.get(kind).is_some_and(|limit| limit.due <= at);
                case.left.iter_mut().for_each(|(_, left)| left.retain(|kind, _| !over(kind)));
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
            Event::Corrected { .. } | Event::PlaceCorrected { .. } | Event::Separated { .. } => {
                case.asked &= matches!(event, Event::Separated { .. });
                case.limits.retain(|kind, _| *kind == LimitKind::Supervised);
                faults.extend(before.and_then(|request| case.promised(register, request, at, event, &set)));
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
        self.left = Some((at, self.limits.iter().map(|(kind, limit)| (*kind, left(&calendar, *limit, at))).collect()));
    }

    /// Each limit that ran when it stopped runs again, with what was left of it; and no other.
    fn goes_on(&mut self, register: &Register, at: Instant, set: &BTreeMap<LimitKind, &Reckoned>) -> Vec<String> {
        let Some((since, left)) = self.left.take() else {
            return vec!["it goes on and did not stand still".to_owned()];
        };
        self.stood.push((since, at));
        let calendar = moved::calendar(register);
        let right: BTreeMap<_, _> = left.into_iter().map(|(kind, left)| (kind, calendar.due(at, left))).collect();
        let is: BTreeMap<_, _> = set.iter().map(|(kind, reckoned)| (*kind, reckoned.limit.due)).collect();
        if right == is { Vec::new() } else { vec![format!("{is:?} go on, not {right:?}")] }
    }

    /// What a household was promised runs from the logging on, whatever the case is called and wherever it is, but for
    /// the time in which it stood still; where that is over already, from now on.
    fn promised(
        &self,
        register: &Register,
        before: &Request,
        at: Instant,
        event: &Event,
        set: &BTreeMap<LimitKind, &Reckoned>,
    ) -> Option<String> {
        let (matter, ruled_by) = match event {
            Event::Corrected { matter, .. } => (matter.clone(), at),
            Event::PlaceCorrected { .. } => (before.matter.clone(), at),
            _ => (before.matter.clone(), before.ruled_by()),
        };
        let request = Request { matter, ..before.clone() };
        let calendar = moved::calendar(register);
        let due = |kind: LimitKind| {
            let allowance = moved::allowance(register, &request, (CASE, kind), ruled_by)?;
            let mut due = calendar.due(self.logged_at?, allowance);
            for (from, to) in &self.stood {
                if due <= *from {
                    break;
                }
                due = calendar.due(*to, left(&calendar, Limit { due, working: counts_work(allowance) }, *from));
            }
            Some(if due <= at { calendar.due(at, allowance) } else { due })
        };
        let kinds = [LimitKind::Committed, LimitKind::Statutory];
        let kinds = kinds.into_iter().filter(|kind| !before.limits.passed.contains(kind));
        let right: BTreeMap<_, _> = kinds.filter_map(|kind| Some((kind, due(kind)?))).collect();
        let is: BTreeMap<_, _> = set.iter().map(|(kind, reckoned)| (*kind, reckoned.limit.due)).collect();
        (right != is).then(|| format!("{is:?} are promised, not {right:?}"))
    }
}

/// What is left of a limit at an instant: at least a moment.
fn left(calendar: &Naive<'_>, limit: Limit, at: Instant) -> Allowance {
    let left = if limit.working { calendar.worked(at, limit.due) } else { limit.due.0 - at.0 };
    let left = u64::try_from(left).unwrap_or(0).max(1);
    if limit.working { Allowance::WorkingMicros(left) } else { Allowance::Micros(left) }
}
