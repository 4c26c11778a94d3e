//! What happened to a request. The journal is a list of these; folding it gives the row.

use serde::{Deserialize, Serialize};

use super::{Channel, Citizen, Duty, Outcome, Told};
use crate::rules::{
    actor::{Actor, Step},
    id::{AssignmentNo, MatterCode, PersonCode, PostCode, ReceiptCode, RequestId, UnitCode},
    routing::{Account, RungNo},
};

/// An assignment that an event opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Its number.
    pub no: AssignmentNo,
    /// To do what.
    pub duty: Duty,
    /// On which post.
    pub post: PostCode,
    /// Who is responsible.
    pub person: PersonCode,
    /// On which rung.
    pub rung: RungNo,
    /// Why this post and this person: everything that was passed on the way.
    pub account: Account,
}

/// The facts of a new request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logged {
    /// Names it.
    pub id: RequestId,
    /// What the citizen holds.
    pub receipt: ReceiptCode,
    /// What it is about.
    pub matter: MatterCode,
    /// Where the need is.
    pub place: UnitCode,
    /// By which way it came.
    pub channel: Channel,
    /// Where it entered, when that was not at the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entered_at: Option<UnitCode>,
    /// What the citizen said.
    pub words: String,
    /// Who asks.
    pub citizen: Citizen,
    /// Whose conduct it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accused: Vec<PersonCode>,
    /// Who logged it.
    pub logged_by: Actor,
    /// Who gets it.
    pub opens: Opening,
}

/// One thing that happened to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Event {
    /// It was logged and routed.
    RequestLogged(Box<Logged>),
    /// The holder took it on.
    Accepted {
        /// Which assignment.
        no: AssignmentNo,
    },
    /// It went up.
    Escalated {
        /// Whose work ends.
        ends: AssignmentNo,
        /// Why.
        reason: String,
        /// Who has it now.
        opens: Opening,
    },
    /// It went to another post of the rung.
    Transferred {
        /// Whose work ends.
        ends: AssignmentNo,
        /// Why.
        reason: String,
        /// Who has it now.
        opens: Opening,
    },
    /// It went back down.
    SentBack {
        /// Whose work ends.
        ends: AssignmentNo,
        /// Why.
        reason: String,
        /// Who has it now.
        opens: Opening,
    },
    /// It was sent back once too often.
    Frozen {
        /// Whose work ends.
        ends: AssignmentNo,
        /// Why it was sent back.
        reason: String,
        /// Who rules.
        opens: Opening,
    },
    /// The supervisor ruled.
    Ruled {
        /// The supervisor's assignment.
        ends: AssignmentNo,
        /// Why.
        ruling: String,
        /// Who has to handle it.
        opens: Opening,
    },
    /// The holder proposed that it is not our duty.
    RejectionProposed {
        /// Whose work ends.
        ends: AssignmentNo,
        /// What the citizen is to be told.
        explanation: String,
        /// Who decides.
        opens: Opening,
    },
    /// The citizen was asked.
    CitizenAsked {
        /// Whose work rests.
        no: AssignmentNo,
        /// What.
        question: String,
    },
    /// The citizen answered.
    Resumed {
        /// What.
        answer: String,
    },
    /// Something worth knowing was written down.
    NoteAdded {
        /// What.
        text: String,
    },
    /// It came to its end.
    Resolved {
        /// Whose work ends.
        ends: AssignmentNo,
        /// The truth.
        outcome: Outcome,
        /// The words for the citizen.
        words: String,
        /// Who carries the result back; none when the citizen heard it on the spot.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        opens: Option<Opening>,
        /// How the citizen heard it on the spot.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        told: Option<Told>,
    },
    /// The result was handed to the next in line.
    Relayed {
        /// Whose relay ends.
        ends: AssignmentNo,
        /// Who was told, when and how.
        told: Told,
        /// Who carries on.
        opens: Opening,
    },
    /// The household heard it.
    CitizenTold {
        /// Whose relay ends.
        ends: AssignmentNo,
        /// Who was told, when and how.
        told: Told,
    },
    /// The citizen was content, or there was nobody above to go to any more; either way it is over.
    Rated {
        /// Whether it was good.
        satisfied: bool,
        /// In the citizen's words.
        words: String,
    },
    /// The citizen was not content: it goes on above the resolver.
    Reopened {
        /// In the citizen's words.
        words: String,
        /// Who has it now.
        opens: Opening,
    },
    /// The citizen took it back.
    Withdrawn {
        /// Why.
        reason: String,
    },
    /// The register changed under an open assignment.
    HandedOver {
        /// Whose work ends.
        ends: AssignmentNo,
        /// Who has it now.
        opens: Opening,
    },
    /// The place went up in another unit.
    PlaceMoved {
        /// Where the need is now.
        to: UnitCode,
    },
}

impl Event {
    /// The name of the event, as in the journal.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RequestLogged(_) => "RequestLogged",
            Self::Accepted { .. } => "Accepted",
            Self::Escalated { .. } => "Escalated",
            Self::Transferred { .. } => "Transferred",
            Self::SentBack { .. } => "SentBack",
            Self::Frozen { .. } => "Frozen",
            Self::Ruled { .. } => "Ruled",
            Self::RejectionProposed { .. } => "RejectionProposed",
            Self::CitizenAsked { .. } => "CitizenAsked",
            Self::Resumed { .. } => "Resumed",
            Self::NoteAdded { .. } => "NoteAdded",
            Self::Resolved { .. } => "Resolved",
            Self::Relayed { .. } => "Relayed",
            Self::CitizenTold { .. } => "CitizenTold",
            Self::Rated { .. } => "Rated",
            Self::Reopened { .. } => "Reopened",
            Self::Withdrawn { .. } => "Withdrawn",
            Self::HandedOver { .. } => "HandedOver",
            Self::PlaceMoved { .. } => "PlaceMoved",
        }
    }

    /// The assignment that the event opens.
    #[must_use]
    pub fn opens(&self) -> Option<&Opening> {
        match self {
            Self::RequestLogged(logged) => Some(&logged.opens),
            Self::Escalated { opens, .. }
            | Self::Transferred { opens, .. }
            | Self::SentBack { opens, .. }
            | Self::Frozen { opens, .. }
            | Self::Ruled { opens, .. }
            | Self::RejectionProposed { opens, .. }
            | Self::Relayed { opens, .. }
            | Self::Reopened { opens, .. }
            | Self::HandedOver { opens, .. } => Some(opens),
            Self::Resolved { opens, .. } => opens.as_ref(),
            Self::Accepted { .. }
            | Self::CitizenAsked { .. }
            | Self::Resumed { .. }
            | Self::NoteAdded { .. }
            | Self::CitizenTold { .. }
            | Self::Rated { .. }
            | Self::Withdrawn { .. }
            | Self::PlaceMoved { .. } => None,
        }
    }

    /// Whether it is an escalation, for those who watch what climbs.
    #[must_use]
    pub const fn is_escalation(&self) -> bool {
        matches!(
            self,
            Self::Escalated { .. } | Self::RejectionProposed { .. } | Self::Reopened { .. } | Self::Frozen { .. }
        )
    }
}

/// An event with the four people of the step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Who.
    pub step: Step,
    /// What.
    pub event: Event,
}
