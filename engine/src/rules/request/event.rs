//! What happened to a request. The journal is a list of these; folding it gives the row.

use serde::{Deserialize, Serialize};

use super::{Channel, Citizen, Duty, Outcome, Rest, Told};
use crate::rules::{
    actor::{Actor, Step},
    id::{AssignmentNo, MatterCode, PersonCode, PostCode, ReceiptHash, RequestId, UnitCode},
    instant::Instant,
    limit::{Limit, LimitKind, Reckoned},
    routing::{Account, RungNo},
    tier::words,
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
    /// Until when, with the arithmetic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Box<Limits>>,
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

/// The limits of an assignment, as they were reckoned when it was given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Until when it is to be accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<Reckoned>,
    /// Until when it is to be finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish: Option<Reckoned>,
}

/// The limits of the whole case, as they were reckoned when their time began to run, or went on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseLimits {
    /// As the town has promised it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub committed: Option<Reckoned>,
    /// As the law has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statutory: Option<Reckoned>,
    /// As a supervision has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervised: Option<Reckoned>,
}

impl CaseLimits {
    /// Each that is set, with its kind.
    fn each(&self) -> impl Iterator<Item = (LimitKind, &Reckoned)> {
        let Self { committed, statutory, supervised } = self;
        let all =
            [(LimitKind::Committed, committed), (LimitKind::Statutory, statutory), (LimitKind::Supervised, supervised)];
        all.into_iter().filter_map(|(kind, limit)| Some((kind, limit.as_ref()?)))
    }

    fn is_none(&self) -> bool {
        self.each().next().is_none()
    }
}

/// A limit of an assignment that begins anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anew {
    /// Of which assignment.
    pub no: AssignmentNo,
    /// What it is for.
    pub kind: LimitKind,
    /// Until when, with the arithmetic.
    pub limit: Reckoned,
}

/// When somebody is told again that an assignment is overdue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextReminder {
    /// Which assignment.
    pub no: AssignmentNo,
    /// When.
    pub at: Instant,
}

words! {
    /// Why a request went up.
    pub enum Cause {
        /// Its holder handed it up.
        Reason = "承办人上报",
        /// It was not taken on in time.
        NotAccepted = "超时未接收",
        /// It was not finished in time.
        NotFinished = "超时未办结",
        /// Somebody on a higher rung took it over.
        TakenOver = "上级提级办理",
    }
}

impl Cause {
    /// Whether the holder handed it up: what is not written down.
    fn is_reason(&self) -> bool {
        *self == Self::Reason
    }

    const fn reason() -> Self {
        Self::Reason
    }
}

