//! A request: what a citizen asks, from the first word to the answer at home.

mod assignment;
pub mod basis;
pub mod command;
pub mod decide;
mod due;
mod ending;
pub mod event;
pub mod evolve;
pub mod hand_over;
pub mod misfit;
pub mod oversight;
mod participant;
mod pause;
pub mod refusal;
pub mod relation;
mod relay;
mod stood_in;
mod text;

use serde::{Deserialize, Serialize};

use super::{
    actor::Actor,
    id::{AssignmentNo, MatterCode, PersonCode, PostCode, ReceiptHash, RequestId, UnitCode},
    instant::Instant,
    limit::{Card, Limit, LimitKind},
    routing::RungNo,
    tier::words,
};
use command::CommandKind;
pub use due::running;
pub use ending::endings;
use oversight::{Extension, Reminder, Supervision};
pub use participant::Participant;
pub use pause::{Rest, Waited};
pub use stood_in::{StoodIn, stood_in};

/// The transition table: which command may come at which stage. What is not here is refused as
/// `WrongStage`.
pub const TRANSITIONS: &[(CommandKind, &[StageKind])] = {
    use CommandKind as C;
    use StageKind::{Closed, Frozen, InHand, Merged, Resolved, Routed, Told, Waiting};
    &[
        (C::Accept, &[Routed]),
        (C::Escalate, &[Routed, InHand]),
        (C::Transfer, &[Routed, InHand]),
        (C::SendBack, &[Routed, InHand]),
        (C::Reject, &[Routed, InHand]),
        (C::AskCitizen, &[Routed, InHand]),
        (C::Resume, &[Waiting]),
        (C::AddNote, &[Routed, InHand, Waiting, Frozen, Merged, Resolved, Told, Closed]),
        (C::Resolve, &[Routed, InHand]),
        (C::ConfirmRelay, &[Resolved]),
        (C::Rate, &[Told]),
        (C::Withdraw, &[Routed, InHand, Waiting, Frozen, Merged]),
        (C::Merge, &[Routed, InHand]),
        (C::Separate, &[Merged]),
        (C::Rule, &[Frozen]),
        (C::Remind, &[Routed, InHand, Waiting, Frozen, Resolved]),
        (C::Supervise, &[Routed, InHand]),
        (C::Correct, &[Routed, InHand]),
        (C::CorrectPlace, &[Routed, InHand]),
        (C::CorrectCitizen, &[Routed, InHand, Waiting, Frozen, Merged, Resolved]),
        (C::TakeOver, &[Routed, InHand]),
        (C::CallHelp, &[Routed, InHand]),
        (C::Delegate, &[Routed, InHand]),
        (C::Respond, &[Routed, InHand, Waiting]),
        (C::Report, &[Routed, InHand, Waiting]),
        (C::Recall, &[Routed, InHand, Waiting]),
        (C::AskExtension, &[InHand]),
        (C::GrantExtension, &[Routed, InHand]),
        (C::RefuseExtension, &[Routed, InHand, Waiting]),
        (C::Recompute, &[Routed, InHand, Waiting, Frozen, Resolved]),
    ]
};

/// After how many returns a case is frozen for a ruling (防止推诿). To ask the citizen a second time counts as one.
pub const MAX_RETURNS: u8 = 3;

/// How often the matter and the place of a case can be corrected, both together: after that it is handed about by
/// another name.
pub const MAX_CORRECTIONS: usize = 3;

words! {
    /// Where a request is in its life.
    pub enum StageKind {
        /// An offer waits to be accepted.
        Routed = "待接收",
        /// Somebody is at it.
        InHand = "办理中",
        /// The citizen was asked something.
        Waiting = "待群众答复",
        /// Returned too often, or the citizen was asked too often; the supervisor rules.
        Frozen = "待裁定",
        /// The same as another request: it follows that one, and its household hears what comes of it.
        Merged = "已并案",
        /// Being carried back.
        Resolved = "已办结回传中",
        /// The household has heard it.
        Told = "已告知",
        /// Over.
        Closed = "已关闭",
    }
}

impl StageKind {
    /// Whether somebody of the town still has to do something: handle it, or carry the result back.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Told | Self::Closed)
    }

    /// The stages at which somebody still has to do something.
    pub fn all_open() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|stage| stage.is_open())
    }
}

words! {
    /// How it ended: the truth, not the wish.
    pub enum Outcome {
        /// What was asked for is done.
        Solved = "已解决",
        /// Part of it is done.
        PartlySolved = "部分解决",
        /// Nothing had to be done but explain.
        Explained = "已解释",
        /// It cannot be done.
        CannotBeSolved = "无法解决",
        /// It is somebody else's to do.
        NotOurDuty = "不属本级职责",
        /// The same request was handled under another receipt, and nothing says which: so it was closed before
        /// duplicates named the other one. Nobody gives it any more.
        Duplicate = "重复诉求",
        /// The citizen took it back.
        Withdrawn = "已撤回",
    }
}

