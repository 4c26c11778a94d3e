//! The words of the engine as GraphQL enums, and its instants and positions as scalars.

use std::sync::LazyLock;

use async_graphql::{Enum, InputValueError, InputValueResult, Number, Scalar, ScalarType, Value};
use liandong_engine::rules::{
    calendar,
    instant::{Instant, Zone},
    limit, matter, notice, post, register, request, roster,
    routing::account,
    tier,
};

static CHINA: LazyLock<Zone> = LazyLock::new(Zone::china);

/// A point in time: RFC 3339 with the offset of China. As input a date (its midnight in China) will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct When(pub(crate) Instant);

impl When {
    /// The instant, unless it is before or after everything.
    pub(crate) fn within(at: Instant) -> Option<Self> {
        (at != Instant::MIN && at != Instant::MAX).then_some(Self(at))
    }
}

/// A point in time: RFC 3339 with the offset of China; as input a date will do, for its midnight in China.
#[Scalar(name = "Instant")]
impl ScalarType for When {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else {
            let what = format!("`{value}` is not a date (2015-03-01) nor an instant (2015-03-01T08:30:00+08:00)");
            return Err(InputValueError::custom(what));
        };
        Instant::parse(text, &CHINA).map(Self).map_err(InputValueError::custom)
    }

    /// Looked at before anything is executed.
    fn is_valid(value: &Value) -> bool {
        Self::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.rfc3339(&CHINA))
    }
}

/// A place in the journal, counted from 1 without gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position(pub(crate) i64);