/// The facts of a new request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logged {
    /// Names it.
    pub id: RequestId,
    /// As what the receipt that the citizen holds is kept.
    pub receipt: ReceiptHash,
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
    /// Until when the whole case is to be at its end.
    #[serde(default, skip_serializing_if = "CaseLimits::is_none")]
    pub limits: CaseLimits,
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
        /// What made it go up.
        #[serde(default = "Cause::reason", skip_serializing_if = "Cause::is_reason")]
        cause: Cause,
        /// Why, in the holder's words; empty where a limit ran out.
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
    /// It was sent back, or the citizen was to be asked, once too often.
    Frozen {
        /// Whose work ends.
        ends: AssignmentNo,
        /// Why it was sent back, or what was to be asked.
        reason: String,
        /// Whether it is what the citizen was to be asked: nobody asked it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        asks_citizen: bool,
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
        /// Whether it was asked something before, so that it counts like a return.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        counts: bool,
        /// What is left of the limits that stop meanwhile.
        #[serde(default, skip_serializing_if = "Rest::is_none")]
        rest: Rest,
        /// Until when an answer is waited for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<Box<Reckoned>>,
    },
    /// The citizen answered, or did not in time.
    Resumed {
        /// What; empty where the time for it ran out.
        answer: String,
        /// Until when it is to be finished now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        finish: Option<Box<Reckoned>>,
        /// The limits of the case as they are now.
        #[serde(default, skip_serializing_if = "CaseLimits::is_none")]
        limits: Box<CaseLimits>,
        /// Until when those who help, or do a step, are to report now: their time begins anew.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        asides: Vec<Anew>,
        /// What was over before the citizen was asked is over still: when that is told again.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        reminders: Vec<NextReminder>,
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
        /// What is left of the limits of the whole case, should it be reopened.
        #[serde(default, skip_serializing_if = "Rest::is_none")]
        rest: Rest,
        /// Who carries the result back; none when the citizen heard it on the spot.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        opens: Option<Opening>,
        /// How the citizen heard it on the spot.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        told: Option<Told>,
        /// Until when the citizen can rate it, once it was told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rate: Option<Box<Reckoned>>,
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
        /// Until when the citizen can rate it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rate: Option<Box<Reckoned>>,
    },
    /// The result was not carried on in time: somebody above carries it.
    RelayTaken {
        /// Whose relay ends.
        ends: AssignmentNo,
        /// Who carries it now.
        opens: Opening,
    },
    /// A limit ran out and there is nobody above, or it is told again that it did: on every working morning.
    Overdue {
        /// Of which assignment.
        no: AssignmentNo,
        /// Which limit.
        limit: LimitKind,
        /// From now until when it is not told again; the limit is over and stays so.
        again: Limit,
        /// Who is told beside the holder: the leaders.
        tell: Vec<PersonCode>,
    },
    /// A limit of the whole case ran out.
    LimitPassed {
        /// Which.
        limit: LimitKind,
        /// In whose hands it was then, if anybody had it.
        person: Option<PersonCode>,
        /// Who is told beside the holder: the leaders.
        tell: Vec<PersonCode>,
    },
    /// The citizen said nothing of the result in time.
    Lapsed,
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
        /// The limits of the case, which go on with what was left when it was resolved.
        #[serde(default, skip_serializing_if = "CaseLimits::is_none")]
        limits: Box<CaseLimits>,
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
    /// It is another matter than it was logged as: it climbs that one's ladder, in that one's time.
    Corrected {
        /// Whose work ends.
        ends: AssignmentNo,
        /// What it is.
        matter: MatterCode,
        /// Why.
        reason: String,
        /// Until when the whole case is to be at its end.
        #[serde(default, skip_serializing_if = "CaseLimits::is_none")]
        limits: Box<CaseLimits>,
        /// Who has it now.
        opens: Opening,
    },
    /// The need is elsewhere than it was logged: it climbs the ladder there, as if it were logged now.
    PlaceCorrected {
        /// Whose work ends.
        ends: AssignmentNo,
        /// Where it is.
        place: UnitCode,
        /// Where it entered, when that was not at the place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entered_at: Option<UnitCode>,
        /// Why.
        reason: String,
        /// Until when the whole case is to be at its end.
        #[serde(default, skip_serializing_if = "CaseLimits::is_none")]
        limits: Box<CaseLimits>,
        /// Who has it now.
        opens: Opening,
    },
    /// Who asks, or the telephone, was written down wrongly.
    CitizenCorrected {
        /// As it is.
        citizen: Citizen,
        /// Why.
        reason: String,
    },
    /// It is the same as another request, and follows that one.
    Merged {
        /// Whose work ends.
        ends: AssignmentNo,
        /// Which it is the same as.
        into: RequestId,
        /// Why.
        reason: String,
    },
    /// What it was merged into was merged itself: it follows on to the end.
    MergedOn {
        /// Which it follows now.
        into: RequestId,
    },
    /// What it was merged into came to its end: the result is carried to this household as well.
    ResultShared {
        /// Whose result.
        of: RequestId,
        /// The truth.
        outcome: Outcome,
        /// The words for the citizen.
        words: String,
        /// On which post it was done.
        post: PostCode,
        /// Who did it.
        person: PersonCode,
        /// On which rung of this request's own ladder that counts.
        rung: RungNo,
        /// Who carries the result to this household.
        opens: Opening,
    },
    /// It is not the same after all, or what it was merged into was taken back: it goes on by itself.
    Separated {
        /// Why; empty where it is only because the other was taken back.
        reason: String,
        /// Until when the whole case is to be at its end.
        #[serde(default, skip_serializing_if = "CaseLimits::is_none")]
        limits: Box<CaseLimits>,
        /// Who has it now.
        opens: Opening,
    },
    /// Somebody asked how far it is.
    Reminded {
        /// Who.
        by: Actor,
        /// In their words.
        words: String,
    },
    /// It is watched, with a limit of its own.
    Supervised {
        /// By whom.
        by: PersonCode,
        /// What is expected.
        words: String,
        /// Until when, with the arithmetic.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<Box<Reckoned>>,
    },
    /// Another post was called to help.
    HelpCalled {
        /// What with.
        reason: String,
        /// Who.
        opens: Opening,
    },
    /// A step was handed down.
    Delegated {
        /// What is to be done.
        instruction: String,
        /// To whom.
        opens: Opening,
    },
    /// Who was called, or was handed a step, is there.
    Responded {
        /// To which assignment.
        no: AssignmentNo,
    },
    /// Who was called, or was handed a step, said what came of it.
    Reported {
        /// Whose part ends.
        ends: AssignmentNo,
        /// What came of it.
        words: String,
    },
    /// Who asked for it does not need it any more.
    Recalled {
        /// Whose part ends.
        ends: AssignmentNo,
        /// Why.
        reason: String,
    },
    /// Nobody is there any more who could do their part.
    Released {
        /// Whose part ends.
        ends: AssignmentNo,
    },
    /// The holder asked for more time.
    ExtensionAsked {
        /// For which assignment.
        no: AssignmentNo,
        /// How many working days more.
        working_days: u16,
        /// Why.
        reason: String,
        /// Who decides.
        opens: Opening,
    },
    /// The next rung up gave more time.
    ExtensionGranted {
        /// Whose step ends.
        ends: AssignmentNo,
        /// By whom.
        by: PersonCode,
        /// For which assignment.
        no: AssignmentNo,
        /// Until when it is to be finished now, reckoned from its former end on.
        finish: Box<Reckoned>,
        /// Whether that lies behind what the town has promised for the whole.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        past_committed: bool,
    },
    /// The next rung up gave no more time.
    ExtensionRefused {
        /// Whose step ends.
        ends: AssignmentNo,
        /// By whom.
        by: PersonCode,
        /// Why.
        reason: String,
    },
    /// Limits were reckoned anew.
    Recomputed {
        /// Those that end at another time now.
        moved: Vec<Moved>,
        /// Why.
        reason: String,
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
            Self::RelayTaken { .. } => "RelayTaken",
            Self::Overdue { .. } => "Overdue",
            Self::LimitPassed { .. } => "LimitPassed",
            Self::Lapsed => "Lapsed",
            Self::Rated { .. } => "Rated",
            Self::Reopened { .. } => "Reopened",
            Self::Withdrawn { .. } => "Withdrawn",
            Self::HandedOver { .. } => "HandedOver",
            Self::Corrected { .. } => "Corrected",
            Self::PlaceCorrected { .. } => "PlaceCorrected",
            Self::CitizenCorrected { .. } => "CitizenCorrected",
            Self::Merged { .. } => "Merged",
            Self::MergedOn { .. } => "MergedOn",
            Self::ResultShared { .. } => "ResultShared",
            Self::Separated { .. } => "Separated",
            Self::Reminded { .. } => "Reminded",
            Self::Supervised { .. } => "Supervised",
            Self::HelpCalled { .. } => "HelpCalled",
            Self::Delegated { .. } => "Delegated",
            Self::Responded { .. } => "Responded",
            Self::Reported { .. } => "Reported",
            Self::Recalled { .. } => "Recalled",
            Self::Released { .. } => "Released",
            Self::ExtensionAsked { .. } => "ExtensionAsked",
            Self::ExtensionGranted { .. } => "ExtensionGranted",
            Self::ExtensionRefused { .. } => "ExtensionRefused",
            Self::Recomputed { .. } => "Recomputed",
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
            | Self::RelayTaken { opens, .. }
            | Self::Reopened { opens, .. }
            | Self::HelpCalled { opens, .. }
            | Self::Delegated { opens, .. }
            | Self::ExtensionAsked { opens, .. }
            | Self::Corrected { opens, .. }
            | Self::PlaceCorrected { opens, .. }
            | Self::ResultShared { opens, .. }
            | Self::Separated { opens, .. }
            | Self::HandedOver { opens, .. } => Some(opens),
            Self::Resolved { opens, .. } => opens.as_ref(),
            Self::Accepted { .. }
            | Self::CitizenAsked { .. }
            | Self::Resumed { .. }
            | Self::NoteAdded { .. }
            | Self::CitizenTold { .. }
            | Self::Rated { .. }
            | Self::Overdue { .. }
            | Self::LimitPassed { .. }
            | Self::Lapsed
            | Self::Withdrawn { .. }
            | Self::CitizenCorrected { .. }
            | Self::Merged { .. }
            | Self::MergedOn { .. }
            | Self::Reminded { .. }
            | Self::Supervised { .. }
            | Self::Responded { .. }
            | Self::Reported { .. }
            | Self::Recalled { .. }
            | Self::Released { .. }
            | Self::ExtensionGranted { .. }
            | Self::ExtensionRefused { .. }
            | Self::Recomputed { .. }
            | Self::PlaceMoved { .. } => None,
        }
    }

    /// The limits that it set, each with its arithmetic.
    #[must_use]
    pub fn limits(&self) -> Vec<(LimitKind, &Reckoned)> {
        let mut set = Vec::new();
        if let Some(opens) = self.opens()
            && let Some(limits) = &opens.limits
        {
            let (accept, finish) = opens.duty.limits();
            set.extend(limits.accept.as_ref().map(|r| (accept, r)));
            set.extend(limits.finish.as_ref().map(|r| (finish, r)));
        }
        match self {
            Self::RequestLogged(logged) => set.extend(logged.limits.each()),
            Self::Corrected { limits, .. }
            | Self::PlaceCorrected { limits, .. }
            | Self::Separated { limits, .. }
            | Self::Reopened { limits, .. } => set.extend(limits.each()),
            Self::CitizenAsked { answer, .. } => set.extend(answer.as_deref().map(|r| (LimitKind::Answer, r))),
            Self::Resumed { finish, limits, asides, .. } => {
                set.extend(limits.each());
                set.extend(finish.as_deref().map(|r| (LimitKind::Finish, r)));
                set.extend(asides.iter().map(|anew| (anew.kind, &anew.limit)));
            }
            Self::Supervised { limit, .. } => set.extend(limit.as_deref().map(|r| (LimitKind::Supervised, r))),
            Self::ExtensionGranted { finish, .. } => set.push((LimitKind::Finish, finish)),
            Self::Recomputed { moved, .. } => set.extend(moved.iter().map(|moved| (moved.kind, &moved.is))),
            Self::Resolved { rate, .. } | Self::CitizenTold { rate, .. } => {
                set.extend(rate.as_deref().map(|r| (LimitKind::Rate, r)));
            }
            _ => {}
        }
        set
    }

    /// Whether nobody is to handle the request any more by it: those that were merged into it follow.
    #[must_use]
    pub const fn ends_handling(&self) -> bool {
        matches!(self, Self::Resolved { .. } | Self::Withdrawn { .. } | Self::Merged { .. } | Self::ResultShared { .. })
    }

    /// The names of the events that are escalations, for those who watch what climbs.
    pub const ESCALATIONS: [&'static str; 4] = ["Escalated", "RejectionProposed", "Reopened", "Frozen"];

    /// Whether it is an escalation.
    #[must_use]
    pub fn is_escalation(&self) -> bool {
        Self::ESCALATIONS.contains(&self.name())
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
