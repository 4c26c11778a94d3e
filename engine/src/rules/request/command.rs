//! What people can ask of a request.

use serde::{Deserialize, Serialize};

use super::{Channel, Citizen, How, Outcome, basis::Basis};
use crate::rules::{
    id::{AssignmentNo, MatterCode, PersonCode, PostCode, RequestId, UnitCode},
    instant::Instant,
    tier::words,
};

/// A new request, as it is logged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRequest {
    /// Where the need is: mostly a household.
    pub place: UnitCode,
    /// What it is about.
    pub matter: MatterCode,
    /// By which way it came.
    pub channel: Channel,
    /// Where it enters, when that is not what the channel says.
    pub entered_at: Option<UnitCode>,
    /// What the citizen says.
    pub words: String,
    /// Who asks.
    pub citizen: Citizen,
    /// Whose conduct it is about; only for matters of conduct, and there always.
    pub accused: Vec<PersonCode>,
}

/// What can be asked of a request that is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// I take it on.
    Accept,
    /// I cannot solve it here: to the next rung that can.
    Escalate {
        /// Why.
        reason: String,
    },
    /// Another post of my rung should have it; the dispatcher may name any post.
    Transfer {
        /// Which post.
        to: PostCode,
        /// Why.
        reason: String,
    },
    /// It is to be solved below.
    SendBack {
        /// Which post; the one that handed it up when none is named.
        to: Option<PostCode>,
        /// Why.
        reason: String,
    },
    /// It is not our duty; the next rung up confirms by resolving it so, or sends it back.
    Reject {
        /// What the citizen is to be told.
        explanation: String,
    },
    /// I need to know something of the citizen.
    AskCitizen {
        /// What.
        question: String,
    },
    /// The citizen answered.
    Resume {
        /// What.
        answer: String,
    },
    /// Something worth knowing. Changes nothing else.
    AddNote {
        /// What.
        text: String,
    },
    /// It has come to its end.
    Resolve {
        /// The truth.
        outcome: Outcome,
        /// The words for the citizen.
        words: String,
        /// The citizen stands before me and hears it now.
        face_to_face: bool,
    },
    /// The result was carried on.
    ConfirmRelay {
        /// Whether the household itself heard it; if not, the next in line carries on.
        told: bool,
        /// Who heard it.
        whom: String,
        /// When.
        when: Instant,
        /// How.
        how: How,
    },
    /// What the citizen says of the result.
    Rate {
        /// Whether it was good; if not, the case goes one rung above the resolver.
        satisfied: bool,
        /// In the citizen's words.
        words: String,
    },
    /// The citizen takes it back.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// The supervisor names the post that has to handle it.
    Rule {
        /// Which post.
        to: PostCode,
        /// Why.
        ruling: String,
    },
    /// 催办: how far is it? Moves no limit.
    Remind {
        /// In the words of who asks.
        words: String,
    },
    /// 督办: this case is watched, and has a limit of its own.
    Supervise {
        /// What is expected.
        words: String,
        /// Within how many working days; as the register has it when left out.
        working_days: Option<u16>,
    },
    /// 更正事项: it was logged as something that it is not.
    Correct {
        /// What it is.
        matter: MatterCode,
        /// Why.
        reason: String,
    },
    /// 更正地点: the need is elsewhere than it was logged.
    CorrectPlace {
        /// Where it is.
        place: UnitCode,
        /// Where it entered; as it was when left out, where that unit serves the place.
        entered_at: Option<UnitCode>,
        /// Why.
        reason: String,
    },
    /// 更正当事人: who asks, or the telephone, was written down wrongly.
    CorrectCitizen {
        /// As it should be.
        citizen: Citizen,
        /// Why.
        reason: String,
    },
    /// 并案: it is the same as another request, which is handled; its household hears what comes of that one.
    Merge {
        /// Which.
        into: RequestId,
        /// Why.
        reason: String,
    },
    /// 拆分并案: it is not the same as the one that it was merged into, and goes on by itself.
    Separate {
        /// Why.
        reason: String,
    },
    /// 提级: I stand on a higher rung and handle it myself.
    TakeOver {
        /// Why.
        reason: String,
    },
    /// 吹哨: another post is called to help, and reports; I stay responsible.
    CallHelp {
        /// Which post.
        to: PostCode,
        /// What with.
        reason: String,
    },
    /// 交办: a post below me does a step of it, and reports; I stay responsible.
    Delegate {
        /// Which post.
        to: PostCode,
        /// What is to be done.
        instruction: String,
    },
    /// 报到: I am there, and at it.
    Respond {
        /// Which assignment of mine.
        no: AssignmentNo,
    },
    /// What I was called for, or what was handed down to me, is done, or cannot be.
    Report {
        /// Which assignment of mine.
        no: AssignmentNo,
        /// What came of it.
        words: String,
    },
    /// I do not need it any more.
    Recall {
        /// Which assignment, of help or of a step.
        no: AssignmentNo,
        /// Why.
        reason: String,
    },
    /// 延期: I need more time to finish.
    AskExtension {
        /// How many working days more.
        working_days: u16,
        /// Why.
        reason: String,
    },
    /// The rung below may have the time it asked for.
    GrantExtension,
    /// The rung below may not have it.
    RefuseExtension {
        /// Why.
        reason: String,
    },
    /// 重新计算时限: the limits that run are reckoned anew.
    Recompute {
        /// Whether with the times that the register gives today, instead of those of the day it was logged.
        rules_of_today: bool,
        /// Why.
        reason: String,
        /// How the limits were reckoned, as the journal says: filled in by who has the journal, and no part of
        /// what is asked.
        #[serde(skip)]
        bases: Vec<Basis>,
    },
}

