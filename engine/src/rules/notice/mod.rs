//! Who must be told what, and when: an event's consequences for people, as rows for the outbox.

pub mod delivery;
mod digest;
#[cfg(test)]
mod tests;
mod urgency;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    actor::Actor,
    id::{AssignmentNo, PersonCode, RequestId},
    instant::Instant,
    request::{
        Request,
        event::{Cause, Event, Recorded},
    },
    tier::words,
    world::World,
};
pub use digest::{Line, is_over, lines};
pub use urgency::{Urgency, by_day, next_digest};

words! {
    /// What somebody is told.
    pub enum NoticeKind {
        /// A new assignment is yours.
        Assigned = "新交办",
        /// An assignment of yours passed to somebody else.
        Taken = "已移交他人",
        /// What you logged came to its end.
        Resolved = "您登记的诉求已办结",
        /// An assignment of yours was not done in time, and went up.
        TakenUp = "超时未办,已上报",
        /// A limit ran out, and there is nobody above who could take it.
        Overdue = "已超期,请督办",
        /// What you resolved was reopened.
        Reopened = "您办结的诉求被重开",
    }
}

/// One thing that one person must be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Who.
    pub person: PersonCode,
    /// What.
    pub kind: NoticeKind,
    /// About which request.
    pub request: RequestId,
    /// About which assignment, if it is about one.
    pub assignment: Option<AssignmentNo>,
    /// Whether it can wait for the morning.
    pub urgency: Urgency,
    /// When the person is to be told: at once, or with the digest of that instant.
    pub deliver_at: Instant,
}

/// The notices of an event of that instant; `before` is the request as it was. Nobody is told what they
/// did themselves.
#[must_use]
pub fn notices(
    world: &World,
    at: Instant,
    id: RequestId,
    before: Option<&Request>,
    recorded: &Recorded,
) -> Vec<Notice> {
    let moment = urgency::Moment { world, at, before, event: &recorded.event };
    let notice = |person: &PersonCode, kind, assignment| {
        let (urgency, deliver_at) = moment.when(person, kind, assignment);
        Notice { person: person.clone(), kind, request: id, assignment, urgency, deliver_at }
    };
    let mut told = Vec::new();
    if let Some(opens) = recorded.event.opens() {
        told.push(notice(&opens.person, NoticeKind::Assigned, Some(opens.no)));
    }
    match &recorded.event {
        Event::HandedOver { ends, .. } => {
            let former = before.and_then(|r| r.assignment(*ends));
            told.extend(former.map(|a| notice(&a.person, NoticeKind::Taken, Some(a.no))));
        }
        Event::Escalated { ends, cause, .. } if *cause != Cause::Reason => {
            let former = before.and_then(|r| r.assignment(*ends));
            told.extend(former.map(|a| notice(&a.person, NoticeKind::TakenUp, Some(a.no))));
        }
        Event::RelayTaken { ends, .. } => {
            let former = before.and_then(|r| r.assignment(*ends));
            told.extend(former.map(|a| notice(&a.person, NoticeKind::TakenUp, Some(a.no))));
        }
        Event::Overdue { no, tell, .. } => {
            let holder = before.and_then(|r| r.assignment(*no)).map(|a| a.person.clone());
            let people = holder.into_iter().chain(tell.iter().cloned()).collect::<BTreeSet<_>>();
            told.extend(people.iter().map(|person| notice(person, NoticeKind::Overdue, Some(*no))));
        }
        Event::LimitPassed { person, tell, .. } => {
            let people = person.iter().chain(tell).collect::<BTreeSet<_>>();
            told.extend(people.into_iter().map(|person| notice(person, NoticeKind::Overdue, None)));
        }
        Event::Resolved { .. } => {
            let logger = before.and_then(|r| r.logged_by.person());
            told.extend(logger.map(|p| notice(p, NoticeKind::Resolved, None)));
        }
        Event::Reopened { .. } => {
            let resolver = before.and_then(|r| r.stage.resolution());
            told.extend(resolver.map(|r| notice(&r.person, NoticeKind::Reopened, None)));
        }
        _ => {}
    }
    told.retain(|n| recorded.step.acted != Actor::Person(n.person.clone()));
    told
}

/// Whether an event may tell anybody anything: where not, no notice need be looked for.
#[must_use]
pub fn may_tell(event: &Event) -> bool {
    event.opens().is_some()
        || matches!(event, Event::Overdue { .. } | Event::LimitPassed { .. } | Event::Resolved { .. })
}
