//! Who may do what: one function, one table, written out as the page `fixtures/authority.txt`.

use super::{
    actor::Actor,
    instant::Instant,
    post::PostKind,
    tier::words,
    tree::UnitIx,
    world::{PersonIx, World},
};

words! {
    /// How somebody stands to a request or to a unit, at one instant.
    pub enum Role {
        /// Holds the open Handle assignment, or its post.
        Holder = "承办人",
        /// Held an assignment of the request before, or did for its holder what only a holder does.
        FormerHolder = "曾经手人",
        /// Acted on the request before: wrote a note, reminded, watched it.
        Participant = "曾参与人",
        /// Holds the open Relay assignment, or its post.
        Relayer = "回传人",
        /// Logged the request.
        Logger = "登记人",
        /// Recorded the absence.
        Recorder = "登记缺勤人",
        /// Stands in for the person who is absent.
        StandIn = "替岗人",
        /// Holds the receipt.
        Citizen = "当事人",
        /// Holds a post on a territory around the place.
        Cadre = "属地干部",
        /// Holds a post on a functional unit that serves the place.
        Clerk = "窗口站所人员",
        /// Is the leader of an office or of the town around the place.
        Leader = "领导",
        /// Is the dispatcher for the place.
        Dispatcher = "派单岗",
        /// Is the supervisor for the place.
        Supervisor = "督办",
        /// Is the town's leader for the unit, who keeps the register.
        Registrar = "台账负责人",
        /// Runs the program on the machine itself.
        Operator = "运维",
        /// Holds a post among whose holders the duty roster decides.
        Colleague = "同岗人员",
        /// Takes part in the change of duty: offered it, took it, made it, or was relieved by it.
        Party = "换班当事人",
        /// Holds a post above those of the person, or above those among whose holders the duty roster decides.
        Superior = "上级",
        /// Holds a post, and it is about them.
        Oneself = "本人",
        /// Holds an open assignment of helping or of a step, or its post.
        Helper = "协办人",
        /// Decides whether the holder has more time, or holds the post that does.
        Approver = "延期审批人",
        /// Holds a post on a higher rung of the ladder than the holder, and may resolve the matter.
        Higher = "上级层级",
        /// Opened the calendar feed, or it is about them.
        Subscriber = "订阅人",
    }
}

words! {
    /// What can be done, as far as permission goes.
    pub enum Act {
        /// Read a request with its journal.
        See = "查看",
        /// Read who the citizen is: name and telephone. Who merely watches sees the matter, not the
        /// person.
        SeeCitizen = "查看当事人身份",
        /// Read who has handled a request, and why: the posts, the people, the notes. The citizen sees
        /// where it is and what came of it.
        SeeHandling = "查看经办过程",
        /// Log a request.
        Log = "登记",
        /// Accept the assignment.
        Accept = "接收",
        /// Hand it up.
        Escalate = "上报",
        /// Hand it to another post of the same rung.
        Transfer = "转办",
        /// Hand it back down.
        SendBack = "退回",
        /// Wait for the citizen.
        AskCitizen = "询问当事人",
        /// Go on after the citizen answered.
        Resume = "恢复办理",
        /// Write a note.
        AddNote = "备注",
        /// Bring it to its end.
        Resolve = "办结",
        /// Propose that it is not our duty.
        Reject = "申请不予受理",
        /// Say that the result was carried on.
        ConfirmRelay = "确认回传",
        /// Rate the result.
        Rate = "评价",
        /// Take the request back.
        Withdraw = "撤回",
        /// Rule who has to handle it.
        Rule = "裁定",
        /// Ask how far it is.
        Remind = "催办",
        /// Watch it, with a limit of its own.
        Supervise = "督办",
        /// Say which matter it really is, or where.
        Correct = "更正事项",
        /// Mend the citizen's name or telephone.
        CorrectCitizen = "更正当事人",
        /// Say that it is the same as another request.
        Merge = "并案",
        /// Say that it is not.
        Separate = "拆分并案",
        /// Handle it oneself, from a higher rung.
        TakeOver = "提级办理",
        /// Call another post to help.
        CallHelp = "吹哨",
        /// Hand a step of it down.
        Delegate = "交办",
        /// Say that one is there, and at it.
        Respond = "报到",
        /// Say what came of one's part.
        Report = "回报",
        /// Take back what was asked of others.
        Recall = "收回",
        /// Ask for more time.
        AskExtension = "申请延期",
        /// Grant or refuse more time.
        DecideExtension = "审批延期",
        /// Reckon the limits anew.
        Recompute = "重新计算时限",
        /// Change the register.
        ChangeRegister = "修改台账",
        /// Offer one's shift to others, or take one that is offered.
        SwapDuty = "换班",
        /// Take over from who is on duty now.
        TakeOverDuty = "顶班",
        /// Put somebody on duty or take somebody off.
        ArrangeDuty = "安排替班",
        /// Take a change of duty back.
        UndoDuty = "撤销换班",
        /// Say that somebody is absent, and who stands in; or that they are back.
        RecordAbsence = "登记缺勤",
        /// Read why somebody is absent.
        SeeAbsenceReason = "查看缺勤原因",
        /// Read why a duty was changed.
        SeeDutyReason = "查看换班原因",
        /// Read a calendar of duty by an address of one's own.
        ReadCalendar = "订阅日历",
        /// Make such an address worthless.
        RevokeCalendar = "撤销日历订阅",
        /// See which notices could not be delivered, and have them tried anew.
        ReplayDelivery = "重新投递通知",
    }
}