words! {
    /// A command without its facts.
    pub enum CommandKind {
        /// See [`Command::Accept`].
        Accept = "接收",
        /// See [`Command::Escalate`].
        Escalate = "上报",
        /// See [`Command::Transfer`].
        Transfer = "转办",
        /// See [`Command::SendBack`].
        SendBack = "退回",
        /// See [`Command::Reject`].
        Reject = "申请不予受理",
        /// See [`Command::AskCitizen`].
        AskCitizen = "询问当事人",
        /// See [`Command::Resume`].
        Resume = "恢复办理",
        /// See [`Command::AddNote`].
        AddNote = "备注",
        /// See [`Command::Resolve`].
        Resolve = "办结",
        /// See [`Command::ConfirmRelay`].
        ConfirmRelay = "确认回传",
        /// See [`Command::Rate`].
        Rate = "评价",
        /// See [`Command::Withdraw`].
        Withdraw = "撤回",
        /// See [`Command::Rule`].
        Rule = "裁定",
        /// See [`Command::Remind`].
        Remind = "催办",
        /// See [`Command::Supervise`].
        Supervise = "督办",
        /// See [`Command::Correct`].
        Correct = "更正事项",
        /// See [`Command::CorrectPlace`].
        CorrectPlace = "更正地点",
        /// See [`Command::CorrectCitizen`].
        CorrectCitizen = "更正当事人",
        /// See [`Command::Merge`].
        Merge = "并案",
        /// See [`Command::Separate`].
        Separate = "拆分并案",
        /// See [`Command::TakeOver`].
        TakeOver = "提级办理",
        /// See [`Command::CallHelp`].
        CallHelp = "吹哨",
        /// See [`Command::Delegate`].
        Delegate = "交办",
        /// See [`Command::Respond`].
        Respond = "报到",
        /// See [`Command::Report`].
        Report = "回报",
        /// See [`Command::Recall`].
        Recall = "收回",
        /// See [`Command::AskExtension`].
        AskExtension = "申请延期",
        /// See [`Command::GrantExtension`].
        GrantExtension = "同意延期",
        /// See [`Command::RefuseExtension`].
        RefuseExtension = "不同意延期",
        /// See [`Command::Recompute`].
        Recompute = "重新计算时限",
    }
}

impl Command {
    /// The command without its facts.
    #[must_use]
    pub const fn kind(&self) -> CommandKind {
        match self {
            Self::Accept => CommandKind::Accept,
            Self::Escalate { .. } => CommandKind::Escalate,
            Self::Transfer { .. } => CommandKind::Transfer,
            Self::SendBack { .. } => CommandKind::SendBack,
            Self::Reject { .. } => CommandKind::Reject,
            Self::AskCitizen { .. } => CommandKind::AskCitizen,
            Self::Resume { .. } => CommandKind::Resume,
            Self::AddNote { .. } => CommandKind::AddNote,
            Self::Resolve { .. } => CommandKind::Resolve,
            Self::ConfirmRelay { .. } => CommandKind::ConfirmRelay,
            Self::Rate { .. } => CommandKind::Rate,
            Self::Withdraw { .. } => CommandKind::Withdraw,
            Self::Rule { .. } => CommandKind::Rule,
            Self::Remind { .. } => CommandKind::Remind,
            Self::Supervise { .. } => CommandKind::Supervise,
            Self::Correct { .. } => CommandKind::Correct,
            Self::CorrectPlace { .. } => CommandKind::CorrectPlace,
            Self::CorrectCitizen { .. } => CommandKind::CorrectCitizen,
            Self::Merge { .. } => CommandKind::Merge,
            Self::Separate { .. } => CommandKind::Separate,
            Self::TakeOver { .. } => CommandKind::TakeOver,
            Self::CallHelp { .. } => CommandKind::CallHelp,
            Self::Delegate { .. } => CommandKind::Delegate,
            Self::Respond { .. } => CommandKind::Respond,
            Self::Report { .. } => CommandKind::Report,
            Self::Recall { .. } => CommandKind::Recall,
            Self::AskExtension { .. } => CommandKind::AskExtension,
            Self::GrantExtension => CommandKind::GrantExtension,
            Self::RefuseExtension { .. } => CommandKind::RefuseExtension,
            Self::Recompute { .. } => CommandKind::Recompute,
        }
    }
}
