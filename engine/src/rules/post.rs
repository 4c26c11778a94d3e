//! Posts, the people of the register, and who holds what from when to when.

use serde::{Deserialize, Serialize};

use super::{
    id::{PersonCode, PostCode, UnitCode},
    instant::Span,
    tier::words,
};

words! {
    /// What a post is for.
    pub enum PostKind {
        /// 联户党员: keeps in touch with one household.
        HouseholdContact = "联户党员",
        /// 包片组干部: has part of a large group.
        AreaCadre = "包片组干部",
        /// 组长
        GroupLeader = "组长",
        /// 包组村干部: the village cadre linked to a group.
        GroupLink = "包组村干部",
        /// 村常务干部
        StandingCadre = "村常务干部",
        /// 驻村干部: the town cadre resident in a village.
        ResidentCadre = "驻村干部",
        /// 挂办领导: the leader linked to an office.
        OfficeLeader = "挂办领导",
        /// 窗口人员
        WindowClerk = "窗口人员",
        /// 工作组成员: a member of a work team, service team or petition room.
        TeamMember = "工作组成员",
        /// 站所负责人
        DepartmentHead = "站所负责人",
        /// 派单岗: takes what no rung answers.
        Dispatcher = "派单岗",
        /// 值班领导
        DutyLeader = "值班领导",
        /// 督办: rules where cadres do not agree.
        Supervisor = "督办",
    }
}

impl PostKind {
    /// Who stands above whom on one and the same unit: a greater number is senior. Posts of equal
    /// seniority are neither above nor below each other.
    ///
    /// The order of the source: group cadres, village cadres, resident cadre, leader of the office,
    /// then the town's own posts.
    #[must_use]
    pub const fn seniority(self) -> u8 {
        match self {
            Self::HouseholdContact => 1,
            Self::AreaCadre => 2,
            Self::GroupLeader => 3,
            Self::GroupLink => 4,
            Self::StandingCadre => 5,
            Self::ResidentCadre => 6,
            Self::WindowClerk | Self::TeamMember => 7,
            Self::DepartmentHead | Self::Dispatcher => 8,
            Self::OfficeLeader => 9,
            Self::DutyLeader => 10,
            Self::Supervisor => 11,
        }
    }

    /// A bit of its own for each kind, for small sets.
    #[must_use]
    pub const fn bit(self) -> u32 {
        1 << self as u8
    }
}

/// A person of the register. Dated only through what they hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Names the person.
    pub code: PersonCode,
    /// As people say it.
    pub name: String,
    /// May be empty.
    pub phone: String,
}

/// A place of responsibility on a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Names the post.
    pub code: PostCode,
    /// As people say it.
    pub name: String,
    /// What it is for.
    pub kind: PostKind,
    /// Where it stands.
    pub unit: UnitCode,
    /// When it exists.
    pub span: Span,
}

words! {
    /// In what order holders of one post stand in.
    pub enum Rank {
        /// A岗: the holder.
        First = "第一" | "A岗",
        /// B岗: stands in when there is no first holder.
        Substitute = "替补" | "B岗",
    }
}

/// One person on one post for a stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The post.
    pub post: PostCode,
    /// Who holds it.
    pub person: PersonCode,
    /// As first or as substitute.
    pub rank: Rank,
    /// From when to when.
    pub span: Span,
}
