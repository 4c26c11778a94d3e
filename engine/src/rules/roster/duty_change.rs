//! Changes of duty as the register holds them: swaps, taking over, covers. What they do to a roster are its
//! overrides, and nothing else makes one.

use serde::{Deserialize, Serialize};

use super::{
    change::{Change, Override, Scope},
    row::ShiftId,
};
use crate::rules::{
    id::{DutyChangeCode, PersonCode, RosterCode},
    instant::Instant,
    tier::words,
};

words! {
    /// How somebody comes to be on duty, or off it, other than by the rota.
    pub enum DutyChangeKind {
        /// Two colleagues agree: one offers a shift, another takes it.
        Swap = "换班",
        /// A colleague takes the place of who is on duty, from now to the end of the shift.
        TakeOver = "顶班",
        /// A superior puts somebody on duty, takes somebody off, or both.
        Cover = "安排替班" | "替班",
    }
}

words! {
    /// Where a change of duty is in its life.
    pub enum DutyChangeStage {
        /// Waits for somebody to take it.
        Offered = "待接班",
        /// Its overrides act, or will.
        InForce = "已生效",
        /// Taken back before anybody took it.
        TakenBack = "已收回",
        /// Its overrides act no longer.
        Undone = "已撤销",
        /// What it rested on is gone: nobody undid it.
        Expired = "已失效",
    }
}

words! {
    /// Why a change of duty came to its end without anybody ending it.
    pub enum Expiry {
        /// The shift began before anybody took it.
        ShiftBegun = "班次已开始",
        /// The shift is gone: its roster ended, or counts anew.
        ShiftGone = "班次已取消",
        /// Another took the shift.
        TakenByAnother = "已由他人接班",
        /// Whose shift it was is not on it any more.
        NotOnShift = "原值班人已不在该班次",
        /// Who was to come on duty, or alone could take it, does not hold a post there any more.
        PostLeft = "接班人已离任",
        /// Who alone could take it is away then, or on that shift already.
        CannotCome = "接班人届时不能接班",
        /// The change on which it rested is gone.
        GroundGone = "所依据的换班替班已失效",
    }
}

/// One change of duty. It acts from the instant at which it came into force until the instant at which it was
/// undone, so answers about the past never change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyChange {
    /// Names it.
    pub code: DutyChangeCode,
    /// The roster that it changes.
    pub roster: RosterCode,
    /// How it came about.
    pub kind: DutyChangeKind,
    /// For which shift or stretch of time.
    pub scope: Scope,
    /// Who goes off duty: whose shift it is.
    pub out: Option<PersonCode>,
    /// Who comes on duty; none of a swap that nobody took yet.
    pub person: Option<PersonCode>,
    /// Who alone may take a swap; none for every colleague.
    pub offered_to: Option<PersonCode>,
    /// The shift that goes the other way; none when the shift was simply taken.
    pub against: Option<ShiftId>,
    /// Why; may be empty for a swap.
    pub reason: String,
    /// Who offered, took over, arranged; none for the operator.
    pub begun_by: Option<PersonCode>,
    /// When.
    pub begun_at: Instant,
    /// When a swap was taken.
    pub taken_at: Option<Instant>,
    /// Who took it back or undid it, if a person of the register did.
    pub ended_by: Option<PersonCode>,
    /// When it was taken back, undone, or expired.
    pub ended_at: Option<Instant>,
    /// Why it expired; none where somebody ended it, and of one that has not ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<Expiry>,
}

impl DutyChange {
    /// Since when its overrides act; none of a swap that nobody took.
    #[must_use]
    pub fn since(&self) -> Option<Instant> {
        match self.kind {
            DutyChangeKind::Swap => self.taken_at,
            DutyChangeKind::TakeOver | DutyChangeKind::Cover => Some(self.begun_at),
        }
    }

    /// Where it is in its life.
    #[must_use]
    pub fn stage(&self) -> DutyChangeStage {
        match (self.since(), self.ended_at) {
            (_, Some(_)) if self.expiry.is_some() => DutyChangeStage::Expired,
            (None, None) => DutyChangeStage::Offered,
            (None, Some(_)) => DutyChangeStage::TakenBack,
            (Some(_), None) => DutyChangeStage::InForce,
            (Some(_), Some(_)) => DutyChangeStage::Undone,
        }
    }

    /// Who made it act: took the offer, took over, arranged; none for the operator.
    #[must_use]
    pub fn made_by(&self) -> Option<&PersonCode> {
        match self.kind {
            DutyChangeKind::Swap => self.person.as_ref(),
            DutyChangeKind::TakeOver | DutyChangeKind::Cover => self.begun_by.as_ref(),
        }
    }

    /// By whose order, where it was ordered.
    #[must_use]
    pub fn by_order_of(&self) -> Option<&PersonCode> {
        self.begun_by.as_ref().filter(|_| self.kind == DutyChangeKind::Cover)
    }

    /// Everybody whom it names, by the column of its file.
    pub fn people(&self) -> impl Iterator<Item = (&'static str, &PersonCode)> {
        let Self { out, person, offered_to, begun_by, ended_by, .. } = self;
        let named = [("out", out), ("in", person), ("offered_to", offered_to)];
        let doing = [("begun_by", begun_by), ("ended_by", ended_by)];
        named.into_iter().chain(doing).filter_map(|(column, person)| Some((column, person.as_ref()?)))
    }

    /// What it does to the people on duty.
    #[must_use]
    pub fn change(&self) -> Option<Change> {
        match (self.out.clone(), self.person.clone()) {
            (Some(out), Some(person)) => Some(Change::Replace { out, person }),
            (None, Some(person)) => Some(Change::Add { person }),
            (Some(person), None) => Some(Change::Remove { person }),
            (None, None) => None,
        }
    }

    /// What it does to the roster: nothing before it came into force; two overrides where a shift was given
    /// for the other.
    #[must_use]
    pub fn overrides(&self) -> Vec<Override> {
        let Some((made_at, change)) = self.since().zip(self.change()) else { return Vec::new() };
        let row = |seq, change, scope| Override {
            code: self.code.clone(),
            roster: self.roster.clone(),
            change,
            scope,
            made_at,
            seq,
            made_by: self.made_by().cloned(),
            by_order_of: self.by_order_of().cloned(),
            undone_at: self.ended_at,
        };
        let back = match (&change, self.against) {
            (Change::Replace { out, person }, Some(shift)) => {
                let change = Change::Replace { out: person.clone(), person: out.clone() };
                Some(row(1, change, Scope::Shift(shift)))
            }
            _ => None,
        };
        [row(0, change, self.scope)].into_iter().chain(back).collect()
    }
}
