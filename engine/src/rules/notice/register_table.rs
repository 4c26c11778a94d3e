//! The table of the register: what can happen to it, whom that touches, and what they are told.

use super::{
    NoticeKind as Kind,
    table::{Silence as Why, Word},
};
use crate::rules::{register::event::Event, tier::words};

words! {
    /// What happens to the register.
    pub enum Change {
        /// Rows were loaded from files into an empty register.
        RowsLoaded = "台账导入",
        /// A person was added.
        PersonAdded = "新增人员",
        /// A unit began.
        UnitCreated = "新设单位",
        /// A unit got a new name.
        UnitRenamed = "单位更名",
        /// A unit got a new parent.
        UnitMoved = "单位划转",
        /// A unit ended.
        UnitDissolved = "单位撤并",
        /// A post began.
        PostCreated = "新设岗位",
        /// A post ended.
        PostAbolished = "岗位撤销",
        /// A person took a post.
        Appointed = "任职",
        /// A person left a post.
        Relieved = "离任",
        /// A mandate changed.
        MandateChanged = "权限调整",
        /// How long something may take changed.
        LimitChanged = "时限调整",
        /// Days of a calendar were declared.
        DaysDeclared = "日历公布",
        /// Somebody is, or will be, absent.
        AbsenceRecorded = "登记缺勤",
        /// An absence ended before its time, or does not come.
        AbsenceEnded = "结束缺勤",
        /// A duty roster began, or will.
        RosterSetUp = "设立值班表",
        /// Another rota holds from some instant on.
        RosterChanged = "调整值班表",
        /// A roster ended, or will.
        RosterEnded = "停用值班表",
        /// Somebody offered a shift.
        SwapOffered = "发起换班",
        /// Somebody took it.
        SwapTaken = "接班",
        /// The offer was taken back.
        SwapTakenBack = "收回换班",
        /// Somebody took over from who was on duty.
        DutyTakenOver = "顶班",
        /// A superior changed who is on duty.
        CoverArranged = "安排替班",
        /// A change of duty acts no longer.
        DutyChangeUndone = "撤销换班替班",
        /// A change of duty, or an offer, ended with what it rested on.
        DutyChangeExpired = "换班替班失效",
        /// A unit that is gone keeps no calendar.
        UnitCalendarEnded = "单位日历停用",
        /// Whoever was to stand in has left the last post.
        SubstituteLeft = "替岗人离任",
    }
}

words! {
    /// How somebody stands to a change of the register.
    pub enum Concerned {
        /// Whose shift it is, or was.
        Out = "让班人",
        /// Who comes on duty by it.
        In = "接班人",
        /// Who began the change of duty.
        Beginner = "发起人",
        /// The colleagues who could take what is offered.
        Invited = "可接班的同岗",
        /// Who stands in the rota, stood in it, or was put on one of its shifts.
        Planned = "排班人员",
        /// Who is absent.
        Absent = "缺勤人",
        /// Who stands in for somebody absent.
        StandIn = "替岗人",
        /// Who relies on somebody to stand in who is away now: the absent, their superiors, who recorded it.
        Relying = "依靠其替岗的人",
        /// Who recorded the absence.
        Recorder = "登记缺勤的人",
        /// Who sees to a roster of which a shift has nobody now: the superior, and the leaders of the town.
        Arranger = "值班安排人",
        /// The superior of a post for which nobody answers now; the dispatcher too, where nobody holds it.
        Superior = "岗位上级",
        /// Who takes the post, or leaves it.
        Holder = "任职人",
        /// Who holds a post on the unit, on that above it, or on that which it goes to.
        OnUnit = "所涉单位人员",
        /// Everybody who works by it.
        Everybody = "全体人员",
    }
}

impl Change {
    /// What an event comes to.
    #[must_use]
    pub const fn of(event: &Event) -> Self {
        match event {
            Event::RowsLoaded { .. } => Self::RowsLoaded,
            Event::PersonAdded { .. } => Self::PersonAdded,
            Event::UnitCreated { .. } => Self::UnitCreated,
            Event::UnitRenamed { .. } => Self::UnitRenamed,
            Event::UnitMoved { .. } => Self::UnitMoved,
            Event::UnitDissolved { .. } => Self::UnitDissolved,
            Event::PostCreated { .. } => Self::PostCreated,
            Event::PostAbolished { .. } => Self::PostAbolished,
            Event::Appointed { .. } => Self::Appointed,
            Event::Relieved { .. } => Self::Relieved,
            Event::MandateChanged { .. } => Self::MandateChanged,
            Event::LimitChanged { .. } => Self::LimitChanged,
            Event::DaysDeclared { .. } => Self::DaysDeclared,
            Event::AbsenceRecorded { .. } => Self::AbsenceRecorded,
            Event::AbsenceEnded { .. } => Self::AbsenceEnded,
            Event::RosterSetUp { .. } => Self::RosterSetUp,
            Event::RosterChanged { .. } => Self::RosterChanged,
            Event::RosterEnded { .. } => Self::RosterEnded,
            Event::SwapOffered { .. } => Self::SwapOffered,
            Event::SwapTaken { .. } => Self::SwapTaken,
            Event::SwapTakenBack { .. } => Self::SwapTakenBack,
            Event::DutyTakenOver { .. } => Self::DutyTakenOver,
            Event::CoverArranged { .. } => Self::CoverArranged,
            Event::DutyChangeUndone { .. } => Self::DutyChangeUndone,
            Event::DutyChangeExpired { .. } => Self::DutyChangeExpired,
            Event::UnitCalendarEnded { .. } => Self::UnitCalendarEnded,
            Event::SubstituteLeft { .. } => Self::SubstituteLeft,
        }
    }
}

