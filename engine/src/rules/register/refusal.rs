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
