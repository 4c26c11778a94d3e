//! Which assignments an event ends: the one rule for the state, for who is told as it happens, and for every check.

use super::{Assignment, Duty, Ending, Request, event::Event};
use crate::rules::id::AssignmentNo;

impl Event {
    /// The assignment that the event names as ended. What others did beside it may end with it: see [`endings`].
    #[must_use]
    pub const fn ends(&self) -> Option<AssignmentNo> {
        match self {
            Self::Escalated { ends, .. }
            | Self::Transferred { ends, .. }
            | Self::SentBack { ends, .. }
            | Self::Frozen { ends, .. }
            | Self::Ruled { ends, .. }
            | Self::RejectionProposed { ends, .. }
            | Self::Resolved { ends, .. }
            | Self::Relayed { ends, .. }
            | Self::CitizenTold { ends, .. }
            | Self::RelayTaken { ends, .. }
            | Self::Reported { ends, .. }
            | Self::Recalled { ends, .. }
            | Self::Released { ends }
            | Self::ExtensionGranted { ends, .. }
            | Self::ExtensionRefused { ends, .. }
            | Self::Corrected { ends, .. }
            | Self::PlaceCorrected { ends, .. }
            | Self::Merged { ends, .. }
            | Self::HandedOver { ends, .. } => Some(*ends),
            Self::RequestLogged(_)
            | Self::Accepted { .. }
            | Self::CitizenAsked { .. }
            | Self::Resumed { .. }
            | Self::NoteAdded { .. }
            | Self::Rated { .. }
            | Self::Reopened { .. }
            | Self::Withdrawn { .. }
            | Self::Overdue { .. }
            | Self::LimitPassed { .. }
            | Self::Lapsed
            | Self::Reminded { .. }
            | Self::Supervised { .. }
            | Self::HelpCalled { .. }
            | Self::Delegated { .. }
            | Self::Responded { .. }
            | Self::ExtensionAsked { .. }
            | Self::Recomputed { .. }
            | Self::CitizenCorrected { .. }
            | Self::MergedOn { .. }
            | Self::ResultShared { .. }
            | Self::Separated { .. }
            | Self::PlaceMoved { .. } => None,
        }
    }

    /// How the assignment that it names ends.
    const fn ending(&self) -> Option<Ending> {
        Some(match self {
            Self::Escalated { .. } => Ending::Escalated,
            Self::Transferred { .. } => Ending::Transferred,
            Self::SentBack { .. } => Ending::SentBack,
            Self::Frozen { .. } => Ending::Frozen,
            Self::Ruled { .. } => Ending::Ruled,
            Self::RejectionProposed { .. } => Ending::Rejected,
            Self::Resolved { .. } => Ending::Resolved,
            Self::Relayed { .. } | Self::CitizenTold { .. } => Ending::Relayed,
            Self::RelayTaken { .. } => Ending::TakenUp,
            Self::Reported { .. } | Self::ExtensionGranted { .. } | Self::ExtensionRefused { .. } => Ending::Reported,
            Self::Recalled { .. } => Ending::Recalled,
            Self::Released { .. } => Ending::Released,
            Self::Corrected { .. } | Self::PlaceCorrected { .. } => Ending::Corrected,
            Self::Merged { .. } => Ending::Merged,
            Self::HandedOver { .. } => Ending::HandedOver,
            _ => return None,
        })
    }

    /// Whether it may end more than the assignment that it names.
    #[must_use]
    pub const fn may_end_others(&self) -> bool {
        matches!(
            self,
            Self::Escalated { .. }
                | Self::Transferred { .. }
                | Self::SentBack { .. }
                | Self::Frozen { .. }
                | Self::Ruled { .. }
                | Self::RejectionProposed { .. }
                | Self::Resolved { .. }
                | Self::Corrected { .. }
                | Self::PlaceCorrected { .. }
                | Self::Merged { .. }
                | Self::HandedOver { .. }
                | Self::Withdrawn { .. }
        )
    }

    /// Whether somebody's part beside the handling is over by it.
    fn releases(&self, named: Option<&Assignment>, aside: &Assignment) -> bool {
        // Whoever leads the case does not help themselves: what they did beside it, they do as its lead.
        let leads = || self.opens().is_some_and(|o| aside.post == o.post || aside.person == o.person);
        // What was handed down, or asked for above, by who let the case go ends with that. Who helps, helps the case,
        // whoever leads it.
        let step = aside.duty == Duty::Step;
        match self {
            Self::Resolved { .. } | Self::Frozen { .. } | Self::Merged { .. } => true,
            Self::Escalated { .. }
            | Self::Transferred { .. }
            | Self::SentBack { .. }
            | Self::Ruled { .. }
            | Self::RejectionProposed { .. }
            | Self::Corrected { .. }
            | Self::PlaceCorrected { .. } => step || leads(),
            // Who steps in on the post goes on with what was handed down from it.
            Self::HandedOver { opens, .. } => {
                let post = named.filter(|a| !a.is_aside()).map(|a| &a.post);
                post.is_some_and(|post| leads() || step && *post != opens.post)
            }
            _ => false,
        }
    }
}

/// The assignments that an event ends, in the order of their numbers, and how; `before` is the request as it was.
#[must_use]
pub fn endings(before: &Request, event: &Event) -> Vec<(AssignmentNo, Ending)> {
    if matches!(event, Event::Withdrawn { .. }) {
        return before.open().map(|open| (open.no, Ending::Withdrawn)).collect();
    }
    let Some((no, how)) = event.ends().zip(event.ending()) else { return Vec::new() };
    let named = before.assignment(no);
    let of = |open: &Assignment| {
        if open.no == no {
            return Some((no, how));
        }
        (open.is_aside() && event.releases(named, open)).then_some((open.no, Ending::Released))
    };
    before.open().filter_map(of).collect()
}

#[cfg(test)]
mod tests;
