//! Whether an event fits the request that it meets. One that does not is a bug, or a journal that somebody changed:
//! the fold stops there and says why.

use std::fmt;

use super::{Assignment, Duty, Request, Stage, StageKind, event::Event, running};
use crate::rules::{id::AssignmentNo, limit::LimitKind};

/// An event that does not fit, and the stage at which it came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Misfit {
    /// The name of the event.
    pub event: &'static str,
    /// Where the request was; none where there was none yet.
    pub stage: Option<StageKind>,
    /// What does not fit.
    pub wrong: Wrong,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.stage {
            Some(stage) => write!(f, "{} does not fit a request that is {stage}: {}", self.event, self.wrong),
            None => write!(f, "{} does not fit: {}", self.event, self.wrong),
        }
    }
}

/// What does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Something happened to what was never logged.
    #[error("the request was not logged")]
    NotLogged,
    /// It was logged a second time.
    #[error("the request was logged before")]
    LoggedBefore,
    /// It cannot happen at that stage.
    #[error("it cannot happen at that stage")]
    Stage,
    /// There is no such assignment, or it has ended.
    #[error("assignment {0} is not open")]
    NotOpen(AssignmentNo),
    /// The assignment is open, and is not what the event is about.
    #[error("assignment {0} obliges to something else")]
    NotThat(AssignmentNo),
    /// The numbers of assignments count up.
    #[error("it opens assignment {is}, the next one is {next}")]
    Opens {
        /// The number that it has.
        is: AssignmentNo,
        /// The number that it should have.
        next: AssignmentNo,
    },
    /// The limit does not run, or ran out before.
    #[error("the limit {0} does not run")]
    NotRunning(LimitKind),
    /// It is followed by another than it was merged into.
    #[error("it was merged into another request")]
    OtherRequest,
}

/// Whether the event fits.
///
/// # Errors
/// What does not fit.
pub fn check(before: Option<&Request>, event: &Event) -> Result<(), Misfit> {
    let misfit = |wrong| Misfit { event: event.name(), stage: before.map(|request| request.stage.kind()), wrong };
    let next = before.map_or(1, |request| request.assignments.len().saturating_add(1));
    let next = AssignmentNo(u16::try_from(next).unwrap_or(u16::MAX));
    if let Some(opens) = event.opens().filter(|opens| opens.no != next) {
        return Err(misfit(Wrong::Opens { is: opens.no, next }));
    }
    match (before, event) {
        (None, Event::RequestLogged(_)) => Ok(()),
        (None, _) => Err(misfit(Wrong::NotLogged)),
        (Some(_), Event::RequestLogged(_)) => Err(misfit(Wrong::LoggedBefore)),
        (Some(request), _) if !stages(event).contains(&request.stage.kind()) => Err(misfit(Wrong::Stage)),
        (Some(request), _) => facts(request, event).map_err(misfit),
    }
}

/// At which stages an event may come: the transition table once more, of events and not of commands.
const fn stages(event: &Event) -> &'static [StageKind] {
    use StageKind::{Closed, Frozen, InHand, Merged, Resolved, Routed, Told, Waiting};
    match event {
        Event::RequestLogged(_) => &[],
        Event::Accepted { .. } => &[Routed],
        Event::Escalated { .. }
        | Event::Transferred { .. }
        | Event::Corrected { .. }
        | Event::PlaceCorrected { .. }
        | Event::Merged { .. }
        | Event::SentBack { .. }
        | Event::Frozen { .. }
        | Event::RejectionProposed { .. }
        | Event::CitizenAsked { .. }
        | Event::Supervised { .. }
        | Event::ExtensionGranted { .. }
        | Event::Resolved { .. } => &[Routed, InHand],
        Event::Ruled { .. } => &[Frozen],
        Event::Resumed { .. } => &[Waiting],
        Event::Relayed { .. } | Event::CitizenTold { .. } | Event::RelayTaken { .. } => &[Resolved],
        Event::Rated { .. } | Event::Lapsed | Event::Reopened { .. } => &[Told],
        Event::LimitPassed { .. } => &[Routed, InHand, Frozen],
        Event::MergedOn { .. } | Event::ResultShared { .. } | Event::Separated { .. } => &[Merged],
        Event::Withdrawn { .. } => &[Routed, InHand, Waiting, Frozen, Merged],
        Event::CitizenCorrected { .. } => &[Routed, InHand, Waiting, Frozen, Merged, Resolved],
        Event::Overdue { .. } | Event::HandedOver { .. } | Event::Reminded { .. } | Event::Recomputed { .. } => {
            &[Routed, InHand, Waiting, Frozen, Resolved]
        }
        Event::HelpCalled { .. } | Event::Delegated { .. } | Event::ExtensionAsked { .. } => &[InHand],
        Event::Responded { .. }
        | Event::Reported { .. }
        | Event::Recalled { .. }
        | Event::Released { .. }
        | Event::ExtensionRefused { .. } => &[Routed, InHand, Waiting],
        Event::NoteAdded { .. } | Event::PlaceMoved { .. } => {
            &[Routed, InHand, Waiting, Frozen, Merged, Resolved, Told, Closed]
        }
    }
}

