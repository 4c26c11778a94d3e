//! Which limits of a request run now: what the due index holds, and nothing else decides.

use super::{Request, Stage};
use crate::rules::{
    id::AssignmentNo,
    limit::{Due, Limit, LimitKind},
};

/// Every limit of the request that runs, each with the instant at which it is over.
#[must_use]
pub fn running(request: &Request) -> Vec<Due> {
    const CASE: AssignmentNo = AssignmentNo(0);
    let mut due = Vec::new();
    let mut add = |kind, no, limit: Option<Limit>| due.extend(limit.map(|limit| Due { at: limit.due, no, kind }));
    match &request.stage {
        Stage::Routed { handle } | Stage::InHand { handle } | Stage::Frozen { handle } => {
            let Some(held) = request.assignment(*handle) else { return due };
            add(LimitKind::Accept, held.no, held.accept.filter(|_| held.accepted_at.is_none()));
            add(LimitKind::Finish, held.no, held.finish);
            let limits = &request.limits;
            for (kind, limit) in [
                (LimitKind::Committed, limits.committed),
                (LimitKind::Statutory, limits.statutory),
                (LimitKind::Supervised, limits.supervision.as_ref().and_then(|s| s.limit)),
            ] {
                add(kind, CASE, limit.filter(|_| !limits.passed.contains(&kind)));
            }
            asides(request, &mut add);
        }
        Stage::Waiting { answer, .. } => {
            add(LimitKind::Answer, CASE, *answer);
            asides(request, &mut add);
        }
        Stage::Resolved { relay, .. } => {
            add(LimitKind::Relay, *relay, request.assignment(*relay).and_then(|a| a.finish));
        }
        Stage::Told { rate, .. } => add(LimitKind::Rate, CASE, *rate),
        Stage::Closed { .. } => {}
    }
    due
}

/// The limits of those who help and of steps. To be there counts also while the citizen is waited for; to
/// report does not, and has none then.
fn asides(request: &Request, add: &mut impl FnMut(LimitKind, AssignmentNo, Option<Limit>)) {
    for aside in request.asides() {
        let (respond, finish) = aside.duty.limits();
        add(respond, aside.no, aside.accept.filter(|_| aside.accepted_at.is_none()));
        add(finish, aside.no, aside.finish);
    }
}