words! {
    /// By which way it came.
    pub enum Channel {
        /// The citizen came to a cadre in the group.
        GroupVisit = "组内反映",
        /// 上门
        HomeVisit = "上门",
        /// 坐班: at the village's service point.
        ServicePoint = "坐班",
        /// 大厅: at the town's hall.
        Hall = "大厅",
        /// 接访: at the petition room, or on a market day.
        ReceptionDay = "接访",
        /// 意见箱
        OpinionBox = "意见箱",
        /// 留言册
        MessageBook = "留言册",
        /// 民意调查
        Survey = "民意调查",
        /// By telephone.
        Phone = "电话",
        /// By the network.
        Online = "网上",
    }
}

words! {
    /// What an assignment obliges to.
    pub enum Duty {
        /// 承办: bring the request to its end.
        Handle = "承办",
        /// 协办: help who handles it, who stays responsible (吹哨报到).
        CoHandle = "协办",
        /// 环节: one step that who handles it handed down, or has to be granted from above.
        Step = "环节",
        /// 回传: carry the result on.
        Relay = "回传",
    }
}

impl Duty {
    /// Which limit says until when it is to be accepted, and which until when it is to be finished.
    #[must_use]
    pub const fn limits(self) -> (LimitKind, LimitKind) {
        match self {
            Self::Handle => (LimitKind::Accept, LimitKind::Finish),
            Self::CoHandle => (LimitKind::Respond, LimitKind::Help),
            Self::Step => (LimitKind::Respond, LimitKind::Step),
            Self::Relay => (LimitKind::Accept, LimitKind::Relay),
        }
    }
}

words! {
    /// How an assignment ended.
    pub enum Ending {
        /// Handed up.
        Escalated = "已上报",
        /// Handed to another post of the rung.
        Transferred = "已转办",
        /// Handed back down.
        SentBack = "已退回",
        /// Proposed as not our duty.
        Rejected = "已申请不予受理",
        /// Returned too often.
        Frozen = "已冻结",
        /// Decided by the supervisor.
        Ruled = "已裁定",
        /// Brought to its end.
        Resolved = "已办结",
        /// The result was carried on.
        Relayed = "已回传",
        /// The citizen took the request back.
        Withdrawn = "已撤回",
        /// Taken up by somebody above, because its time ran out.
        TakenUp = "超时已提级",
        /// Passed to whoever holds the post now.
        HandedOver = "已移交",
        /// The case is another matter, or elsewhere, and is somebody's by that.
        Corrected = "事项已更正",
        /// The case is the same as another, which is handled.
        Merged = "已并案",
        /// What was to be done is done, and reported to who asked for it.
        Reported = "已回报",
        /// Taken back by who asked for it.
        Recalled = "已收回",
        /// The case went on without it.
        Released = "不再需要",
    }
}

words! {
    /// How the household heard it.
    pub enum How {
        /// In person.
        FaceToFace = "当面",
        /// By telephone.
        Phone = "电话",
        /// By a written message.
        Message = "短信",
        /// On paper.
        Letter = "书面",
    }
}

/// Who asks. Citizens are not people of the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citizen {
    /// As the citizen says it; may be empty for an opinion box.
    pub name: String,
    /// May be empty.
    pub phone: String,
}

/// One person, one duty, one outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Counts the assignments of the request.
    pub no: AssignmentNo,
    /// To do what.
    pub duty: Duty,
    /// On which post.
    pub post: PostCode,
    /// Who is responsible.
    pub person: PersonCode,
    /// On which rung of the ladder; beyond it for those who take what no rung answers.
    pub rung: RungNo,
    /// When it was given.
    pub opened_at: Instant,
    /// When it was accepted.
    pub accepted_at: Option<Instant>,
    /// Until when it is to be accepted.
    pub accept: Option<Limit>,
    /// Until when it is to be finished; none while the citizen is waited for.
    pub finish: Option<Limit>,
    /// Whether the time to accept it was over before it was accepted: told then, and on every working morning.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub accept_expired: bool,
    /// Whether the time to finish it was over: told then, and on every working morning. It stays over while the
    /// citizen is waited for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub finish_expired: bool,
    /// When it is told again that it is overdue; none while it is not, or the citizen is waited for. Moves no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_reminder: Option<Instant>,
    /// When and how it ended.
    pub ended: Option<Ended>,
}

/// When and how an assignment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// When.
    pub at: Instant,
    /// How.
    pub how: Ending,
}