/// Whether what the event names is there, and is what the event is about.
fn facts(request: &Request, event: &Event) -> Result<(), Wrong> {
    match event {
        Event::Accepted { no }
        | Event::CitizenAsked { no, .. }
        | Event::ExtensionAsked { no, .. }
        | Event::Escalated { ends: no, .. }
        | Event::Transferred { ends: no, .. }
        | Event::SentBack { ends: no, .. }
        | Event::Frozen { ends: no, .. }
        | Event::Ruled { ends: no, .. }
        | Event::RejectionProposed { ends: no, .. }
        | Event::Resolved { ends: no, .. }
        | Event::Merged { ends: no, .. }
        | Event::PlaceCorrected { ends: no, .. }
        | Event::Corrected { ends: no, .. } => is(request, *no, request.stage.handle()),
        Event::Relayed { ends, .. } | Event::CitizenTold { ends, .. } | Event::RelayTaken { ends, .. } => {
            is(request, *ends, request.stage.relay())
        }
        Event::Responded { no: ends }
        | Event::Reported { ends, .. }
        | Event::Recalled { ends, .. }
        | Event::Released { ends } => {
            if open(request, *ends)?.is_aside() {
                Ok(())
            } else {
                Err(Wrong::NotThat(*ends))
            }
        }
        Event::ExtensionGranted { ends, no, .. } => {
            is(request, *no, request.stage.handle())?;
            is(request, *ends, request.asks_extension().map(|step| step.no))
        }
        Event::ExtensionRefused { ends, .. } => is(request, *ends, request.asks_extension().map(|step| step.no)),
        Event::Overdue { no, .. } => open(request, *no).map(drop),
        Event::HandedOver { ends, opens } => {
            if open(request, *ends)?.duty == opens.duty {
                Ok(())
            } else {
                Err(Wrong::NotThat(*ends))
            }
        }
        Event::LimitPassed { limit, .. } => {
            if request.limits.passed.contains(limit) {
                Err(Wrong::NotRunning(*limit))
            } else {
                Ok(())
            }
        }
        Event::Resumed { asides, .. } => asides.iter().try_for_each(|anew| open(request, anew.no).map(drop)),
        Event::Recomputed { moved, .. } => {
            let runs = running(request);
            let stands = |no, kind, due| runs.iter().any(|run| (run.no, run.kind, run.at) == (no, kind, due));
            let stray = moved.iter().find(|moved| !stands(moved.no, moved.kind, moved.was.due));
            stray.map_or(Ok(()), |moved| Err(Wrong::NotRunning(moved.kind)))
        }
        Event::HelpCalled { opens, .. } => of(opens.duty == Duty::CoHandle, opens.no),
        Event::Delegated { opens, .. } => of(opens.duty == Duty::Step, opens.no),
        Event::MergedOn { into } if *into == request.id => Err(Wrong::OtherRequest),
        Event::ResultShared { of, .. } if request.merged_into != Some(*of) => Err(Wrong::OtherRequest),
        Event::ResultShared { opens, .. } => self::of(opens.duty == Duty::Relay, opens.no),
        Event::Reopened { opens, .. } | Event::Separated { opens, .. } => of(opens.duty == Duty::Handle, opens.no),
        Event::Rated { .. } | Event::Lapsed => match request.stage {
            Stage::Told { .. } => Ok(()),
            _ => Err(Wrong::Stage),
        },
        Event::RequestLogged(_)
        | Event::NoteAdded { .. }
        | Event::CitizenCorrected { .. }
        | Event::MergedOn { .. }
        | Event::Withdrawn { .. }
        | Event::Reminded { .. }
        | Event::Supervised { .. }
        | Event::PlaceMoved { .. } => Ok(()),
    }
}

/// The assignment, which has to be open.
fn open(request: &Request, no: AssignmentNo) -> Result<&Assignment, Wrong> {
    request.assignment(no).filter(|assignment| assignment.ended.is_none()).ok_or(Wrong::NotOpen(no))
}

/// Whether the assignment is open, and is the one that the stage names.
fn is(request: &Request, no: AssignmentNo, should: Option<AssignmentNo>) -> Result<(), Wrong> {
    open(request, no)?;
    of(should == Some(no), no)
}

const fn of(fits: bool, no: AssignmentNo) -> Result<(), Wrong> {
    if fits { Ok(()) } else { Err(Wrong::NotThat(no)) }
}
