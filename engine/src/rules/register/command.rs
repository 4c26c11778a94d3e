//! What can be changed in the register.

use serde::{Deserialize, Serialize};

use crate::rules::{
    absence::{Scope, Substitute},
    calendar::{Allowance, Declared, Period},
    id::{
        AbsenceCode, CalendarCode, DutyChangeCode, LadderCode, MatterCode, PersonCode, PostCode, RosterCode, UnitCode,
    },
    instant::{Instant, Span},
    limit::{LimitKind, LimitRule},
    matter::{Mandated, Power},
    post::{Person, PostKind, Rank},
    roster::{self, Change, Hours, On, Roster, RosterKind, ShiftId, Slot, TimeOfDay, Turn, Weekday},
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

/// Who follows whom on duty: all of a roster but what it is a roster of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rota {
    /// What people call it.
    pub name: String,
    /// What the duty is for.
    pub kind: RosterKind,
    /// Whether only who is on duty takes requests there.
    pub exclusive: bool,
    /// On which days there is duty.
    pub on: Vec<On>,
    /// When a shift without hours takes over from the one before.
    pub hand_over: TimeOfDay,
    /// The hours of duty on a day; without them a day of duty lasts from hand-over to hand-over.
    pub hours: Option<Hours>,
    /// When the turn passes to the next in the order.
    pub turn: Turn,
    /// With which day a week begins, for a weekly turn.
    pub week_begins: Weekday,
    /// How many are on duty at once.
    pub width: u8,
    /// The first day of the first in the order.
    #[serde(with = "roster::civil_date")]
    pub start: jiff::civil::Date,
    /// Who follows whom; nobody on purpose among them.
    pub order: Vec<Slot>,
}

impl Rota {
    /// A stretch of a roster with this rota.
    pub(super) fn stretch(self, code: RosterCode, unit: UnitCode, posts: PostKind, span: Span) -> Roster {
        let Self { name, kind, exclusive, on, hand_over, hours, turn, week_begins, width, start, order } = self;
        Roster {
            code,
            name,
            unit,
            kind,
            posts,
            exclusive,
            on,
            hand_over,
            hours,
            turn,
            week_begins,
            width,
            start,
            order,
            span,
        }
    }
}

/// A duty roster as it is to begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRoster {
    /// Names it.
    pub code: RosterCode,
    /// Where the duty is.
    pub unit: UnitCode,
    /// Among the holders of which posts on that unit it decides.
    pub posts: PostKind,
    /// Who follows whom.
    pub rota: Rota,
    /// From when on, not before now; now when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Instant>,
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
    /// People will be on duty by turns, or are from now on.
    SetUpRoster(NewRoster),
    /// Another rota in place of all that was planned from then on; what was before stays.
    ChangeRoster {
        /// Which roster.
        roster: RosterCode,
        /// The rota.
        rota: Rota,
        /// From when on, not before now; now when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Instant>,
    },
    /// No more duty by this roster.
    EndRoster {
        /// Which roster.
        roster: RosterCode,
        /// From when on, not before now; now when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Instant>,
    },
    /// A swap, a taking over, a cover.
    Duty(DutyCommand),
}

/// One change of who is on duty, from now on; the rota stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DutyCommand {
    /// Who takes my shift? Nothing changes until somebody does.
    OfferSwap {
        /// Of which roster.
        roster: RosterCode,
        /// Which shift.
        shift: ShiftId,
        /// Who alone may take it; none for every colleague.
        to: Option<PersonCode>,
        /// Why; may be empty.
        reason: String,
    },
    /// I take the shift that is offered.
    TakeSwap {
        /// Which offer.
        change: DutyChangeCode,
        /// The shift of mine that goes to the other for it; none when I simply take it.
        against: Option<ShiftId>,
    },
    /// My offer stands no longer.
    TakeBackSwap {
        /// Which offer.
        change: DutyChangeCode,
    },
    /// I take over now from who is on duty, for the rest of the shift.
    TakeOver {
        /// Of which roster.
        roster: RosterCode,
        /// Whose place.
        out: PersonCode,
        /// Why.
        reason: String,
    },
    /// A superior puts somebody on duty, takes somebody off, or both.
    ArrangeCover {
        /// Of which roster.
        roster: RosterCode,
        /// What changes.
        change: Change,
        /// For which shift or stretch of time.
        scope: roster::Scope,
        /// Why.
        reason: String,
    },
    /// The roster is to be again as it was before a swap, a taking over or a cover.
    Undo {
        /// Which.
        change: DutyChangeCode,
    },
}
