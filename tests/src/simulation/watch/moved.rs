//! Limits that end at another time than they were set to: more time that was given (延期), and what was reckoned
//! anew (重新计算时限). Reckoned by [`crate::naive_calendar`], from the rows of the instant.

use std::collections::{BTreeSet, HashMap};

use liandong_engine::rules::{
    calendar::Allowance,
    id::{AssignmentNo, RequestId},
    instant::Instant,
    limit::{LimitKind, Reckoned},
    request::{
        Request,
        event::{Event, Moved},
    },
    world::Register,
};

use super::ledger::Running;
use crate::naive_calendar::Naive;

/// Posts from this number on stand beyond the ladder.
const BEYOND: u8 = 200;

/// The calendar of the town, which all that is in it keep.
pub(super) fn calendar(register: &Register) -> Naive<'_> {
    Naive::new(register.calendar_rows(), register.unit_calendars[0].calendar.as_str())
}

/// How long the register lets something take, as of an instant.
pub(super) fn allowance(
    register: &Register,
    request: &Request,
    (no, kind): (AssignmentNo, LimitKind),
    at: Instant,
) -> Option<Allowance> {
    let matter = register.matters.iter().find(|m| m.code == request.matter)?;
    let rungs = register.ladders.iter().filter(|r| r.ladder == matter.ladder && r.span.contains(request.ruled_by()));
    let highest = rungs.map(|r| r.no).max();
    let rung = request.assignment(no).and_then(|a| if a.rung < BEYOND { Some(a.rung) } else { highest });
    let rows: Vec<_> = register.limits.iter().filter(|l| l.kind == kind && l.span.contains(at)).collect();
    let (own, ladder) = (Some(&matter.code), Some(&matter.ladder));
    let orders = [(own, None, rung), (own, None, None), (None, ladder, rung), (None, ladder, None)];
    let found = |(own, ladder, rung)| {
        rows.iter().find(|l| (l.matter.as_ref(), l.ladder.as_ref(), l.rung) == (own, ladder, rung))
    };
    orders.into_iter().find_map(found).map(|rule| rule.allowance)
}

/// What is wrong with limits that were reckoned anew: all that run and would end at another time, and nothing
/// else. Whether with the rules of today is not written down; one of the two it has to be.
pub(super) fn faults(
    register: &Register,
    request: &Request,
    at: Instant,
    running: &[Running],
    moved: &[Moved],
) -> Vec<String> {
    let mut faults = Vec::new();
    for Moved { no, kind, was, is } in moved {
        if !running.iter().any(|r| (r.no, r.kind, r.due) == (*no, *kind, was.due)) {
            faults.push(format!("{kind} of assignment {} does not run until {:?}", no.0, was.due));
        }
        if is.limit == *was {
            faults.push(format!("{kind} of assignment {} does not move", no.0));
        }
    }
    let calendar = calendar(register);
    let moves = |rules_of_today: bool| {
        let ends = |r: &Running| {
            let basis = r.basis?;
            // What a date of the register brought in the same moment was reckoned in it.
            if request.assignment(r.no).is_some_and(|a| a.opened_at == at) {
                return None;
            }
            let today = allowance(register, request, (r.no, r.kind), at).filter(|_| rules_of_today && basis.whole);
            let start = basis.on_top_of.map_or(basis.start, |(start, allowance)| calendar.due(start, allowance));
            let due = calendar.due(start, today.unwrap_or(basis.allowance));
            (due != r.due).then_some((r.no, r.kind, due))
        };
        running.iter().filter_map(ends).collect::<BTreeSet<_>>()
    };
    let named = moved.iter().filter(|m| m.is.limit.due != m.was.due).map(|m| (m.no, m.kind, m.is.limit.due));
    let named: BTreeSet<_> = named.collect();
    let (as_it_was, as_today) = (moves(false), moves(true));
    if named != as_it_was && named != as_today {
        faults.push(format!("{named:?} move, not {as_it_was:?}, and by the rules of today not {as_today:?}"));
    }
    faults
}