/// The table: which roles may do what.
const fn roles_for(act: Act) -> &'static [Role] {
    use Role::{
        Approver, Cadre, Citizen, Clerk, Colleague, Dispatcher, FormerHolder, Helper, Higher, Holder, Leader, Logger,
        Oneself, Operator, Participant, Party, Recorder, Registrar, Relayer, StandIn, Subscriber, Superior, Supervisor,
    };
    match act {
        Act::See => &[
            Holder,
            FormerHolder,
            Participant,
            Relayer,
            Helper,
            Approver,
            Logger,
            Citizen,
            Cadre,
            Leader,
            Dispatcher,
            Supervisor,
            Operator,
        ],
        Act::SeeCitizen => &[Holder, FormerHolder, Relayer, Helper, Logger, Citizen, Cadre],
        Act::SeeHandling => &[
            Holder,
            FormerHolder,
            Participant,
            Relayer,
            Helper,
            Approver,
            Logger,
            Cadre,
            Leader,
            Dispatcher,
            Supervisor,
            Operator,
        ],
        Act::Log => &[Cadre, Clerk, Leader, Dispatcher, Supervisor],
        Act::Accept
        | Act::Escalate
        | Act::Transfer
        | Act::SendBack
        | Act::AskCitizen
        | Act::Resolve
        | Act::Reject
        | Act::CallHelp
        | Act::Delegate
        | Act::Recall
        | Act::AskExtension => &[Holder],
        Act::Respond | Act::Report => &[Helper],
        Act::DecideExtension => &[Approver],
        Act::Remind => &[FormerHolder, Participant, Logger, Citizen, Cadre, Leader, Dispatcher, Supervisor],
        Act::Supervise => &[Leader, Supervisor],
        // Who pressed the wrong line of a list mends it, before or after somebody has it.
        Act::Correct => &[Holder, Logger, Dispatcher],
        // Who carries the result finds out that the telephone is wrong.
        Act::CorrectCitizen => &[Holder, Relayer, Logger, Cadre],
        Act::Merge => &[Holder, Dispatcher],
        Act::Separate => &[FormerHolder, Logger, Dispatcher],
        Act::TakeOver => &[Higher],
        Act::Resume => &[Holder, Citizen, Logger, Cadre],
        Act::AddNote => &[
            Holder,
            FormerHolder,
            Participant,
            Relayer,
            Helper,
            Approver,
            Logger,
            Citizen,
            Cadre,
            Leader,
            Dispatcher,
            Supervisor,
        ],
        Act::ConfirmRelay => &[Relayer],
        Act::Rate => &[Citizen, Logger, Cadre],
        Act::Withdraw => &[Citizen, Logger],
        Act::Rule => &[Holder, Supervisor],
        Act::ChangeRegister | Act::Recompute => &[Registrar, Operator],
        Act::SwapDuty | Act::TakeOverDuty => &[Colleague],
        Act::ArrangeDuty => &[Superior, Registrar, Operator],
        Act::UndoDuty => &[Party, Superior, Registrar, Operator],
        Act::RecordAbsence => &[Oneself, Superior, Registrar, Operator],
        Act::SeeAbsenceReason => &[Oneself, Superior, Recorder, StandIn],
        Act::SeeDutyReason => &[Party, Colleague, Superior, Registrar],
        Act::ReadCalendar => &[Oneself, Cadre, Clerk, Leader, Dispatcher, Supervisor],
        Act::RevokeCalendar => &[Subscriber, Registrar],
        Act::ReplayDelivery => &[Registrar, Operator],
    }
}

/// A small set of roles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles(u32);

