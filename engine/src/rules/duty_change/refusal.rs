//! Why a command about duty is refused: facts with stable codes, never an error.

use crate::rules::tier::words;

words! {
    /// The stable code of a refusal.
    pub enum Code {
        /// No such roster now.
        UnknownRoster = "没有这个值班表",
        /// The roster has no such shift.
        UnknownShift = "没有这个班次",
        /// No such person.
        UnknownPerson = "没有这个人员",
        /// The actor's roles do not allow it.
        NotAllowed = "您无权进行此操作",
        /// The change is at a stage where this cannot be done.
        WrongStage = "当前状态不能进行此操作",
        /// The person is not on that shift.
        NotOnShift = "此人不在该班次",
        /// The person is on that shift already.
        AlreadyOnShift = "此人已在该班次",
        /// The shift has begun, so that it cannot be swapped any more.
        ShiftBegun = "班次已开始,不能换班",
        /// What it covers is over.
        Over = "班次已结束",
        /// The offer is for somebody else.
        NotForYou = "该换班指定了他人",
        /// Nobody takes their own offer.
        OwnOffer = "不能接自己的班",
        /// The person does not hold a post for which the roster decides.
        NotHolder = "此人未任该值班表的岗位",
        /// The person is absent at that time.
        Absent = "此人届时不在岗",
        /// Nobody would be on duty.
        LeavesGap = "将造成空岗",
        /// It is so already.
        NothingChanges = "没有变化",
        /// A text that must be there is empty.
        WordsMissing = "缺少必填文字",
        /// A text is too long.
        TooLong = "文字过长",
        /// A text has control characters in it.
        BadText = "文字含有不可用字符",
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
