//! The table of requests: what can happen to one, how somebody can stand to it, and what they are told.

use super::{
    NoticeKind as Kind,
    table::{Silence as Why, Word},
};
use crate::rules::{
    actor::Actor,
    id::AssignmentNo,
    request::{
        Request,
        event::{Cause, Event, Recorded},
    },
    tier::words,
};

words! {
    /// What happens to a request, as far as somebody is told something else by it.
    pub enum Happening {
        /// It was logged.
        Logged = "登记",
        /// Its holder took it on.
        Accepted = "接收",
        /// Its holder handed it up.
        HandedUp = "上报",
        /// Its time ran out, and it went up.
        TakenUp = "超时上报",
        /// Somebody above took it over.
        TakenOver = "提级办理",
        /// It went to another post of the rung.
        Transferred = "转办",
        /// It went back down.
        SentBack = "退回",
        /// It was sent back once too often.
        Frozen = "冻结待裁定",
        /// The supervisor ruled.
        Ruled = "裁定",
        /// Its holder proposed that it is not our duty.
        RejectionProposed = "申请不予受理",
        /// The citizen was asked.
        CitizenAsked = "询问当事人",
        /// The citizen answered.
        CitizenAnswered = "当事人答复",
        /// The citizen did not answer in time.
        CitizenSilent = "当事人逾期未答复",
        /// A note was written.
        NoteAdded = "备注",
        /// It came to its end.
        Resolved = "办结",
        /// The result was handed to the next in line.
        Relayed = "回传下一级",
        /// The household heard it.
        CitizenTold = "告知当事人",
        /// The result was not carried on in time.
        RelayTaken = "回传超时上提",
        /// The time of an assignment ran out, and it stays where it is.
        Overdue = "超期",
        /// A limit of the whole case ran out.
        LimitPassed = "全案超期",
        /// The citizen said nothing of the result.
        Lapsed = "逾期未评价",
        /// The citizen was content.
        RatedGood = "评价满意",
        /// The citizen was not, and there is nobody above.
        RatedBad = "评价不满意",
        /// The citizen was not, and it goes on.
        Reopened = "重开",
        /// The citizen took it back.
        Withdrawn = "撤回",
        /// The register changed, and somebody else leads it.
        LeadHandedOver = "承办移交",
        /// The register changed, and somebody else helps, or does a step.
        PartHandedOver = "协办移交",
        /// The register changed, and somebody else carries the result.
        RelayHandedOver = "回传移交",
        /// It is another matter, and somebody else's.
        Corrected = "更正事项并移交",
        /// It is another matter, and stays with who has it.
        CorrectedAndKept = "更正事项",
        /// Somebody asked how far it is.
        Reminded = "催办",
        /// It is watched.
        Supervised = "督办",
        /// Somebody was called to help.
        HelpCalled = "吹哨",
        /// A step was handed down.
        Delegated = "交办",
        /// Who was called, or was handed a step, is there.
        Responded = "报到",
        /// Who was called, or was handed a step, said what came of it.
        Reported = "回报",
        /// Who asked for it does not need it any more.
        Recalled = "收回",
        /// Nobody is there to help any more, or who helped leads it.
        Released = "协办终止",
        /// More time was asked for.
        ExtensionAsked = "申请延期",
        /// It was given.
        ExtensionGranted = "同意延期",
        /// It was not.
        ExtensionRefused = "不同意延期",
        /// Limits were reckoned anew.
        Recomputed = "重算时限",
        /// The place went up in another unit.
        PlaceMoved = "地点并入他处",
        /// Whoever asks was written down wrongly.
        CitizenCorrected = "更正当事人信息",
        /// It follows another request from now on, as its duplicate.
        Merged = "并案",
        /// What it follows was merged itself: it follows on.
        MergedOn = "随案并案",
        /// It has the result of what it follows.
        ResultShared = "并案办结",
        /// It follows no other any more.
        Separated = "撤销并案",
    }
}