/// A holder's proposal that it is not our duty, waiting for the next rung up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The rung that proposed it.
    pub rung: RungNo,
    /// The explanation for the citizen.
    pub explanation: String,
}

/// Somebody who had a case and let it go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetGo {
    /// On which post.
    pub post: PostCode,
    /// Who.
    pub person: PersonCode,
}

/// One climb of the ladder: from logging, or from the last return or reopening.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Climb {
    /// Who had the case in this climb and let it go.
    pub left: Vec<LetGo>,
    /// A proposal that waits for its confirmation.
    pub proposal: Option<Proposal>,
    /// Whether the supervisor ruled that the holder has to handle it.
    pub ruled: bool,
}

/// A mark that supervision gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Which.
    pub card: Card,
    /// To whom.
    pub person: PersonCode,
    /// For which limit.
    pub limit: LimitKind,
    /// When.
    pub at: Instant,
}

/// The limits of the whole case, what became of all of its limits, and what those who watch it did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseTime {
    /// As the town has promised it; none while the citizen is waited for, unless it is over already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub committed: Option<Limit>,
    /// As the law has it; none while the citizen is waited for, unless it is over already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statutory: Option<Limit>,
    /// Which limits of the whole case ran out already, so that each does once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed: Vec<LimitKind>,
    /// When the citizen was waited for, or it was resolved until it was reopened, in order: no limit ran then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waited: Vec<Waited>,
    /// When the matter or the place was corrected, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Instant>,
    /// The marks that supervision gave, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// Who reminded the holder, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reminders: Vec<Reminder>,
    /// The supervision of the case: the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervision: Option<Supervision>,
    /// The extension that was asked for last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Extension>,
}

impl CaseTime {
    /// Which limits of the whole case end before the time of an assignment does: whoever keeps only to that breaks
    /// what the household was promised. None while they rest.
    #[must_use]
    pub fn overpromised(&self, finish: Option<Limit>) -> Vec<LimitKind> {
        let whole = [(LimitKind::Committed, self.committed), (LimitKind::Statutory, self.statutory)];
        let ends_before = |limit: Limit| finish.is_some_and(|finish| limit.due < finish.due);
        whole.into_iter().filter(|(_, limit)| limit.is_some_and(ends_before)).map(|(kind, _)| kind).collect()
    }
}

/// How and by whom a request was brought to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// The truth.
    pub outcome: Outcome,
    /// The words for the citizen.
    pub words: String,
    /// On which post.
    pub post: PostCode,
    /// Who did it.
    pub person: PersonCode,
    /// On which rung.
    pub rung: RungNo,
    /// When.
    pub at: Instant,
    /// What was left of the limits of the whole case: it goes on from there when it is reopened.
    #[serde(default, skip_serializing_if = "Rest::is_none")]
    pub rest: Rest,
}

/// That the household has heard it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Who told it.
    pub by: PersonCode,
    /// Who heard it.
    pub whom: String,
    /// When they heard it.
    pub at: Instant,
    /// How.
    pub how: How,
}

/// What the citizen says of the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// Whether it was good.
    pub satisfied: bool,
    /// In the citizen's words; may be empty.
    pub words: String,
    /// When.
    pub at: Instant,
}

/// Where a request is, with the facts that only this stage has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// An offer waits to be accepted.
    Routed {
        /// The offer.
        handle: AssignmentNo,
    },
    /// Somebody is at it.
    InHand {
        /// The accepted assignment.
        handle: AssignmentNo,
    },
    /// The citizen was asked.
    Waiting {
        /// Whose work rests meanwhile.
        handle: AssignmentNo,
        /// What was asked.
        question: String,
        /// Since when.
        since: Instant,
        /// What is left of the limits that rest.
        #[serde(default, skip_serializing_if = "Rest::is_none")]
        rest: Rest,
        /// Until when an answer is waited for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<Limit>,
    },
    /// The supervisor rules.
    Frozen {
        /// The supervisor's assignment.
        handle: AssignmentNo,
    },
    /// It follows another request, that it was merged into.
    Merged {
        /// The assignment that ended by that: from there the result is carried on, or it is taken up again.
        last: AssignmentNo,
    },
    /// Being carried back.
    Resolved {
        /// What is carried.
        resolution: Resolution,
        /// Who carries it now.
        relay: AssignmentNo,
    },
    /// The household has heard it.
    Told {
        /// What it heard.
        resolution: Resolution,
        /// How it heard.
        told: Told,
        /// Until when the citizen can rate it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rate: Option<Limit>,
    },
    /// Over.
    Closed {
        /// How it ended.
        outcome: Outcome,
        /// When.
        at: Instant,
        /// What was resolved and told; none when it was withdrawn before.
        resolution: Option<Resolution>,
        /// How the household heard of it.
        told: Option<Told>,
        /// What the citizen said of it.
        rating: Option<Rating>,
    },
}

