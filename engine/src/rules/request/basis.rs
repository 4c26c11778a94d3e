//! How the limits that run were reckoned, told from the journal: what reckoning them anew starts from.

use super::{
    Assignment, Request,
    event::{Event, Recorded},
    running,
};
use crate::rules::{
    calendar::Allowance,
    id::AssignmentNo,
    instant::Instant,
    limit::{Due, LimitKind, Reckoned},
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

/// How each limit of the request that runs was reckoned. What is only told again each morning was not reckoned,
/// and is left out.
#[must_use]
pub fn bases<'r>(request: &Request, journal: impl DoubleEndedIterator<Item = &'r Recorded> + Clone) -> Vec<Basis> {
    let basis = |due: Due| {
        if request.assignment(due.no).and_then(Assignment::reminder) == Some((due.kind, due.at)) {
            return None;
        }
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
                Event::Reopened { .. } => !kind.is_of_case(),
                // What was left when it went on, and what is granted on top, begin by that.
                Event::Separated { .. } => !request.limits.waited.iter().any(|w| w.to == first.reckoning.start),
                Event::Corrected { .. } | Event::PlaceCorrected { .. } => {
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
