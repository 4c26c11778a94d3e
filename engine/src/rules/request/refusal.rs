//! Why a command about a request is refused: facts with stable codes, never an error.

use crate::rules::tier::words;

words! {
    /// The stable code of a refusal. Each has a story in `fixtures/stories`.
    pub enum Code {
        /// No such request, or none that the actor may see.
        UnknownRequest = "没有这件诉求",
        /// No such unit.
        UnknownPlace = "没有这个地点",
        /// The unit is not there any more, or not yet.
        PlaceGone = "该地点已撤并或尚未设立",
        /// No such matter.
        UnknownMatter = "没有这个事项",
        /// The matter cannot be asked for now.
        MatterNotOffered = "该事项目前不受理",
        /// The request is that matter already.
        SameMatter = "已是该事项",
        /// The matter and the place were corrected as often as they can be.
        CorrectedTooOften = "事项更正次数已满",
        /// It is written down so already.
        NothingToCorrect = "与登记内容相同",
        /// A duplicate names the other request: that is what merging is for.
        DuplicateOfWhat = "重复诉求须并入另一件",
        /// A request is no duplicate of itself.
        SameRequest = "不能并入自身",
        /// What it is to be merged into was merged itself.
        MergedAlready = "对方已并入他件",
        /// What it is to be merged into is over: nothing would come to this household from there.
        OtherClosed = "对方已结束",
        /// The two do not complain of the same people.
        AccusedDiffers = "被反映人不同",
        /// No such post.
        UnknownPost = "没有这个岗位",
        /// No such person.
        UnknownPerson = "没有这个人员",
        /// The place lies outside the units of the actor's posts.
        NotYourUnit = "不在您的辖区",
        /// The actor's roles do not allow it.
        NotAllowed = "您无权进行此操作",
        /// The request is at a stage where this cannot be done.
        WrongStage = "当前状态不能进行此操作",
        /// A text that must be there is empty.
        WordsMissing = "缺少必填文字",
        /// A text is too long.
        TooLong = "文字过长",
        /// A text has signs in it that people do not write or cannot see.
        BadText = "文字含有不可用字符",
        /// The place does not lie in the territory that the unit of entry serves.
        EntryElsewhere = "受理单位不服务该地点",
        /// A matter of conduct must name whom it is about.
        AccusedMissing = "作风类诉求须指明被反映人",
        /// Only a matter of conduct names a person.
        AccusedUnexpected = "该事项不指向个人",
        /// Everybody who could take it is recused or missing.
        NobodyMayTake = "镇内无人可受理,请向上级反映",
        /// There is no rung above that answers.
        NobodyAbove = "上面已无层级可上报",
        /// The named post is not at a lower rung of this case, or there is none.
        NotLower = "退回对象不在下级",
        /// The named post is not at the same rung.
        NotSameRung = "转办对象不在同级",
        /// Nobody holds the named post.
        PostVacant = "该岗位空缺",
        /// Whoever holds the named post is absent, and nobody stands in.
        PostAbsent = "该岗位人员不在岗",
        /// The named post may not resolve this matter.
        NoMandate = "该岗位无此事项权限",
        /// The named post had the case in this climb, or has it now.
        AlreadyHeld = "该岗位已经手过",
        /// The named post is held by somebody the case goes round.
        Recused = "该岗位须回避",
        /// The supervisor ruled that the holder has to handle it.
        Ruled = "已裁定由您办理",
        /// Not our duty has to be proposed by the rung below first.
        NotProposed = "须由下级先申请不予受理",
        /// A proposal waits: confirm it or send it back.
        ProposalPending = "已有不予受理申请待确认",
        /// Only who logged a request stands face to face with the citizen.
        NotFaceToFace = "只有登记人可当面办结",
        /// The outcome is not one that a holder gives.
        OutcomeNotYours = "不能选择该办理结果",
        /// There is nobody nearer to the household: tell it yourself.
        LastInLine = "您是最后一环,须直接告知群众",
        /// The time lies in the future, or before there was anything to tell.
        BadTime = "时间不合理",
        /// Nobody rates their own work.
        OwnWork = "不能评价自己办的事",
        /// Who asks reminded the holder today already.
        RemindedToday = "今天已催办过",
        /// So many working days cannot be given; or none are, and the register has none.
        BadDays = "工作日天数不合理",
        /// The named post is at it already.
        AlreadyCalled = "该岗位正在协办",
        /// So many are at it that one more would help nobody.
        TooManyHelpers = "协办岗位过多",
        /// The named post does not stand below the holder's.
        NotSubordinate = "该岗位不是下级岗位",
        /// The request has no such open assignment of helping or of a step.
        NoSuchAssignment = "没有这项待办的协办或环节",
        /// They said already that they are there.
        AlreadyThere = "已经报到",
        /// A step was handed down and is not reported yet.
        StepOpen = "交办的环节尚未回报",
        /// There is no time to finish that could be longer.
        NothingToExtend = "没有可延长的时限",
        /// More time was asked for, or granted, already.
        AlreadyExtended = "已申请过延期",
        /// Every limit ends when it did.
        NothingMoves = "没有需要调整的时限",
        /// The new limit would lie behind the one of the law.
        PastStatutory = "延期不得超过法定时限",
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