words! {
    /// How somebody stands to a request when something happens to it. Who stands so in two ways is told what
    /// comes first here.
    pub enum Relation {
        /// Is given an assignment by it.
        Assignee = "新承办人",
        /// Leads the case until then.
        Lead = "承办人",
        /// Has the assignment beside the lead, or the time, that it is about.
        Own = "所涉交办人",
        /// Had a part beside the lead, which it ends.
        EndedBeside = "随之终止的协办人",
        /// Helps the lead, and goes on to.
        Helper = "协办人",
        /// Does a step for the lead, and goes on to.
        StepTaker = "环节承接人",
        /// Decides whether the lead has more time.
        Approver = "延期审批人",
        /// Carries the result until then.
        Relayer = "回传人",
        /// Brought it to its end.
        Resolver = "办结人",
        /// Has it under supervision until then.
        Watcher = "督办人",
        /// The leaders who are to be told that it is late.
        Leaders = "上级领导",
        /// Logged it.
        Logger = "登记人",
        /// Had an assignment that has ended.
        Earlier = "曾经手人",
        /// Asks for it.
        Citizen = "当事人",
    }
}

impl Happening {
    /// What an event comes to; `before` is the request as it was.
    #[must_use]
    pub fn of(before: Option<&Request>, recorded: &Recorded) -> Self {
        let leads = |no: AssignmentNo| before.and_then(Request::handle).is_some_and(|held| held.no == no);
        match &recorded.event {
            Event::RequestLogged(_) => Self::Logged,
            Event::Accepted { .. } => Self::Accepted,
            Event::Escalated { cause, .. } => match cause {
                Cause::Reason => Self::HandedUp,
                Cause::NotAccepted | Cause::NotFinished => Self::TakenUp,
                Cause::TakenOver => Self::TakenOver,
            },
            Event::Transferred { .. } => Self::Transferred,
            Event::SentBack { .. } => Self::SentBack,
            Event::Frozen { .. } => Self::Frozen,
            Event::Ruled { .. } => Self::Ruled,
            Event::RejectionProposed { .. } => Self::RejectionProposed,
            Event::CitizenAsked { .. } => Self::CitizenAsked,
            Event::Resumed { .. } if recorded.step.acted == Actor::System => Self::CitizenSilent,
            Event::Resumed { .. } => Self::CitizenAnswered,
            Event::NoteAdded { .. } => Self::NoteAdded,
            Event::Resolved { .. } => Self::Resolved,
            Event::Relayed { .. } => Self::Relayed,
            Event::CitizenTold { .. } => Self::CitizenTold,
            Event::RelayTaken { .. } => Self::RelayTaken,
            Event::Overdue { .. } => Self::Overdue,
            Event::LimitPassed { .. } => Self::LimitPassed,
            Event::Lapsed => Self::Lapsed,
            Event::Rated { satisfied: true, .. } => Self::RatedGood,
            Event::Rated { satisfied: false, .. } => Self::RatedBad,
            Event::Reopened { .. } => Self::Reopened,
            Event::Withdrawn { .. } => Self::Withdrawn,
            Event::HandedOver { ends, .. } if leads(*ends) => Self::LeadHandedOver,
            Event::HandedOver { ends, .. }
                if before.and_then(Request::relay).is_some_and(|relay| relay.no == *ends) =>
            {
                Self::RelayHandedOver
            }
            Event::HandedOver { .. } => Self::PartHandedOver,
            Event::Corrected { opens, .. } | Event::PlaceCorrected { opens, .. } => {
                let kept = before.and_then(Request::handle).is_some_and(|held| held.person == opens.person);
                if kept { Self::CorrectedAndKept } else { Self::Corrected }
            }
            Event::Reminded { .. } => Self::Reminded,
            Event::Supervised { .. } => Self::Supervised,
            Event::HelpCalled { .. } => Self::HelpCalled,
            Event::Delegated { .. } => Self::Delegated,
            Event::Responded { .. } => Self::Responded,
            Event::Reported { .. } => Self::Reported,
            Event::Recalled { .. } => Self::Recalled,
            Event::Released { .. } => Self::Released,
            Event::ExtensionAsked { .. } => Self::ExtensionAsked,
            Event::ExtensionGranted { .. } => Self::ExtensionGranted,
            Event::ExtensionRefused { .. } => Self::ExtensionRefused,
            Event::Recomputed { .. } => Self::Recomputed,
            Event::PlaceMoved { .. } => Self::PlaceMoved,
            Event::CitizenCorrected { .. } => Self::CitizenCorrected,
            Event::Merged { .. } => Self::Merged,
            Event::MergedOn { .. } => Self::MergedOn,
            Event::ResultShared { .. } => Self::ResultShared,
            Event::Separated { .. } => Self::Separated,
        }
    }
}