impl Stage {
    /// The stage without its facts.
    #[must_use]
    pub const fn kind(&self) -> StageKind {
        match self {
            Self::Routed { .. } => StageKind::Routed,
            Self::InHand { .. } => StageKind::InHand,
            Self::Waiting { .. } => StageKind::Waiting,
            Self::Frozen { .. } => StageKind::Frozen,
            Self::Merged { .. } => StageKind::Merged,
            Self::Resolved { .. } => StageKind::Resolved,
            Self::Told { .. } => StageKind::Told,
            Self::Closed { .. } => StageKind::Closed,
        }
    }

    /// The open Handle assignment. A request is *open* exactly while it has one; afterwards somebody
    /// relays, or the citizen has the word.
    #[must_use]
    pub const fn handle(&self) -> Option<AssignmentNo> {
        match self {
            Self::Routed { handle }
            | Self::InHand { handle }
            | Self::Waiting { handle, .. }
            | Self::Frozen { handle } => Some(*handle),
            Self::Merged { .. } | Self::Resolved { .. } | Self::Told { .. } | Self::Closed { .. } => None,
        }
    }

    /// The open Relay assignment.
    #[must_use]
    pub const fn relay(&self) -> Option<AssignmentNo> {
        match self {
            Self::Resolved { relay, .. } => Some(*relay),
            _ => None,
        }
    }

    /// What was resolved, once it is.
    #[must_use]
    pub const fn resolution(&self) -> Option<&Resolution> {
        match self {
            Self::Resolved { resolution, .. } | Self::Told { resolution, .. } => Some(resolution),
            Self::Closed { resolution, .. } => resolution.as_ref(),
            _ => None,
        }
    }
}

/// A request with everything that its journal says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
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
    pub entered_at: Option<UnitCode>,
    /// What the citizen said. Untrusted text.
    pub words: String,
    /// Who asks.
    pub citizen: Citizen,
    /// Whose conduct it is about.
    pub accused: Vec<PersonCode>,
    /// The request that it is the same as, since it was merged: also when that one's result was carried here.
    pub merged_into: Option<RequestId>,
    /// Who logged it.
    pub logged_by: Actor,
    /// When.
    pub logged_at: Instant,
    /// Where it is.
    pub stage: Stage,
    /// The present climb.
    pub climb: Climb,
    /// The limits of the whole case, and what became of all of its limits.
    pub limits: CaseTime,
    /// How often it was sent back, or the citizen was asked once more than the one complete notice that is free
    /// (一次性告知).
    pub returns: u8,
    /// How often it was reopened.
    pub reopened: u8,
    /// Every assignment it ever had, in order.
    pub assignments: Vec<Assignment>,
    /// Who acted on it beside those who had an assignment or logged it, in the order of codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acted: Vec<Participant>,
    /// How many events made it.
    pub events: u32,
}

impl Request {
    /// One assignment.
    #[must_use]
    pub fn assignment(&self, no: AssignmentNo) -> Option<&Assignment> {
        self.assignments.get(usize::from(no.0).checked_sub(1)?)
    }

    /// As of when its ladder and its limits are read for the whole of its life: when it was logged, or its matter or
    /// its place was corrected last.
    #[must_use]
    pub fn ruled_by(&self) -> Instant {
        self.limits.corrections.last().copied().unwrap_or(self.logged_at)
    }

    /// The open Handle assignment.
    #[must_use]
    pub fn handle(&self) -> Option<&Assignment> {
        self.assignment(self.stage.handle()?)
    }

    /// Whose open work it adds to, where the fewest open cases decide between equals and where that is shown. Nobody's
    /// while it is about somebody's conduct: else a number, or who is next, would tell of it those who must not know.
    #[must_use]
    pub fn weighs_on(&self) -> Option<&PersonCode> {
        self.handle().filter(|_| self.accused.is_empty()).map(|held| &held.person)
    }

    /// The open Relay assignment.
    #[must_use]
    pub fn relay(&self) -> Option<&Assignment> {
        self.assignment(self.stage.relay()?)
    }

    /// What others do for who handles it and is not done yet: helping, and steps.
    pub fn asides(&self) -> impl Iterator<Item = &Assignment> {
        self.open().filter(|a| a.is_aside())
    }

    /// The step by which an extension is granted or refused, while that is not decided.
    #[must_use]
    pub fn asks_extension(&self) -> Option<&Assignment> {
        self.assignment(self.limits.extension.as_ref()?.asked()?)
    }

    /// The assignments that are open now: one Handle with its asides, or one Relay, or none.
    pub fn open(&self) -> impl Iterator<Item = &Assignment> {
        self.assignments.iter().filter(|a| a.ended.is_none())
    }
}
