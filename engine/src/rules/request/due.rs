//! Which limits of a request run now, and when what is over is told again: what the due index holds, and nothing else
//! decides.

use super::{Assignment, Request, Stage};
use crate::rules::{
    id::AssignmentNo,
    instant::Instant,
    limit::{Due, LimitKind},
};

/// Every limit of the request that runs, each with the instant at which it is over; and of what is over already,
/// the instant at which that is told again.
#[must_use]
pub fn running(request: &Request) -> Vec<Due> {
    const CASE: AssignmentNo = AssignmentNo(0);
    let mut due = Vec::new();
    let mut add = |kind, no, at: Option<Instant>| due.extend(at.map(|at| Due { at, no, kind }));
    match &request.stage {
        Stage::Routed { handle } | Stage::InHand { handle } | Stage::Frozen { handle } => {
            let Some(held) = request.assignment(*handle) else { return due };
            assignment(held, &mut add);
            let limits = &request.limits;
            for (kind, limit) in [
                (LimitKind::Committed, limits.committed),
                (LimitKind::Statutory, limits.statutory),
                (LimitKind::Supervised, limits.supervision.as_ref().and_then(|s| s.limit)),
            ] {
                add(kind, CASE, limit.filter(|_| !limits.passed.contains(&kind)).map(|limit| limit.due));
            }
            request.asides().for_each(|aside| assignment(aside, &mut add));
        }
        Stage::Waiting { answer, .. } => {
            add(LimitKind::Answer, CASE, answer.map(|limit| limit.due));
            // To be there counts also while the citizen is waited for; to report does not.
            request.asides().for_each(|aside| assignment(aside, &mut add));
        }
        Stage::Resolved { relay, .. } => {
            request.assignment(*relay).into_iter().for_each(|relay| assignment(relay, &mut add));
        }
        Stage::Told { rate, .. } => add(LimitKind::Rate, CASE, rate.map(|limit| limit.due)),
        // Those of what it was merged into run.
        Stage::Merged { .. } | Stage::Closed { .. } => {}
    }
    due
}

/// The times of an assignment that are not over, and when it is told again that one is.
fn assignment(of: &Assignment, add: &mut impl FnMut(LimitKind, AssignmentNo, Option<Instant>)) {
    let (accept, finish) = of.duty.limits();
    let offered = of.accept.filter(|_| of.accepted_at.is_none() && !of.accept_expired);
    add(accept, of.no, offered.map(|limit| limit.due));
    add(finish, of.no, of.finish.filter(|_| !of.finish_expired).map(|limit| limit.due));
    if let Some((kind, at)) = of.reminder() {
        add(kind, of.no, Some(at));
    }
}
