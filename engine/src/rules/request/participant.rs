//! Who acted on a case, and so goes on seeing it for as long as they hold a post.

use serde::{Deserialize, Serialize};

use super::{
    Request,
    event::{Event, Recorded},
};
use crate::rules::id::PersonCode;

/// Somebody who acted on a case and never had an assignment of it, nor logged it: of those it is known without.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Participant {
    /// Who.
    pub person: PersonCode,
    /// Whether they did what only who answers for an assignment does, in that one's stead: then they see what the
    /// holder saw. Who reminded, watched or wrote a note sees what everybody does who may watch.
    pub handled: bool,
}

impl Request {
    /// Notes who did what was recorded, after it happened.
    pub(super) fn remember(&mut self, recorded: &Recorded) {
        let assignments = &self.assignments;
        self.acted.retain(|acted| !assignments.iter().any(|a| a.person == acted.person));
        let Some(person) = recorded.step.acted.person().filter(|_| !recorded.event.is_of_the_register()) else {
            return;
        };
        let known = self.logged_by.person() == Some(person) || self.assignments.iter().any(|a| a.person == *person);
        if known {
            return;
        }
        let handled = recorded.event.is_handling();
        match self.acted.binary_search_by(|acted| acted.person.cmp(person)) {
            Ok(found) => {
                if let Some(acted) = self.acted.get_mut(found) {
                    acted.handled |= handled;
                }
            }
            Err(place) => self.acted.insert(place, Participant { person: person.clone(), handled }),
        }
    }
}

impl Event {
    /// Whether it came of a change of the register, and whoever made that did nothing to the case.
    const fn is_of_the_register(&self) -> bool {
        matches!(self, Self::HandedOver { .. } | Self::PlaceMoved { .. } | Self::Released { .. })
    }

    /// Whether only who answers for an assignment does it.
    const fn is_handling(&self) -> bool {
        matches!(
            self,
            Self::Accepted { .. }
                | Self::Escalated { .. }
                | Self::Transferred { .. }
                | Self::SentBack { .. }
                | Self::Frozen { .. }
                | Self::Merged { .. }
                | Self::Ruled { .. }
                | Self::RejectionProposed { .. }
                | Self::CitizenAsked { .. }
                | Self::Resolved { .. }
                | Self::Relayed { .. }
                | Self::CitizenTold { .. }
                | Self::HelpCalled { .. }
                | Self::Delegated { .. }
                | Self::Responded { .. }
                | Self::Reported { .. }
                | Self::Recalled { .. }
                | Self::ExtensionAsked { .. }
                | Self::ExtensionGranted { .. }
                | Self::ExtensionRefused { .. }
        )
    }
}