impl Roles {
    /// Adds a role.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | 1 << role as u16)
    }

    /// Adds a role when the condition holds.
    #[must_use]
    pub const fn with_if(self, role: Role, condition: bool) -> Self {
        if condition { self.with(role) } else { self }
    }

    /// All roles of both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the role is among them.
    #[must_use]
    pub const fn has(self, role: Role) -> bool {
        self.0 & (1 << role as u16) != 0
    }
}

/// Whether somebody with these roles may do it. The only function that says yes.
#[must_use]
pub fn may(roles: Roles, act: Act) -> bool {
    roles_for(act).iter().any(|role| roles.has(*role))
}

/// The roles that a person has toward a place through the posts held at that instant.
#[must_use]
pub fn roles_at(world: &World, person: PersonIx, place: UnitIx, at: Instant) -> Roles {
    let mut roles = Roles::default();
    for held in world.held_by(person, at) {
        let (Some(unit), Some(kind)) = (world.post_unit(held.post), world.post_kind(held.post)) else { continue };
        let Some(territory) = world.tree().territory(unit, at) else { continue };
        if !world.post_exists(held.post, at) || !world.tree().is_within(place, territory, at) {
            continue;
        }
        roles = match kind {
            PostKind::Dispatcher => roles.with(Role::Dispatcher),
            PostKind::Supervisor => roles.with(Role::Supervisor),
            PostKind::DutyLeader => roles.with(Role::Leader).with(Role::Registrar),
            PostKind::OfficeLeader => roles.with(Role::Leader),
            _ if unit == territory => roles.with(Role::Cadre),
            _ => roles.with(Role::Clerk),
        };
    }
    roles
}

/// The territories whose requests a person sees whole, through the posts held at that instant: what
/// [`roles_at`] grants for [`Act::See`], turned round so that a list can be read by it.
#[must_use]
pub fn seen_territories(world: &World, person: PersonIx, at: Instant) -> Vec<UnitIx> {
    let mut seen: Vec<UnitIx> = world
        .held_by(person, at)
        .filter(|h| world.post_exists(h.post, at))
        .filter_map(|h| world.tree().territory(world.post_unit(h.post)?, at))
        .filter(|territory| may(roles_at(world, person, *territory, at), Act::See))
        .collect();
    seen.sort_unstable();
    seen.dedup();
    let inner: Vec<UnitIx> = seen
        .iter()
        .copied()
        .filter(|u| world.tree().upward(*u, at).skip(1).any(|above| seen.binary_search(&above).is_ok()))
        .collect();
    seen.retain(|u| !inner.contains(u));
    seen
}

/// Whether a person may look at another's assignments: their own, or those of somebody whose every
/// post lies in territories that the person sees whole.
#[must_use]
pub fn oversees(world: &World, person: PersonIx, other: PersonIx, at: Instant) -> bool {
    if person == other {
        return true;
    }
    let seen = seen_territories(world, person, at);
    let mut held = world.held_by(other, at).peekable();
    held.peek().is_some()
        && held.all(|h| {
            let territory = world.post_unit(h.post).and_then(|u| world.tree().territory(u, at));
            territory.is_some_and(|t| seen.iter().any(|s| *s != t && world.tree().is_within(t, *s, at)))
        })
}

/// Whether an actor of the register is one without a post, who sees nothing of what goes on. Nobody else is one.
#[must_use]
pub fn is_out_of_office(world: &World, actor: &Actor, at: Instant) -> bool {
    actor.person().is_some_and(|code| !world.find_person(code.as_str()).is_some_and(|me| world.in_office(me, at)))
}

/// Whether a person may read the map (units, posts, who holds them, the catalogue, what is not
/// covered): whoever holds a post.
#[must_use]
pub fn reads_map(world: &World, person: PersonIx, at: Instant) -> bool {
    world.in_office(person, at)
}

/// The table as a page of ticks that a lay person can review.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(
        "Who may do what 权限表\n\nGenerated from the one table in rules/authority; a tick (✓) grants. What is not ticked is refused.\n\
         Whoever holds no post at an instant sees nothing then but who they are themselves: no request, no citizen, no list, \
         no notice, whatever they held, logged or did before.\n\
         Nobody sees a request about their own conduct, nor about that of a person above them by any post of either, nor \
         about that of a person beside them on one unit: unless they logged it, for they wrote it.\n\
         Whoever holds a post may read the map: units, posts, their holders, the catalogue.\n",
    );
    for act in Act::ALL {
        page.push_str(&format!("\n{} {}\n", act.word(), act.zh()));
        for role in Role::ALL {
            let tick = if may(Roles::default().with(*role), *act) { '✓' } else { '·' };
            page.push_str(&format!("  {tick} {} {}\n", role.word(), role.zh()));
        }
    }
    page
}
