//! Who must be told what, and when: an event's consequences for people, as rows for the outbox.

pub mod delivery;
mod digest;
mod of_register;
#[cfg(test)]
mod tests;
mod urgency;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    actor::Actor,
    id::{AbsenceCode, AssignmentNo, DutyChangeCode, PersonCode, RequestId, RosterCode},
    instant::Instant,
    request::{
        Assignment, Ending, Request,
        event::{Cause, Event, Recorded},
        evolve::evolve,
    },
    tier::words,
    world::World,
};
pub use digest::{Line, is_over, lines};
pub use of_register::{notices_of_register, register_may_tell};
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
        /// What you have, or logged, is another matter than it was logged as.
        Corrected = "事项已更正",
        /// Somebody asks how far it is.
        Reminded = "催办",
        /// It is watched, with a limit of its own.
        Supervised = "督办",
        /// Who helps you, or does a step for you, said what came of it.
        Reported = "协办或环节已回报",
        /// What you were called for, or handed, is not needed any more.
        NotNeeded = "协办或环节不再需要",
        /// Who was to help, or to do a step, is not there any more.
        Unhelped = "协办或环节无人承接",
        /// You have more time to finish.
        Extended = "延期申请已同意",
        /// You have no more time than before.
        NotExtended = "延期申请未同意",
        /// A colleague offers a shift that you could take.
        SwapOffered = "有班可接",
        /// Somebody takes the shift that you offered.
        SwapTaken = "您的班已有人接",
        /// The shift that was offered is not to be had any more.
        SwapTakenBack = "换班已收回",
        /// A colleague has come on duty in your place.
        DutyTakenOver = "已有人顶您的班",
        /// A superior put you on duty, or took you off it.
        CoverArranged = "替班已安排",
        /// A change of duty that concerned you acts no longer.
        DutyChangeUndone = "换班替班已撤销",
        /// The rota of a roster that you stand in, or stood in, is another one from some instant on, or none.
        RosterChanged = "值班安排已调整",
        /// You are recorded as absent.
        AbsenceRecorded = "已为您登记缺勤",
        /// You stand in for somebody absent.
        StandIn = "请您替岗",
        /// An absence that concerned you is over before its time, or does not come.
        AbsenceEnded = "缺勤已结束",
    }
}

/// What a notice is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum About {
    /// A request.
    Request {
        /// Which.
        id: RequestId,
        /// Which assignment of it, if it is about one.
        assignment: Option<AssignmentNo>,
    },
    /// A change of duty.
    DutyChange(DutyChangeCode),
    /// An absence.
    Absence(AbsenceCode),
    /// A roster.
    Roster(RosterCode),
}

impl About {
    /// The request, if it is about one.
    #[must_use]
    pub const fn request(&self) -> Option<RequestId> {
        match self {
            Self::Request { id, .. } => Some(*id),
            Self::DutyChange(_) | Self::Absence(_) | Self::Roster(_) => None,
        }
    }

    /// The assignment, if it is about one.
    #[must_use]
    pub const fn assignment(&self) -> Option<AssignmentNo> {
        match self {
            Self::Request { assignment, .. } => *assignment,
            Self::DutyChange(_) | Self::Absence(_) | Self::Roster(_) => None,
        }
    }

    /// The change of duty, if it is about one.
    #[must_use]
    pub const fn duty_change(&self) -> Option<&DutyChangeCode> {
        match self {
            Self::DutyChange(code) => Some(code),
            Self::Request { .. } | Self::Absence(_) | Self::Roster(_) => None,
        }
    }

    /// The absence, if it is about one.
    #[must_use]
    pub const fn absence(&self) -> Option<&AbsenceCode> {
        match self {
            Self::Absence(code) => Some(code),
            Self::Request { .. } | Self::DutyChange(_) | Self::Roster(_) => None,
        }
    }

    /// The roster, if it is about one.
    #[must_use]
    pub const fn roster(&self) -> Option<&RosterCode> {
        match self {
            Self::Roster(code) => Some(code),
            Self::Request { .. } | Self::DutyChange(_) | Self::Absence(_) => None,
        }
    }
}

/// One thing that one person must be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Who.
    pub person: PersonCode,
    /// What.
    pub kind: NoticeKind,
    /// About what.
    pub about: About,
    /// Whether it can wait for the morning.
    pub urgency: Urgency,
    /// When the person is to be told: at once, or with the digest of that instant.
    pub deliver_at: Instant,
}

