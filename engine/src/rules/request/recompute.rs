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
    /// The time at whose end it begins, where it was granted on top.
    pub on_top_of: Option<Former>,
}

/// The time that somebody had before more was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Former {
    /// When it began.
    pub start: Instant,
    /// How long it was.
    pub allowance: Allowance,
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
        let mut back = journal.clone().rev();
        let set = found(request, &mut back, due.kind, due.at)?;
        // Granted when the time was over already, it begins by itself.
        let former = if set.on_top { found(request, &mut back, due.kind, set.first.reckoning.start) } else { None };
        let was = |former: Set<'_>| {
            let Reckoned { reckoning, .. } = former.newest;
            Former { start: reckoning.start, allowance: reckoning.allowance }
        };
        Some(Basis {
            no: due.no,
            kind: due.kind,
            reckoned: set.newest.clone(),
            given: set.whole.then_some(set.first.reckoning.allowance),
            on_top_of: former.map(was),
        })
    };
    running(request).into_iter().filter_map(basis).collect()
}

/// A limit as the journal has it.
struct Set<'r> {
    /// As it was reckoned last.
    newest: &'r Reckoned,
    /// As it was set first, however often it was reckoned anew since.
    first: &'r Reckoned,
    /// Whether it was set to its whole time.
    whole: bool,
    /// Whether it was granted on top of another.
    on_top: bool,
}

/// The limit of a kind that ends then; `back` is the journal backwards, and stands before its event afterwards.
fn found<'r>(
    request: &Request,
    back: &mut impl Iterator<Item = &'r Recorded>,
    kind: LimitKind,
    mut due: Instant,
) -> Option<Set<'r>> {
    let mut newest = None;
    for Recorded { event, .. } in back {
        if let Event::Recomputed { moved, .. } = event {
            if let Some(moved) = moved.iter().find(|moved| moved.kind == kind && moved.is.limit.due == due) {
                newest = newest.or(Some(&moved.is));
                due = moved.was.due;
            }
        } else if let Some((_, first)) = event.limits().into_iter().find(|(k, r)| *k == kind && r.limit.due == due) {
            let again = matches!(kind, LimitKind::Help | LimitKind::Step);
            let on_top = matches!(event, Event::ExtensionGranted { .. });
            let whole = match event {
                Event::Resumed { .. } => again,
                // What was left when the citizen had answered, and what is granted on top, begin by that.
                Event::Corrected { .. } => {
                    let (start, corrected) = (first.reckoning.start, request.limits.corrections.last());
                    let left = request.limits.waited.iter().any(|waited| waited.to == start);
                    !left && corrected.is_none_or(|at| start <= *at)
                }
                _ => !on_top,
            };
            return Some(Set { newest: newest.unwrap_or(first), first, whole, on_top });
        }
    }
    None
}

/// What recomputing would come to: the limits that would move. With `rules_of_today` a limit that had its whole
/// time gets the time that the register gives today; what was left of one that had stopped stays what it was. What was
/// granted on top does too, and begins when the time before it ends now.
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
        let Basis { no, kind, reckoned, given, on_top_of } = basis;
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
        let former = on_top_of.and_then(|Former { start, allowance }| reckon(calendar, start, allowance));
        let start = former.map_or(reckoned.reckoning.start, |former| former.limit.due);
        let is = reckon(calendar, start, today.unwrap_or(was))?;
        (is.limit != reckoned.limit).then_some(Moved { no: *no, kind: *kind, was: reckoned.limit, is })
    };
    Ok(bases.iter().filter_map(moved).collect())
}