/// What is wrong with the limit of a supervision.
pub(super) fn supervision(register: &Register, at: Instant, limit: Option<&Reckoned>) -> Vec<String> {
    let Some(Reckoned { limit, reckoning }) = limit else { return vec!["it has no limit".to_owned()] };
    let due = calendar(register).due(at, reckoning.allowance);
    if limit.due == due { Vec::new() } else { vec![format!("it ends at {:?}, not at {due:?}", limit.due)] }
}

/// More time that is asked for and given.
#[derive(Debug, Default)]
pub(super) struct Extensions {
    asked: HashMap<RequestId, Asked>,
    /// The assignments that have it.
    granted: BTreeSet<(RequestId, AssignmentNo)>,
}

/// A wish for more time.
#[derive(Clone, Copy, Debug)]
struct Asked {
    handle: AssignmentNo,
    step: AssignmentNo,
    days: u16,
}

impl Extensions {
    /// Takes an event down; what is wrong with it. `finish` is when the holder's time ends.
    pub(super) fn see(
        &mut self,
        register: &Register,
        request: &Request,
        at: Instant,
        finish: Option<Instant>,
        event: &Event,
    ) -> Vec<String> {
        let id = request.id;
        let open = |asked: &&mut Asked| request.open().any(|a| a.no == asked.step);
        let asked = self.asked.get_mut(&id).filter(open);
        let mut faults = Vec::new();
        match event {
            Event::ExtensionAsked { no, working_days, opens, .. } => {
                if self.granted.contains(&(id, *no)) || asked.is_some() {
                    faults.push(format!("more time for assignment {} was granted, or asked for, before", no.0));
                }
                self.asked.insert(id, Asked { handle: *no, step: opens.no, days: *working_days });
            }
            Event::ExtensionGranted { ends, by, no, finish: is, .. } => {
                let holder = request.handle().map(|held| (held.no, &held.person));
                let Some(asked) = asked.filter(|a| (a.step, a.handle) == (*ends, *no)) else {
                    return vec![format!("step {} of assignment {} asks for no more time", ends.0, no.0)];
                };
                if holder.is_none_or(|(held, person)| held != *no || person == by) {
                    faults.push(format!("{by} gives more time to {holder:?}"));
                }
                if !self.granted.insert((id, *no)) {
                    faults.push(format!("assignment {} is given more time again", no.0));
                }
                let more = |due: Instant| calendar(register).due(due.max(at), Allowance::WorkingDays(asked.days));
                if finish.map(more) != Some(is.limit.due) {
                    let is = is.limit.due;
                    faults.push(format!("{} working days after {finish:?} end at {is:?}", asked.days));
                }
                self.asked.remove(&id);
            }
            Event::ExtensionRefused { ends, .. } => {
                if asked.is_none_or(|asked| asked.step != *ends) {
                    faults.push(format!("step {} asks for no more time", ends.0));
                }
                self.asked.remove(&id);
            }
            Event::Corrected { ends, opens, .. } | Event::PlaceCorrected { ends, opens, .. } => {
                let keeps =
                    request.assignment(*ends).is_some_and(|a| (&a.post, &a.person) == (&opens.post, &opens.person));
                if keeps && self.granted.contains(&(id, *ends)) {
                    self.granted.insert((id, opens.no));
                }
            }
            Event::HandedOver { ends, opens } => {
                // Who steps in on the post has it as it was.
                if request.assignment(*ends).is_some_and(|a| a.post == opens.post) {
                    if self.granted.contains(&(id, *ends)) {
                        self.granted.insert((id, opens.no));
                    }
                    if let Some(asked) = self.asked.get_mut(&id).filter(|asked| asked.handle == *ends) {
                        asked.handle = opens.no;
                    }
                }
                if let Some(asked) = self.asked.get_mut(&id).filter(|asked| asked.step == *ends) {
                    asked.step = opens.no;
                }
            }
            _ => {}
        }
        faults
    }
}