/// A place in the journal, counted from 1 without gaps; 0 is before everything. A number, or its digits.
#[Scalar]
impl ScalarType for Position {
    fn parse(value: Value) -> InputValueResult<Self> {
        let number = match &value {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        let bad = || InputValueError::custom(format!("`{value}` is not a position; use one that this server gave"));
        number.filter(|n| *n >= 0).map(Self).ok_or_else(bad)
    }

    /// Looked at before anything is executed.
    fn is_valid(value: &Value) -> bool {
        Self::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::Number(Number::from(self.0))
    }
}

/// A GraphQL enum for each `words!` of the rules, with the same names.
macro_rules! mirrors {
    ($($(#[$doc:meta])* $name:ident of $remote:ty { $($(#[$vdoc:meta])* $variant:ident),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
        #[graphql(rename_items = "PascalCase")]
        pub(crate) enum $name { $($(#[$vdoc])* $variant),* }

        impl From<$remote> for $name {
            fn from(word: $remote) -> Self {
                type Remote = $remote;
                match word { $(Remote::$variant => Self::$variant),* }
            }
        }

        impl From<$name> for $remote {
            fn from(word: $name) -> Self {
                match word { $($name::$variant => Self::$variant),* }
            }
        }
    )*};
}

mirrors! {
    /// What a duty is for.
    RosterKind of roster::RosterKind {
        /// 坐班: sits at the village's service point.
        ServicePoint,
        /// 大厅周末值班: keeps the town's hall open on days off.
        HallWeekend,
        /// 领导接访: a leader receives whoever comes, mostly on market days.
        Reception,
        /// 夜间值班
        Night,
        /// 节假日值班
        Holiday,
        /// 日常值班
        Everyday,
    }

    /// Days on which there is duty. Of several, one that fits is enough.
    DutyDay of roster::On {
        /// 周一
        Monday,
        /// 周二
        Tuesday,
        /// 周三
        Wednesday,
        /// 周四
        Thursday,
        /// 周五
        Friday,
        /// 周六
        Saturday,
        /// 周日
        Sunday,
        /// 工作日: make-up working days with them.
        Working,
        /// 休息日: a weekend day that is neither worked nor part of a holiday.
        Rest,
        /// 节假日
        Holiday,
        /// 调休上班: weekend days that are worked.
        MakeUp,
        /// 赶场天
        Market,
        /// 每天
        Every,
    }

    /// When the turn passes to the next in the order.
    Turn of roster::Turn {
        /// 每日轮换: with every day of the calendar, whether or not there is duty on it.
        Daily,
        /// 每周轮换
        Weekly,
        /// 逐次轮换: with every day of duty.
        PerOccurrence,
    }

    /// A day of the week.
    Weekday of calendar::Weekday {
        /// 周一
        Monday,
        /// 周二
        Tuesday,
        /// 周三
        Wednesday,
        /// 周四
        Thursday,
        /// 周五
        Friday,
        /// 周六
        Saturday,
        /// 周日
        Sunday,
    }

    /// How somebody comes to be on duty, or off it, other than by the rota.
    DutyChangeKind of roster::DutyChangeKind {
        /// 换班: one offers a shift, another takes it.
        Swap,
        /// 顶班: a colleague takes the place of who is on duty, from now to the end of the shift.
        TakeOver,
        /// 安排替班: a superior puts somebody on duty, takes somebody off, or both.
        Cover,
    }

    /// Where a change of duty is in its life.
    DutyChangeStage of roster::DutyChangeStage {
        /// 待接班
        Offered,
        /// 已生效
        InForce,
        /// 已收回
        TakenBack,
        /// 已撤销
        Undone,
        /// 已失效: what it rested on is gone.
        Expired,
    }

    /// Why a change of duty came to its end without anybody ending it.
    DutyExpiry of roster::Expiry {
        /// 班次已开始: the shift began before anybody took it.
        ShiftBegun,
        /// 班次已取消: its roster ended, or counts anew.
        ShiftGone,
        /// 已由他人接班: another took the shift.
        TakenByAnother,
        /// 原值班人已不在该班次: whose shift it was is not on it any more.
        NotOnShift,
        /// 接班人已离任: who was to come holds no post there any more.
        PostLeft,
        /// 接班人届时不能接班: who alone could take it is away then, or on that shift already.
        CannotCome,
        /// 所依据的换班替班已失效: the change on which it rested is gone.
        GroundGone,
    }

    /// What can happen to a change of duty.
    DutyHappening of register::duty::Happening {
        /// 发起换班
        Offered,
        /// 接班
        Taken,
        /// 收回换班
        TakenBack,
        /// 顶班
        TakenOver,
        /// 安排替班
        Arranged,
        /// 撤销
        Undone,
        /// 失效
        Expired,
    }

    /// What a notice, or the place itself, makes of one date.
    DeclaredKind of calendar::Declared {
        /// 节假日
        Holiday,
        /// 调休上班
        MakeUp,
        /// 本地放假
        LocalOff,
        /// 半天上班: half a day off is still a working day; its hours are those declared for it.
        HalfDay,
        /// 平常日: what it would be if this calendar had never declared anything of it.
        Ordinary,
    }
    /// What a unit is: a territory (the first nine, from high to low) or a functional unit that serves one.
    UnitKind of tier::UnitKind {
        /// 省
        Province,
        /// 市州
        Prefecture,
        /// 县
        County,
        /// 镇
        Town,
        /// 办事处
        Office,
        /// 村
        Village,
        /// 组
        Group,
        /// 片
        Area,
        /// 户
        Household,
        /// 服务大厅
        Hall,
        /// 窗口
        Window,
        /// 站所
        Department,
        /// 工作组
        WorkTeam,
        /// 便民服务点
        ServicePoint,
        /// 便民服务队
        ServiceTeam,
        /// 信访接待室
        PetitionRoom,
    }

    /// A level of the territory tree, from high to low.
    Tier of tier::Tier {
        /// 省
        Province,
        /// 市州
        Prefecture,
        /// 县
        County,
        /// 镇
        Town,
        /// 办事处
        Office,
        /// 村
        Village,
        /// 组
        Group,
        /// 片
        Area,
        /// 户
        Household,
    }

    /// What a post is for.
    PostKind of post::PostKind {
        /// 联户党员: keeps in touch with one household.
        HouseholdContact,
        /// 包片组干部: has part of a large group.
        AreaCadre,
        /// 组长: leads a group.
        GroupLeader,
        /// 包组村干部: the village cadre linked to a group.
        GroupLink,
        /// 村常务干部: a village's standing cadre.
        StandingCadre,
        /// 驻村干部: the town cadre resident in a village.
        ResidentCadre,
        /// 挂办领导: the leader linked to an office.
        OfficeLeader,
        /// 窗口人员: sits at a window of the hall.
        WindowClerk,
        /// 工作组成员: a member of a work team, service team or petition room.
        TeamMember,
        /// 站所负责人: heads a department.
        DepartmentHead,
        /// 派单岗: takes what no rung answers.
        Dispatcher,
        /// 值班领导: the town's leader on duty, who keeps the register.
        DutyLeader,
        /// 督办: rules where cadres do not agree.
        Supervisor,
    }

    /// As what a person holds a post.
    Rank of post::Rank {
        /// A岗: the holder.
        First,
        /// B岗: stands in when there is no first holder.
        Substitute,
    }

    /// What a mandate allows.
    Power of matter::Power {
        /// 办理: may bring the matter to its end.
        Resolve,
        /// 代办: may only help it along.
        Assist,
    }

    /// Why a post was passed on the way up.
    Verdict of account::Verdict {
        /// 无权限: it may not resolve this matter.
        NoMandate,
        /// 空缺: nobody holds it, or the rung has no post here.
        Vacant,
        /// 不在岗: whoever answers for it is absent, and nobody stands in.
        Absent,
        /// 未当班: others are on duty there, and only they take requests.
        OffDuty,
        /// 回避: the request is about its holder, or about somebody above its holder.
        Recused,
        /// 已经手: it held the request in this climb already.
        AlreadyHeld,
        /// 上级指定: a superior's order passes it over.
        Overruled,
    }

    /// Where a request is in its life.
    Stage of request::StageKind {
        /// 待接收: an offer waits to be accepted.
        Routed,
        /// 办理中: somebody is at it.
        InHand,
        /// 待群众答复: the citizen was asked something.
        Waiting,
        /// 待裁定: returned too often; the supervisor rules.
        Frozen,
        /// 已并案: the same as another request, which it follows; its household hears what comes of that one.
        Merged,
        /// 已办结回传中: being carried back.
        Resolved,
        /// 已告知: the household has heard it.
        Told,
        /// 已关闭: over.
        Closed,
    }

    /// How a request ended: the truth, not the wish.
    Outcome of request::Outcome {
        /// 已解决: what was asked for is done.
        Solved,
        /// 部分解决: part of it is done.
        PartlySolved,
        /// 已解释: nothing had to be done but explain.
        Explained,
        /// 无法解决: it cannot be done.
        CannotBeSolved,
        /// 不属本级职责: it is somebody else's to do.
        NotOurDuty,
        /// 重复诉求: the same as another that is not named; nobody gives it any more, see `merge`.
        Duplicate,
        /// 已撤回: the citizen took it back.
        Withdrawn,
    }

    /// By which way a request came.
    Channel of request::Channel {
        /// 组内反映: the citizen came to a cadre in the group.
        GroupVisit,
        /// 上门: a cadre came to the household.
        HomeVisit,
        /// 坐班: at the village's service point.
        ServicePoint,
        /// 大厅: at the town's hall.
        Hall,
        /// 接访: at the petition room, or on a market day.
        ReceptionDay,
        /// 意见箱: in the box for opinions.
        OpinionBox,
        /// 留言册: in the message book.
        MessageBook,
        /// 民意调查: in a survey.
        Survey,
        /// 电话: by telephone.
        Phone,
        /// 网上: by the network.
        Online,
    }

    /// What an assignment obliges to.
    Duty of request::Duty {
        /// 承办: bring the request to its end.
        Handle,
        /// 协办: help who handles it, who stays responsible.
        CoHandle,
        /// 环节: one step that was handed down, or has to be granted from above.
        Step,
        /// 回传: carry the result on.
        Relay,
    }

    /// How an assignment ended.
    Ending of request::Ending {
        /// 已上报: handed up.
        Escalated,
        /// 已转办: handed to another post of the rung.
        Transferred,
        /// 已退回: handed back down.
        SentBack,
        /// 已申请不予受理: proposed as not our duty.
        Rejected,
        /// 已冻结: returned too often.
        Frozen,
        /// 已裁定: decided by the supervisor.
        Ruled,
        /// 已办结: brought to its end.
        Resolved,
        /// 已回传: the result was carried on.
        Relayed,
        /// 已撤回: the citizen took the request back.
        Withdrawn,
        /// 超时已提级: taken up by somebody above, because its time ran out.
        TakenUp,
        /// 已移交: passed to whoever holds the post now.
        HandedOver,
        /// 已回报: done, and reported to who asked for it.
        Reported,
        /// 事项已更正: the case is another matter, or elsewhere, and is somebody's by that.
        Corrected,
        /// 已并案: the case is the same as another, which is handled.
        Merged,
        /// 已收回: taken back by who asked for it.
        Recalled,
        /// 不再需要: the case went on without it.
        Released,
    }

    /// How the household heard it.
    How of request::How {
        /// 当面: in person.
        FaceToFace,
        /// 电话: by telephone.
        Phone,
        /// 短信: by a written message.
        Message,
        /// 书面: on paper.
        Letter,
    }

    /// What somebody is told.
    NoticeKind of notice::NoticeKind {
        /// 新交办: a new assignment is yours.
        Assigned,
        /// 已移交他人: an assignment of yours passed to somebody else.
        Taken,
        /// 您登记的诉求已办结: what you logged came to its end.
        Resolved,
        /// 超时未办,已上报: an assignment of yours was not done in time, and went up.
        TakenUp,
        /// 已超期,请督办: a limit ran out, and there is nobody above who could take it.
        Overdue,
        /// 已办结的诉求被重开: what you resolved, logged, or had under supervision was reopened.
        Reopened,
        /// 诉求信息已更正: what you have, or logged, is another matter than it was logged as, elsewhere, or somebody
        /// else's.
        Corrected,
        /// 已并案: what you had, or logged, follows another request as its duplicate, and has that one's result.
        Merged,
        /// 并案已撤销: what you logged follows no other request any more, and is handled by itself.
        Separated,
        /// 催办: somebody asks how far it is.
        Reminded,
        /// 督办: it is watched, with a limit of its own.
        Supervised,
        /// 协办或环节已回报: who helps you, or does a step for you, said what came of it.
        Reported,
        /// 协办或环节不再需要: what you were called for, or handed, is not needed any more.
        NotNeeded,
        /// 协办或环节无人承接: who was to help, or to do a step, is not there any more.
        Unhelped,
        /// 延期申请已同意: you have more time to finish.
        Extended,
        /// 延期申请未同意: you have no more time than before.
        NotExtended,
        /// 同岗已代您办理: somebody else who answers for your post did it in your stead.
        ActedFor,
        /// 协同的人已更换: who leads what you help with, or who helps you, is somebody else now.
        Reassigned,
        /// 正在等群众答复: the citizen was asked something; until the answer your time rests.
        CitizenAsked,
        /// 群众已答复: the citizen answered, and your time runs on.
        CitizenAnswered,
        /// 群众逾期未答复: the citizen did not answer in time, and your time runs on.
        CitizenSilent,
        /// 有新备注: a note was written.
        NoteAdded,
        /// 诉求已撤回: the citizen took it back: there is nothing to be done any more.
        Withdrawn,
        /// 您督办的诉求已办结: what you have under supervision came to its end.
        SupervisedResolved,
        /// 群众评价满意: the citizen is content with what you resolved.
        RatedGood,
        /// 群众评价不满意: the citizen is not, and there is nobody above to go on with it.
        RatedBad,
        /// 协办或环节已报到: who was called, or was handed a step, is there.
        Responded,
        /// 时限已重新计算: a deadline of yours was reckoned anew, and ends at another time.
        DeadlineMoved,
        /// 诉求地点已并入他处: the place went up in another unit.
        PlaceMoved,
        /// 有班可接: a colleague offers a shift that you could take.
        SwapOffered,
        /// 您的班已有人接: somebody takes the shift that you offered.
        SwapTaken,
        /// 换班已收回: the shift that was offered is not to be had any more.
        SwapTakenBack,
        /// 该班已有他人接: the shift that was offered to you was taken by somebody else.
        SwapGone,
        /// 已有人顶您的班: a colleague has come on duty in your place.
        DutyTakenOver,
        /// 替班已安排: a superior put you on duty, or took you off it.
        CoverArranged,
        /// 换班替班已撤销: a change of duty that concerned you acts no longer.
        DutyChangeUndone,
        /// 换班替班已失效: a change of duty, or an offer, that concerned you is over; what it rested on is gone.
        DutyChangeExpired,
        /// 替岗人不能替岗: whoever was to stand in cannot, or not for now.
        SubstituteGone,
        /// 值班安排已调整: a roster that you stand in, or stood in, has another rota from some instant on, or none.
        RosterChanged,
        /// 已为您登记缺勤: you are recorded as absent.
        AbsenceRecorded,
        /// 请您替岗: you stand in for somebody absent.
        StandIn,
        /// 缺勤已结束: an absence that concerned you is over before its time, or does not come.
        AbsenceEnded,
        /// 值班无人,请安排: a shift of a roster that you see to has nobody, and only who is on duty takes requests there.
        ShiftEmpty,
        /// 岗位无人顶岗,请安排: a post that you see to has nobody who answers for it.
        PostUnanswered,
        /// 您已任职: you hold a post, from now on.
        Appointed,
        /// 您已离任: you do not hold a post any more.
        Relieved,
        /// 所涉单位有调整: a unit that you have to do with is new, stands elsewhere, or is gone.
        UnitChanged,
    }

    /// Whether a notice can wait for the morning.
    Urgency of notice::Urgency {
        /// 紧急: told at once, by day and by night.
        Urgent,
        /// 即时: told at once, but not at night.
        Prompt,
        /// 汇总: told with the digest of the next working morning.
        Digest,
    }

    /// What became of a delivery.
    DeliveryState of notice::delivery::State {
        /// 待投递: it is to go out, for the first time or once more.
        Waiting,
        /// 已投递: the receiver has it.
        Delivered,
        /// 投递失败: it was tried so often that it is given up, until somebody replays it.
        Dead,
    }

    /// What a limit is for.
    LimitKind of limit::LimitKind {
        /// 接收时限: to take an assignment on.
        Accept,
        /// 办结时限: to bring the request to its end.
        Finish,
        /// 回传时限: to carry the result on.
        Relay,
        /// 答复时限: for the citizen to answer.
        Answer,
        /// 评价时限: for the citizen to rate.
        Rate,
        /// 承诺时限: for the whole case, as the town has promised it.
        Committed,
        /// 法定时限: for the whole case, as the law has it.
        Statutory,
        /// 督办时限: for the whole case, as a supervision has it.
        Supervised,
        /// 响应时限: to be there, for who was called to help.
        Respond,
        /// 协办时限: to report, for who was called to help.
        Help,
        /// 环节时限: to report, for who was handed a step.
        Step,
    }

    /// How near the end of a limit is.
    Colour of limit::Colour {
        /// 正常: there is time.
        Normal,
        /// 临期: the last quarter has begun.
        DueSoon,
        /// 超期: it is over.
        Overdue,
    }

    /// The mark that supervision gives for a limit that ran out.
    Card of limit::Card {
        /// 黄牌: an assignment was not taken on, or not finished, in time.
        Yellow,
        /// 红牌: the time for the whole case ran out.
        Red,
    }

    /// Why a request went up.
    Cause of request::event::Cause {
        /// 承办人上报: its holder handed it up.
        Reason,
        /// 超时未接收: it was not taken on in time.
        NotAccepted,
        /// 超时未办结: it was not finished in time.
        NotFinished,
        /// 上级提级办理: somebody on a higher rung took it over.
        TakenOver,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_a_number_or_its_digits() {
        for good in [Value::from(7), Value::from("7")] {
            assert_eq!(Position::parse(good).ok(), Some(Position(7)));
        }
        for bad in [Value::from(-1), Value::from("x"), Value::Null, Value::from(1.5)] {
            assert!(Position::parse(bad).is_err());
        }
    }

    #[test]
    fn an_instant_reads_back_as_itself() {
        let value = When(Instant(1_425_168_000_000_000)).to_value();
        assert_eq!(When::parse(value).ok(), Some(When(Instant(1_425_168_000_000_000))));
        assert!(When::parse(Value::from("yesterday")).is_err());
        assert!(When::parse(Value::from(3)).is_err());
    }

    #[test]
    fn before_and_after_everything_is_no_instant() {
        assert_eq!(When::within(Instant::MIN), None);
        assert_eq!(When::within(Instant::MAX), None);
    }
}
