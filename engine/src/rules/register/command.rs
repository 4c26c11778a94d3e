//! What can be changed in the register.

use serde::{Deserialize, Serialize};

use crate::rules::{
    absence::{Scope, Substitute},
    calendar::{Allowance, Declared, Period},
    id::{AbsenceCode, CalendarCode, LadderCode, MatterCode, PersonCode, PostCode, UnitCode},
    instant::Instant,
    limit::{LimitKind, LimitRule},
    matter::{Mandated, Power},
    post::{Person, PostKind, Rank},
    tier::UnitKind,
};

/// A unit as it is to begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUnit {
    /// Names it.
    pub code: UnitCode,
    /// What people call it.
    pub name: String,
    /// What it is.
    pub kind: UnitKind,
    /// The unit above; none for a root.
    pub parent: Option<UnitCode>,
    /// What it serves, when that is not the nearest territory above.
    pub serves: Option<UnitCode>,
}

/// A post as it is to begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPost {
    /// Names it.
    pub code: PostCode,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub kind: PostKind,
    /// Where it stands.
    pub unit: UnitCode,
}

/// A date as a notice, or the place itself, declares it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDay {
    /// Which date.
    pub date: jiff::civil::Date,
    /// What people call it, such as 春节.
    pub name: String,
    /// What it becomes.
    pub kind: Declared,
    /// The hours of this date alone; empty means those of its kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub periods: Vec<Period>,
}

/// An absence as it is to be recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAbsence {
    /// Who cannot act.
    pub person: PersonCode,
    /// From when on, not before now; now when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Instant>,
    /// The first instant at which the person is back.
    pub to: Instant,
    /// Why, in a few words.
    pub reason: String,
    /// For what.
    pub scope: Scope,
    /// Who stands in.
    pub substitute: Substitute,
}

/// What a limit is for, as the register keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitOf {
    /// For the matters of this ladder; or else
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ladder: Option<LadderCode>,
    /// for this matter, which goes before its ladder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matter: Option<MatterCode>,
    /// For this rung; none for every rung, and for the whole case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rung: Option<u8>,
    /// What it is for.
    pub kind: LimitKind,
}

impl LimitOf {
    /// Whether a row of the register is for just this.
    #[must_use]
    pub fn is(&self, rule: &LimitRule) -> bool {
        let LimitRule { ladder, matter, rung, kind, .. } = rule;
        (&self.ladder, &self.matter, self.rung, self.kind) == (ladder, matter, *rung, *kind)
    }
}

/// One change of the register, from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// A person who can be appointed.
    AddPerson(Person),
    /// A new unit.
    CreateUnit(NewUnit),
    /// A new name.
    RenameUnit {
        /// Which unit.
        unit: UnitCode,
        /// The name from now on.
        name: String,
    },
    /// A new parent.
    MoveUnit {
        /// Which unit.
        unit: UnitCode,
        /// The parent from now on.
        parent: UnitCode,
    },
    /// One unit goes up in another: what stands below it moves, its own posts end.
    MergeUnits {
        /// The unit that ends.
        from: UnitCode,
        /// The unit that stays.
        into: UnitCode,
    },
    /// The unit ends.
    DissolveUnit {
        /// Which unit.
        unit: UnitCode,
        /// Who takes what stands below it and its open work.
        successor: Option<UnitCode>,
    },
    /// A new post.
    CreatePost(NewPost),
    /// The post ends.
    AbolishPost {
        /// Which post.
        post: PostCode,
    },
    /// A person takes a post.
    Appoint {
        /// Which post.
        post: PostCode,
        /// Who.
        person: PersonCode,
        /// As first holder or substitute.
        rank: Rank,
    },
    /// A person leaves a post and hands over everything open.
    Relieve {
        /// Which post.
        post: PostCode,
        /// Who.
        person: PersonCode,
        /// Who takes the post in the same breath.
        successor: Option<PersonCode>,
    },
    /// What a kind of post, or one post, may do for a matter.
    ChangeMandate {
        /// Whose mandate.
        to: Mandated,
        /// For which matter.
        matter: MatterCode,
        /// What it allows from now on; none withdraws it.
        power: Option<Power>,
    },
    /// How long something may take; running cases keep what they were given, until they are reckoned anew.
    ChangeLimit {
        /// For what.
        of: LimitOf,
        /// How long from now on; none leaves it without a limit.
        allowance: Option<Allowance>,
    },
    /// Days of a calendar are declared, or declared anew; none before today.
    DeclareDays {
        /// Which calendar.
        calendar: CalendarCode,
        /// The days.
        days: Vec<NewDay>,
        /// The last day that the notice covers, when this is one that reaches further than before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        published_to: Option<jiff::civil::Date>,
    },
    /// Somebody will be absent, or is from now on: what is open on their posts passes to who stands in.
    RecordAbsence(NewAbsence),
    /// Somebody is back before the end that was meant, or will not be absent after all.
    EndAbsence {
        /// Which absence.
        absence: AbsenceCode,
    },
}