/// The table: what somebody who stands so to a change of the register is told of it.
#[must_use]
pub const fn told_of_change(change: Change, concerned: Concerned) -> Word {
    use Change as C;
    use Concerned as W;
    match (change, concerned) {
        (C::UnitCreated | C::UnitMoved | C::UnitDissolved, W::OnUnit) => Word::Told(Kind::UnitChanged),
        (C::DutyChangeExpired, W::Out | W::In | W::Beginner | W::Invited) => Word::Told(Kind::DutyChangeExpired),
        (C::SubstituteLeft, W::Absent | W::Superior | W::Recorder) | (C::AbsenceRecorded, W::Relying) => {
            Word::Told(Kind::SubstituteGone)
        }
        // They hold no post any more.
        (C::SubstituteLeft, W::StandIn) => Word::Not(Why::LetGo),
        (C::UnitRenamed | C::PostCreated | C::UnitCalendarEnded, W::OnUnit) => Word::Not(Why::Followable),
        (C::Appointed, W::Holder) => Word::Told(Kind::Appointed),
        (C::Relieved | C::PostAbolished, W::Holder) => Word::Told(Kind::Relieved),
        (C::Relieved | C::AbsenceRecorded, W::Superior) => Word::Told(Kind::PostUnanswered),
        (C::Relieved | C::PostAbolished | C::AbsenceRecorded | C::RosterSetUp | C::RosterChanged, W::Arranger) => {
            Word::Told(Kind::ShiftEmpty)
        }
        (C::MandateChanged | C::LimitChanged | C::DaysDeclared, W::Everybody) => Word::Not(Why::ForEverybody),
        (C::AbsenceRecorded, W::Absent) => Word::Told(Kind::AbsenceRecorded),
        (C::AbsenceRecorded, W::StandIn) => Word::Told(Kind::StandIn),
        (C::AbsenceRecorded, W::Recorder) => Word::Not(Why::DidIt),
        (C::AbsenceEnded, W::Absent | W::StandIn | W::Recorder) => Word::Told(Kind::AbsenceEnded),
        (C::RosterSetUp | C::RosterChanged | C::RosterEnded, W::Planned) => Word::Told(Kind::RosterChanged),
        (C::SwapOffered, W::Invited) => Word::Told(Kind::SwapOffered),
        (C::SwapTaken, W::Out) => Word::Told(Kind::SwapTaken),
        (C::SwapTaken, W::Invited) => Word::Told(Kind::SwapGone),
        (C::SwapTakenBack, W::Out | W::Invited) => Word::Told(Kind::SwapTakenBack),
        (C::DutyTakenOver, W::Out) => Word::Told(Kind::DutyTakenOver),
        (C::CoverArranged, W::Out | W::In) => Word::Told(Kind::CoverArranged),
        (C::DutyChangeUndone, W::Out | W::In | W::Beginner) => Word::Told(Kind::DutyChangeUndone),
        (C::SwapOffered, W::Out) | (C::SwapTaken | C::DutyTakenOver, W::In) | (C::CoverArranged, W::Beginner) => {
            Word::Not(Why::DidIt)
        }
        // New people hold nothing yet, and what is loaded goes into an empty town.
        (
            C::RowsLoaded
            | C::PersonAdded
            | C::UnitCreated
            | C::UnitRenamed
            | C::UnitMoved
            | C::UnitDissolved
            | C::PostCreated
            | C::PostAbolished
            | C::Appointed
            | C::Relieved
            | C::MandateChanged
            | C::LimitChanged
            | C::DaysDeclared
            | C::AbsenceRecorded
            | C::AbsenceEnded
            | C::RosterSetUp
            | C::RosterChanged
            | C::RosterEnded
            | C::SwapOffered
            | C::SwapTaken
            | C::SwapTakenBack
            | C::DutyTakenOver
            | C::CoverArranged
            | C::DutyChangeUndone
            | C::DutyChangeExpired
            | C::UnitCalendarEnded
            | C::SubstituteLeft,
            _,
        ) => Word::Not(Why::Nobody),
    }
}
