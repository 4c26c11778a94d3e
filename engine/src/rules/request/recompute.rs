//! Limits reckoned anew (重新计算时限): a holiday was declared late, or the register gives other times now.
//!
//! A running case keeps its limits as they were reckoned; moving them is a deliberate act, which can be looked
//! at before it is done, and leaves a record on each case.

use serde::{Deserialize, Serialize};

use super::{
    Request,
    decide::Case,
    event::{Event, Recorded},
    refusal::Refusal,
    running,
};
use crate::rules::{
    calendar::Allowance,
    id::AssignmentNo,
    instant::Instant,
    limit::{Due, Limit, LimitKind, Reckoned, reckon},
    routing::Loads,
    world::World,
};

/// How a limit that runs was reckoned, as the journal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// Of which assignment; 0 for the whole case.
    pub no: AssignmentNo,
    /// What it is for.
    pub kind: LimitKind,
    /// The limit with its arithmetic.
    pub reckoned: Reckoned,
    /// The whole time that it was given first; none for what was left of one that had stopped, and for what was
    /// granted on top.
    pub given: Option<Allowance>,
}

/// A limit that ends at another time now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Of which assignment; 0 for the whole case.
    pub no: AssignmentNo,
    /// What it is for.
    pub kind: LimitKind,
    /// As it was.
    pub was: Limit,
    /// As it is, with the arithmetic.
    pub is: Reckoned,
}

/// How each limit of the request that runs was reckoned. What is only told again each morning was not reckoned,
/// and is left out.
#[must_use]
pub fn bases<'r>(request: &Request, journal: impl DoubleEndedIterator<Item = &'r Recorded> + Clone) -> Vec<Basis> {
    let basis = |due: Due| {
        let set = journal.clone().rev().flat_map(|recorded| recorded.event.limits());
        let (_, reckoned) = set.into_iter().find(|(kind, r)| *kind == due.kind && r.limit.due == due.at)?;
        let given = given(request, journal.clone(), due);
        Some(Basis { no: due.no, kind: due.kind, reckoned: reckoned.clone(), given })
    };
    running(request).into_iter().filter_map(basis).collect()
}

/// What a limit was given in full, when it was set first: however often it was reckoned anew since.
fn given<'r>(request: &Request, journal: impl DoubleEndedIterator<Item = &'r Recorded>, due: Due) -> Option<Allowance> {
    let mut at = due.at;
    for Recorded { event, .. } in journal.rev() {
        if let Event::Recomputed { moved, .. } = event {
            let moved = moved.iter().find(|moved| moved.kind == due.kind && moved.is.limit.due == at);
            at = moved.map_or(at, |moved| moved.was.due);
        } else if let Some((kind, set)) = event.limits().into_iter().find(|(k, r)| *k == due.kind && r.limit.due == at)
        {
            let again = matches!(kind, LimitKind::Help | LimitKind::Step);
            let whole = match event {
                Event::Resumed { .. } => again,
                Event::ExtensionGranted { .. } => false,
                // What was left when the citizen had answered, and what is granted on top, begin by that.
                Event::Corrected { .. } => {
                    let (start, corrected) = (set.reckoning.start, request.limits.corrections.last());
                    let left = request.limits.waited.iter().any(|waited| waited.to == start);
                    !left && corrected.is_none_or(|at| start <= *at)
                }
                _ => true,
            };
            return whole.then_some(set.reckoning.allowance);
        }
    }
    None
}

/// What recomputing would come to: the limits that would move. With `rules_of_today` a limit that had its whole
/// time gets the time that the register gives today; what was left of one that had stopped stays what it was, and so
/// does what was granted on top.
///
/// # Errors
/// `UnknownPlace` or `UnknownMatter` when the register does not know them any more.
pub fn moves(
    world: &World,
    request: &Request,
    at: Instant,
    bases: &[Basis],
    rules_of_today: bool,
) -> Result<Vec<Moved>, Refusal> {
    let nothing = Loads::default();
    let case = Case::of(world, request, at, &nothing)?;
    let running = running(request);
    let moved = |basis: &Basis| {
        let Basis { no, kind, reckoned, given } = basis;
        // The journal was read a moment ago: what does not run so any more is let be.
        if !running.iter().any(|due| due.no == *no && due.kind == *kind && due.at == reckoned.limit.due) {
            return None;
        }
        let assignment = request.assignment(*no);
        let calendar = assignment.map_or_else(|| case.calendar(), |a| case.calendar_of(&a.post));
        let rung = assignment.and_then(|a| case.limit_rung(a.rung));
        let was = reckoned.reckoning.allowance;
        let whole = given.is_some() && case.allowance(*kind, rung) == *given;
        let today = world.allowance(case.matter, rung, *kind, at).filter(|_| rules_of_today && whole);
        let is = reckon(calendar, reckoned.reckoning.start, today.unwrap_or(was))?;
        (is.limit != reckoned.limit).then_some(Moved { no: *no, kind: *kind, was: reckoned.limit, is })
    };
    Ok(bases.iter().filter_map(moved).collect())
}
