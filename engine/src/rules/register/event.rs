//! What happened to the register.

use serde::{Deserialize, Serialize};

use super::command::LimitOf;
use crate::rules::{
    absence::Absence,
    actor::Step,
    calendar::{Allowance, DayRow},
    id::{AbsenceCode, CalendarCode, DutyChangeCode, MatterCode, PersonCode, PostCode, RosterCode, UnitCode},
    instant::Instant,
    matter::{Mandated, Power},
    post::{Person, Post, Rank},
    roster::{DutyChange, Expiry, Roster, ShiftId},
    tier::Unit,
    world::Register,
};

/// One change of the register, at the instant of its record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Event {
    /// Rows were loaded from files. A large load is several of these in one commit.
    RowsLoaded {
        /// The rows.
        rows: Box<Register>,
    },
    /// A person was added.
    PersonAdded {
        /// The person.
        person: Person,
    },
    /// A unit began.
    UnitCreated {
        /// The unit.
        unit: Unit,
    },
    /// A unit got a new name.
    UnitRenamed {
        /// Which.
        unit: UnitCode,
        /// The new name.
        name: String,
    },
    /// A unit got a new parent.
    UnitMoved {
        /// Which.
        unit: UnitCode,
        /// The new parent.
        parent: UnitCode,
    },
    /// A unit ended; with a successor, what stood below it moved there.
    UnitDissolved {
        /// Which.
        unit: UnitCode,
        /// Who took over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        successor: Option<UnitCode>,
    },
    /// A post began.
    PostCreated {
        /// The post.
        post: Post,
    },
    /// A post ended, and every holding of it.
    PostAbolished {
        /// Which.
        post: PostCode,
    },
    /// A person took a post.
    Appointed {
        /// Which.
        post: PostCode,
        /// Who.
        person: PersonCode,
        /// As what.
        rank: Rank,
    },
    /// A person left a post.
    Relieved {
        /// Which.
        post: PostCode,
        /// Who.
        person: PersonCode,
    },
    /// A mandate changed.
    MandateChanged {
        /// Whose.
        to: Mandated,
        /// For what.
        matter: MatterCode,
        /// What it allows now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        power: Option<Power>,
    },
    /// How long something may take changed.
    LimitChanged {
        /// For what.
        of: LimitOf,
        /// How long now; none where it has no limit any more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        allowance: Option<Allowance>,
    },
    /// Days of a calendar were declared, in place of what was declared of them before.
    DaysDeclared {
        /// Of which calendar.
        calendar: CalendarCode,
        /// The days.
        days: Vec<DayRow>,
        /// The last day that notices now cover, when that changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        published_to: Option<jiff::civil::Date>,
    },
    /// Somebody is, or will be, absent.
    AbsenceRecorded {
        /// The absence.
        absence: Absence,
    },
    /// An absence ended before its time, or before it began.
    AbsenceEnded {
        /// Which.
        absence: AbsenceCode,
    },
    /// A duty roster began, or will.
    RosterSetUp {
        /// The roster.
        roster: Roster,
    },
    /// Another rota holds from some instant on.
    RosterChanged {
        /// The stretch from then on.
        roster: Roster,
    },
    /// A roster ended, or will.
    RosterEnded {
        /// Which.
        roster: RosterCode,
        /// Until when it holds.
        until: Instant,
    },
    /// Somebody offered a shift.
    SwapOffered {
        /// The change.
        change: DutyChange,
    },
    /// Somebody took it.
    SwapTaken {
        /// Which.
        change: DutyChangeCode,
        /// Who.
        by: PersonCode,
        /// The shift that went the other way.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        against: Option<ShiftId>,
    },
    /// The offer was taken back.
    SwapTakenBack {
        /// Which.
        change: DutyChangeCode,
        /// Who did it, if a person of the register.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<PersonCode>,
    },
    /// Somebody took over from who was on duty.
    DutyTakenOver {
        /// The change.
        change: DutyChange,
    },
    /// A superior changed who is on duty.
    CoverArranged {
        /// The change.
        change: DutyChange,
    },
    /// What a change of duty rested on is gone: an offer can be taken no longer, or overrides act no longer.
    DutyChangeExpired {
        /// Which.
        change: DutyChangeCode,
        /// Why.
        why: Expiry,
    },
    /// A unit that is gone keeps no calendar.
    UnitCalendarEnded {
        /// Which unit.
        unit: UnitCode,
    },
    /// Whoever was named to stand in for somebody absent has left the last post.
    SubstituteLeft {
        /// In which absence.
        absence: AbsenceCode,
    },
    /// The overrides of a change of duty act no longer.
    DutyChangeUndone {
        /// Which.
        change: DutyChangeCode,
        /// Who did it, if a person of the register.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<PersonCode>,
    },
}

impl Event {
    /// The name of the event, as in the journal.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RowsLoaded { .. } => "RowsLoaded",
            Self::PersonAdded { .. } => "PersonAdded",
            Self::UnitCreated { .. } => "UnitCreated",
            Self::UnitRenamed { .. } => "UnitRenamed",
            Self::UnitMoved { .. } => "UnitMoved",
            Self::UnitDissolved { .. } => "UnitDissolved",
            Self::PostCreated { .. } => "PostCreated",
            Self::PostAbolished { .. } => "PostAbolished",
            Self::Appointed { .. } => "Appointed",
            Self::Relieved { .. } => "Relieved",
            Self::MandateChanged { .. } => "MandateChanged",
            Self::LimitChanged { .. } => "LimitChanged",
            Self::DaysDeclared { .. } => "DaysDeclared",
            Self::AbsenceRecorded { .. } => "AbsenceRecorded",
            Self::AbsenceEnded { .. } => "AbsenceEnded",
            Self::RosterSetUp { .. } => "RosterSetUp",
            Self::RosterChanged { .. } => "RosterChanged",
            Self::RosterEnded { .. } => "RosterEnded",
            Self::SwapOffered { .. } => "SwapOffered",
            Self::SwapTaken { .. } => "SwapTaken",
            Self::SwapTakenBack { .. } => "SwapTakenBack",
            Self::DutyTakenOver { .. } => "DutyTakenOver",
            Self::CoverArranged { .. } => "CoverArranged",
            Self::DutyChangeUndone { .. } => "DutyChangeUndone",
            Self::DutyChangeExpired { .. } => "DutyChangeExpired",
            Self::UnitCalendarEnded { .. } => "UnitCalendarEnded",
            Self::SubstituteLeft { .. } => "SubstituteLeft",
        }
    }
}

/// An event with the four people of the step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Who.
    pub step: Step,
    /// What.
    pub event: Event,
}
