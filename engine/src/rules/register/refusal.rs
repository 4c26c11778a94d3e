//! Why a change of the register is refused.

use crate::rules::{request, tier::words};

words! {
    /// The stable code of a refusal. Each has a story in `fixtures/stories`.
    pub enum Code {
        /// The actor does not keep the register there.
        NotYourRegister = "您无权修改该处台账",
        /// The register has no such unit, post, person or matter now.
        NotInRegister = "台账中没有此项",
        /// The code is taken.
        CodeTaken = "编码已被占用",
        /// Somebody is first holder already.
        PostTaken = "该岗位已有任职人",
        /// The person holds the post already.
        AlreadyHolds = "此人已任该岗位",
        /// The person does not hold the post.
        DoesNotHold = "此人未任该岗位",
        /// Only units of one kind merge, and not with themselves or what is below them.
        CannotMerge = "单位不能合并",
        /// Something stands below the unit, or has open work: name a successor.
        SuccessorNeeded = "须指定承接单位",
        /// A text has signs in it that people do not write or cannot see.
        BadText = "文字含有不可用字符",
        /// The register would be wrong afterwards.
        WouldBreak = "修改后台账将不合法",
        /// It is so already.
        NothingChanges = "没有变化",
        /// Open work would be left with nobody.
        WorkLeftBehind = "未办事项将无人承接",
        /// Rows are loaded only into an empty register; later changes are commands.
        NotEmpty = "台账不为空",
        /// What is past stays as it was.
        PastDay = "过去的日子不能更改",
        /// The actor is neither the person, nor a superior, nor keeps the register there.
        NotYourAbsence = "您无权登记此人缺勤",
        /// The absence is over, or was taken back.
        AbsenceOver = "该次缺勤已结束",
        /// The one named cannot stand in: holds nothing, or is the person.
        CannotStandIn = "此人不能替岗",
        /// The actor's posts do not allow it on that duty roster.
        NotYourDuty = "您无权变更此值班",
        /// The change of duty is at a stage where this cannot be done.
        WrongStage = "当前状态不能进行此操作",
        /// The roster has no such shift.
        UnknownShift = "没有这个班次",
        /// The person is not on that shift.
        NotOnShift = "此人不在该班次",
        /// The person is on that shift already.
        AlreadyOnShift = "此人已在该班次",
        /// The shift has begun, so that it cannot be swapped any more.
        ShiftBegun = "班次已开始,不能换班",
        /// What it covers is over.
        ShiftOver = "班次已结束",
        /// The offer is for somebody else.
        NotForYou = "该换班指定了他人",
        /// Nobody takes their own offer.
        OwnOffer = "不能接自己的班",
        /// The person is absent at that time.
        PersonAbsent = "此人届时不在岗",
        /// Another change of duty rests on this one.
        StillReliedOn = "另有换班替班以此为据",
        /// Nobody would be on duty.
        LeavesGap = "将造成空岗",
    }
}

/// A refusal: which rule, and what in the command it is about.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Refusal {
    /// The stable code.
    pub code: Code,
    /// What it is about, lower case, naming the input and the mend.
    pub message: String,
}

impl Refusal {
    /// A refusal with its message.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// A refusal as the result of a decision.
    ///
    /// # Errors
    /// Always: it is the refusal.
    pub fn because<T>(code: Code, message: impl Into<String>) -> Result<T, Self> {
        Err(Self::new(code, message))
    }
}

impl From<request::refusal::Refusal> for Refusal {
    fn from(refusal: request::refusal::Refusal) -> Self {
        Self { code: Code::WorkLeftBehind, message: refusal.message }
    }
}