/// The table: what somebody who stands so to a request is told when that happens.
#[must_use]
pub const fn told(happening: Happening, relation: Relation) -> Word {
    match relation {
        Relation::Earlier => return Word::Not(Why::LetGo),
        Relation::Citizen => return Word::Not(Why::OnReceipt),
        _ => {}
    }
    match happening {
        Happening::Logged
        | Happening::Accepted
        | Happening::HandedUp
        | Happening::TakenUp
        | Happening::TakenOver
        | Happening::Transferred
        | Happening::SentBack
        | Happening::Frozen
        | Happening::Ruled
        | Happening::RejectionProposed
        | Happening::LeadHandedOver
        | Happening::Corrected
        | Happening::CorrectedAndKept => when_it_is_led(happening, relation),
        Happening::CitizenAsked
        | Happening::CitizenAnswered
        | Happening::CitizenSilent
        | Happening::NoteAdded
        | Happening::RatedGood
        | Happening::RatedBad
        | Happening::Reopened
        | Happening::Withdrawn
        | Happening::Lapsed => by_the_citizen(happening, relation),
        Happening::Resolved
        | Happening::Relayed
        | Happening::CitizenTold
        | Happening::RelayTaken
        | Happening::RelayHandedOver => on_the_way_back(happening, relation),
        Happening::HelpCalled
        | Happening::Delegated
        | Happening::Responded
        | Happening::Reported
        | Happening::Recalled
        | Happening::Released
        | Happening::PartHandedOver
        | Happening::ExtensionAsked
        | Happening::ExtensionGranted
        | Happening::ExtensionRefused => beside_the_lead(happening, relation),
        Happening::Overdue
        | Happening::LimitPassed
        | Happening::Reminded
        | Happening::Supervised
        | Happening::Recomputed
        | Happening::PlaceMoved
        | Happening::CitizenCorrected => from_above(happening, relation),
        Happening::Merged | Happening::MergedOn | Happening::ResultShared | Happening::Separated => {
            as_a_duplicate(happening, relation)
        }
    }
}

/// Who leads it changes, or takes it on.
const fn when_it_is_led(happening: Happening, relation: Relation) -> Word {
    use Happening as H;
    use Relation as R;
    match (relation, happening) {
        (R::Assignee, H::Accepted) => Word::Not(Why::Nobody),
        (R::Assignee, H::TakenOver) => Word::Not(Why::DidIt),
        (R::Assignee, H::CorrectedAndKept) => Word::Told(Kind::Corrected),
        (R::Assignee, _) => Word::Told(Kind::Assigned),
        (R::Logger, H::Logged) => Word::Not(Why::DidIt),
        (_, H::Logged) => Word::Not(Why::Nobody),
        (R::Lead, H::TakenUp) => Word::Told(Kind::TakenUp),
        (R::Lead, H::TakenOver | H::LeadHandedOver | H::Corrected) => Word::Told(Kind::Taken),
        (R::Lead, H::CorrectedAndKept) => Word::Not(Why::AsHolder),
        (R::Lead, _) => Word::Told(Kind::ActedFor),
        // A case that is frozen has nobody beside who rules.
        (R::EndedBeside, H::Accepted | H::Ruled) => Word::Not(Why::Nobody),
        (R::EndedBeside, _) => Word::Told(Kind::NotNeeded),
        (R::Helper, H::Frozen | H::Ruled) => Word::Not(Why::Nobody),
        (R::Helper | R::StepTaker | R::Approver, H::Accepted) => Word::Not(Why::Unchanged),
        (R::Helper, H::Corrected | H::CorrectedAndKept) => Word::Told(Kind::Corrected),
        (R::Helper, _) | (R::StepTaker | R::Approver, H::LeadHandedOver) => Word::Told(Kind::Reassigned),
        (R::Logger, H::Corrected | H::CorrectedAndKept) => Word::Told(Kind::Corrected),
        (R::Watcher | R::Logger, _) => Word::Not(Why::Followable),
        // Steps and wishes for more time end with who let the case go.
        (R::StepTaker | R::Approver, _) => Word::Not(Why::Nobody),
        (R::Own | R::Relayer | R::Resolver | R::Leaders | R::Earlier | R::Citizen, _) => Word::Not(Why::Nobody),
    }
}

