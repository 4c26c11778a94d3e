//! Who must be told what, and when: an event's consequences for people, as rows for the outbox.

pub mod delivery;
mod digest;
mod of_register;
mod of_request;
mod register_table;
mod request_table;
mod see_to;
mod table;
#[cfg(test)]
mod tests;
mod urgency;

use serde::{Deserialize, Serialize};

use super::{
    id::{AbsenceCode, AssignmentNo, DutyChangeCode, PersonCode, PostCode, RequestId, RosterCode, UnitCode},
    instant::Instant,
    tier::words,
};
pub use digest::{Line, is_over, lines};
pub use of_register::{notices_of_register, register_may_tell};
pub use of_request::{Touched, may_tell, notices, touched};
pub use register_table::{Change, Concerned, told_of_change};
pub use request_table::{Happening, Relation, told};
pub use table::{Silence, Word, page};
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
        /// What you resolved, logged, or had under supervision was reopened.
        Reopened = "已办结的诉求被重开",
        /// What you have, or logged, is another matter than it was logged as, elsewhere, or somebody else's.
        Corrected = "诉求信息已更正",
        /// What you had, or logged, follows another request as its duplicate, and has that one's result.
        Merged = "已并案",
        /// What you logged follows no other request any more, and is handled by itself.
        Separated = "并案已撤销",
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
        /// Somebody else who answers for your post did it in your stead.
        ActedFor = "同岗已代您办理",
        /// Who leads what you help with, or who helps you, is somebody else now.
        Reassigned = "协同的人已更换",
        /// The citizen was asked something; until the answer your time rests.
        CitizenAsked = "正在等群众答复",
        /// The citizen answered, and your time runs on.
        CitizenAnswered = "群众已答复",
        /// The citizen did not answer in time, and your time runs on.
        CitizenSilent = "群众逾期未答复",
        /// A note was written.
        NoteAdded = "有新备注",
        /// The citizen took it back: there is nothing to be done any more.
        Withdrawn = "诉求已撤回",
        /// What you have under supervision came to its end.
        SupervisedResolved = "您督办的诉求已办结",
        /// The citizen is content with what you resolved.
        RatedGood = "群众评价满意",
        /// The citizen is not, and there is nobody above to go on with it.
        RatedBad = "群众评价不满意",
        /// Who was called, or was handed a step, is there.
        Responded = "协办或环节已报到",
        /// A deadline of yours was reckoned anew, and ends at another time.
        DeadlineMoved = "时限已重新计算",
        /// The place went up in another unit.
        PlaceMoved = "诉求地点已并入他处",
        /// A colleague offers a shift that you could take.
        SwapOffered = "有班可接",
        /// Somebody takes the shift that you offered.
        SwapTaken = "您的班已有人接",
        /// The shift that was offered is not to be had any more.
        SwapTakenBack = "换班已收回",
        /// The shift that was offered to you was taken by somebody else.
        SwapGone = "该班已有他人接",
        /// A colleague has come on duty in your place.
        DutyTakenOver = "已有人顶您的班",
        /// A superior put you on duty, or took you off it.
        CoverArranged = "替班已安排",
        /// A change of duty that concerned you acts no longer.
        DutyChangeUndone = "换班替班已撤销",
        /// A change of duty, or an offer, that concerned you is over: what it rested on is gone.
        DutyChangeExpired = "换班替班已失效",
        /// Whoever was to stand in cannot, or not for now.
        SubstituteGone = "替岗人不能替岗",
        /// The rota of a roster that you stand in, or stood in, is another one from some instant on, or none.
        RosterChanged = "值班安排已调整",
        /// You are recorded as absent.
        AbsenceRecorded = "已为您登记缺勤",
        /// You stand in for somebody absent.
        StandIn = "请您替岗",
        /// An absence that concerned you is over before its time, or does not come.
        AbsenceEnded = "缺勤已结束",
        /// A shift of a roster that you see to has nobody, and only who is on duty takes requests there.
        ShiftEmpty = "值班无人,请安排",
        /// A post that you see to has nobody who answers for it.
        PostUnanswered = "岗位无人顶岗,请安排",
        /// You hold a post, from now on.
        Appointed = "您已任职",
        /// You do not hold a post any more.
        Relieved = "您已离任",
        /// A unit that you have to do with is new, stands elsewhere, or is gone.
        UnitChanged = "所涉单位有调整",
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
    /// A post.
    Post(PostCode),
    /// A unit.
    Unit(UnitCode),
}

impl About {
    /// The request, if it is about one.
    #[must_use]
    pub const fn request(&self) -> Option<RequestId> {
        if let Self::Request { id, .. } = self { Some(*id) } else { None }
    }

    /// The assignment, if it is about one.
    #[must_use]
    pub const fn assignment(&self) -> Option<AssignmentNo> {
        if let Self::Request { assignment, .. } = self { *assignment } else { None }
    }

    /// The change of duty, if it is about one.
    #[must_use]
    pub const fn duty_change(&self) -> Option<&DutyChangeCode> {
        if let Self::DutyChange(code) = self { Some(code) } else { None }
    }

    /// The absence, if it is about one.
    #[must_use]
    pub const fn absence(&self) -> Option<&AbsenceCode> {
        if let Self::Absence(code) = self { Some(code) } else { None }
    }

    /// The roster, if it is about one.
    #[must_use]
    pub const fn roster(&self) -> Option<&RosterCode> {
        if let Self::Roster(code) = self { Some(code) } else { None }
    }

    /// The post, if it is about one.
    #[must_use]
    pub const fn post(&self) -> Option<&PostCode> {
        if let Self::Post(code) = self { Some(code) } else { None }
    }

    /// The unit, if it is about one.
    #[must_use]
    pub const fn unit(&self) -> Option<&UnitCode> {
        if let Self::Unit(code) = self { Some(code) } else { None }
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