/// The notices of an event of a request, of that instant; `before` is the request as it was. Nobody is told what they
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
        Notice { person: person.clone(), kind, about: About::Request { id, assignment }, urgency, deliver_at }
    };
    let mut told = Vec::new();
    told.extend(
        not_needed(before, &recorded.event).map(|aside| notice(&aside.person, NoticeKind::NotNeeded, Some(aside.no))),
    );
    if let Some(opens) = recorded.event.opens() {
        let corrected = matches!(recorded.event, Event::Corrected { .. });
        let kept = corrected && before.and_then(Request::handle).is_some_and(|held| held.person == opens.person);
        let kind = if kept { NoticeKind::Corrected } else { NoticeKind::Assigned };
        told.push(notice(&opens.person, kind, Some(opens.no)));
    }
    match &recorded.event {
        Event::HandedOver { ends, .. } => {
            let former = before.and_then(|r| r.assignment(*ends));
            told.extend(former.map(|a| notice(&a.person, NoticeKind::Taken, Some(a.no))));
        }
        Event::Corrected { ends, opens, .. } => {
            let former = before.and_then(|r| r.assignment(*ends)).filter(|a| a.person != opens.person);
            told.extend(former.map(|a| notice(&a.person, NoticeKind::Taken, Some(a.no))));
            let knows = |person: &&PersonCode| told.iter().any(|n| n.person == **person);
            let logger = before.and_then(|r| r.logged_by.person()).filter(|person| !knows(person));
            told.extend(logger.map(|person| notice(person, NoticeKind::Corrected, None)));
        }
        Event::Escalated { ends, cause, .. } if *cause != Cause::Reason => {
            let former = before.and_then(|r| r.assignment(*ends));
            let kind = if *cause == Cause::TakenOver { NoticeKind::Taken } else { NoticeKind::TakenUp };
            told.extend(former.map(|a| notice(&a.person, kind, Some(a.no))));
        }
        Event::Reminded { .. } | Event::Supervised { .. } => {
            let kind = if matches!(recorded.event, Event::Reminded { .. }) {
                NoticeKind::Reminded
            } else {
                NoticeKind::Supervised
            };
            let at_it = before.and_then(|r| r.handle().or_else(|| r.relay()));
            told.extend(at_it.map(|a| notice(&a.person, kind, Some(a.no))));
        }
        Event::Reported { ends, .. } | Event::Released { ends } => {
            let kind = if matches!(recorded.event, Event::Reported { .. }) {
                NoticeKind::Reported
            } else {
                NoticeKind::Unhelped
            };
            let lead = before.and_then(Request::handle);
            told.extend(lead.map(|a| notice(&a.person, kind, Some(*ends))));
        }
        Event::Recalled { ends, .. } => {
            let former = before.and_then(|r| r.assignment(*ends));
            told.extend(former.map(|a| notice(&a.person, NoticeKind::NotNeeded, Some(a.no))));
        }
        Event::ExtensionGranted { no, .. } => {
            let held = before.and_then(|r| r.assignment(*no));
            told.extend(held.map(|a| notice(&a.person, NoticeKind::Extended, Some(a.no))));
        }
        Event::ExtensionRefused { .. } => {
            let held = before.and_then(Request::handle);
            told.extend(held.map(|a| notice(&a.person, NoticeKind::NotExtended, Some(a.no))));
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

/// What others did beside the holder, and is over because of what happened to the case as a whole.
fn not_needed<'r>(before: Option<&'r Request>, event: &Event) -> impl Iterator<Item = &'r Assignment> {
    let before = before.filter(|request| request.asides().next().is_some());
    let after = before.and_then(|request| evolve(Some(request.clone()), Instant::MIN, event));
    // Who comes to lead the case is told of that.
    let leads = event.opens().map(|opens| opens.person.clone());
    before.into_iter().flat_map(Request::asides).filter(move |aside| leads.as_ref() != Some(&aside.person)).filter(
        move |aside| {
            let now = after.as_ref().and_then(|after| after.assignment(aside.no)?.ended);
            now.is_some_and(|ended| matches!(ended.how, Ending::Released | Ending::Withdrawn))
        },
    )
}

/// Whether an event of a request may tell anybody anything: where not, no notice need be looked for.
#[must_use]
pub fn may_tell(event: &Event) -> bool {
    event.opens().is_some()
        || matches!(
            event,
            Event::Overdue { .. }
                | Event::LimitPassed { .. }
                | Event::Resolved { .. }
                | Event::Withdrawn { .. }
                | Event::Reminded { .. }
                | Event::Supervised { .. }
                | Event::Reported { .. }
                | Event::Released { .. }
                | Event::Recalled { .. }
                | Event::ExtensionGranted { .. }
                | Event::ExtensionRefused { .. }
        )
}