/// The citizen does something to it, or does not, or is asked; or somebody writes a word to it.
const fn by_the_citizen(happening: Happening, relation: Relation) -> Word {
    use Happening as H;
    use Relation as R;
    match (relation, happening) {
        (R::Assignee, H::Reopened) => Word::Told(Kind::Assigned),
        (R::Lead, H::CitizenAsked) => Word::Told(Kind::ActedFor),
        (R::Helper | R::StepTaker | R::Approver, H::CitizenAsked) => Word::Told(Kind::CitizenAsked),
        (R::Lead | R::Helper | R::StepTaker | R::Approver, H::CitizenAnswered) => Word::Told(Kind::CitizenAnswered),
        (R::Lead | R::Helper | R::StepTaker | R::Approver, H::CitizenSilent) => Word::Told(Kind::CitizenSilent),
        (R::Lead | R::Helper | R::StepTaker | R::Approver | R::Relayer | R::Resolver, H::NoteAdded) => {
            Word::Told(Kind::NoteAdded)
        }
        (R::Lead | R::EndedBeside | R::Watcher | R::Logger, H::Withdrawn) => Word::Told(Kind::Withdrawn),
        (R::Resolver, H::RatedGood) => Word::Told(Kind::RatedGood),
        (R::Resolver | R::Watcher, H::RatedBad) => Word::Told(Kind::RatedBad),
        (R::Resolver | R::Watcher | R::Logger, H::Reopened) => Word::Told(Kind::Reopened),
        (R::Resolver, H::Lapsed) => Word::Not(Why::Followable),
        (R::Watcher | R::Logger, _) => Word::Not(Why::Followable),
        _ => Word::Not(Why::Nobody),
    }
}

/// It came to its end, and the result is carried back.
const fn on_the_way_back(happening: Happening, relation: Relation) -> Word {
    use Happening as H;
    use Relation as R;
    match (relation, happening) {
        (R::Assignee, H::CitizenTold) => Word::Not(Why::Nobody),
        (R::Assignee, _) => Word::Told(Kind::Assigned),
        (R::Lead, H::Resolved) | (R::Relayer, H::Relayed | H::CitizenTold) => Word::Told(Kind::ActedFor),
        (R::EndedBeside, H::Resolved) => Word::Told(Kind::NotNeeded),
        (R::Watcher, H::Resolved) => Word::Told(Kind::SupervisedResolved),
        (R::Logger, H::Resolved) => Word::Told(Kind::Resolved),
        (R::Relayer, H::RelayTaken) => Word::Told(Kind::TakenUp),
        (R::Relayer, H::RelayHandedOver) => Word::Told(Kind::Taken),
        (R::Resolver, H::Resolved) => Word::Not(Why::Nobody),
        (R::Resolver | R::Watcher | R::Logger, _) => Word::Not(Why::Followable),
        _ => Word::Not(Why::Nobody),
    }
}

/// Somebody helps, does a step, or decides on more time.
const fn beside_the_lead(happening: Happening, relation: Relation) -> Word {
    use Happening as H;
    use Relation as R;
    match (relation, happening) {
        (R::Assignee, H::HelpCalled | H::Delegated | H::ExtensionAsked | H::PartHandedOver) => {
            Word::Told(Kind::Assigned)
        }
        (R::Lead, H::Responded) => Word::Told(Kind::Responded),
        (R::Lead, H::Reported) => Word::Told(Kind::Reported),
        (R::Lead, H::Released) => Word::Told(Kind::Unhelped),
        (R::Lead, H::PartHandedOver) => Word::Told(Kind::Reassigned),
        (R::Lead, H::ExtensionGranted) => Word::Told(Kind::Extended),
        (R::Lead, H::ExtensionRefused) => Word::Told(Kind::NotExtended),
        (R::Lead, _) => Word::Told(Kind::ActedFor),
        (R::Own, H::HelpCalled | H::Delegated | H::ExtensionAsked) => Word::Not(Why::Nobody),
        (R::Own, H::Recalled | H::Released) => Word::Told(Kind::NotNeeded),
        (R::Own, H::PartHandedOver) => Word::Told(Kind::Taken),
        (R::Own, _) => Word::Told(Kind::ActedFor),
        (R::Helper | R::StepTaker | R::Approver, _) => Word::Not(Why::Unchanged),
        (R::Watcher | R::Logger, _) => Word::Not(Why::Followable),
        _ => Word::Not(Why::Nobody),
    }
}

/// Time, those above, or the register do something to it.
const fn from_above(happening: Happening, relation: Relation) -> Word {
    use Happening as H;
    use Relation as R;
    match (relation, happening) {
        (R::Own, H::LimitPassed) | (R::Relayer, H::Overdue) => Word::Not(Why::AsHolder),
        (R::Own | R::Lead | R::Leaders, H::Overdue | H::LimitPassed) => Word::Told(Kind::Overdue),
        (R::Watcher, H::LimitPassed) => Word::Told(Kind::Overdue),
        (R::Lead | R::Relayer, H::Reminded) => Word::Told(Kind::Reminded),
        (R::Lead | R::Watcher, H::Supervised) => Word::Told(Kind::Supervised),
        (R::Own, H::Recomputed) => Word::Told(Kind::DeadlineMoved),
        (R::Lead | R::Helper | R::StepTaker | R::Approver | R::Relayer, H::PlaceMoved) => Word::Told(Kind::PlaceMoved),
        (R::Lead | R::Helper | R::StepTaker | R::Relayer | R::Logger, H::CitizenCorrected) => {
            Word::Told(Kind::Corrected)
        }
        (R::Lead | R::Relayer, H::Recomputed) => Word::Not(Why::Unchanged),
        (R::Helper | R::StepTaker | R::Approver, _) => Word::Not(Why::Unchanged),
        (R::Resolver, H::Overdue | H::Reminded | H::Recomputed | H::PlaceMoved | H::CitizenCorrected) => {
            Word::Not(Why::Followable)
        }
        (R::Watcher | R::Logger, _) => Word::Not(Why::Followable),
        _ => Word::Not(Why::Nobody),
    }
}

/// It follows another request, or does not any more.
const fn as_a_duplicate(happening: Happening, relation: Relation) -> Word {
    use Happening as H;
    use Relation as R;
    match (relation, happening) {
        (R::Assignee, H::ResultShared | H::Separated) => Word::Told(Kind::Assigned),
        (R::Lead | R::Watcher | R::Logger, H::Merged) => Word::Told(Kind::Merged),
        (R::EndedBeside, H::Merged) => Word::Told(Kind::NotNeeded),
        (R::Logger, H::ResultShared) => Word::Told(Kind::Resolved),
        (R::Logger, H::Separated) => Word::Told(Kind::Separated),
        (R::Watcher | R::Logger, _) => Word::Not(Why::Followable),
        _ => Word::Not(Why::Nobody),
    }
}
