//! Duty rosters: who is on duty at which unit, among the holders of which posts, at which instant.
//!
//! A roster says on which days there is duty, from when to when, and who follows whom. Its *shifts* are
//! numbered from its start. *Overrides* change who is on duty without changing the rota. [`on_duty`] puts
//! the two together, and is the only function that does.

mod change;
pub mod check;
mod days;
mod duties;
mod duty_change;
mod hours;
mod on_duty;
mod propose;
mod put_in;
mod quality;
mod row;
mod stretch;
mod terms;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use jiff::civil::Date;

pub use change::{Change, Override, Overrides, Scope};
pub use duties::{Counted, DayClass, counted};
pub use duty_change::{DutyChange, DutyChangeKind, DutyChangeStage, Expiry};
pub use hours::{BadHours, BadTime, Hours, TimeOfDay};
pub use on_duty::{Duty, OnDuty, Stint, covered, on_duty, places_of, stints};
pub use propose::{Plan, propose};
pub use put_in::put_in;
pub use quality::{Empty, Flaw, Quality, Reason, quality};
pub(in crate::rules) use row::civil_date;
pub use row::{BadShift, On, Roster, RosterKind, ShiftId, ShiftNo, Slot, Turn};
pub use stretch::{MAX_SHIFTS, Shift};
pub use terms::Terms;

pub use super::calendar::Weekday;
use super::{
    calendar::Day,
    id::{RosterCode, UnitCode},
    instant::{Instant, Span, Zone},
    post::PostKind,
};
use stretch::Stretch;

/// All rosters, compiled: cheap to ask, dearer to build. Knows units, posts and people by code only.
#[derive(Clone, Debug)]
pub struct Rosters {
    zone: Zone,
    /// In the order of codes and beginnings.
    stretches: Vec<Stretch>,
    by_unit: HashMap<UnitCode, Vec<(PostKind, usize)>>,
}

impl Rosters {
    /// Compiles the rows. `days` tells what a date is at a unit; what a roster asks of it is counted once,
    /// through the day `through`: later days are none of duty for a roster that asks for more than the
    /// day of the week. Rows that are wrong ([`check::rosters`]) have no shifts, or odd ones, and do no harm.
    #[must_use]
    pub fn build(rows: &[Roster], zone: Zone, days: &dyn Fn(&UnitCode, Date) -> Day, through: Date) -> Self {
        let through = days::day_no(through);
        let build = |row: &Roster| Stretch::build(row.clone(), &|date| days(&row.unit, date), &zone, through);
        let mut stretches: Vec<Stretch> = rows.iter().map(build).collect();
        stretches.sort_by(|a, b| (&a.row.code, a.row.span).cmp(&(&b.row.code, b.row.span)));
        let mut by_unit: HashMap<UnitCode, Vec<(PostKind, usize)>> = HashMap::new();
        for (ix, stretch) in stretches.iter().enumerate() {
            by_unit.entry(stretch.row.unit.clone()).or_default().push((stretch.row.posts, ix));
        }
        Self { zone, stretches, by_unit }
    }

    /// The zone in which times of the day are meant.
    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The rows, in the order of codes and beginnings.
    pub fn rows(&self) -> impl Iterator<Item = &Roster> {
        self.stretches.iter().map(|s| &s.row)
    }

    /// Whether any roster ever governs the posts of this kind on this unit: mostly not.
    #[must_use]
    pub fn governs(&self, unit: &UnitCode, posts: PostKind) -> bool {
        self.governing(unit, posts).next().is_some()
    }

    fn governing(&self, unit: &UnitCode, posts: PostKind) -> impl Iterator<Item = &Stretch> {
        let of_unit = if self.by_unit.is_empty() { None } else { self.by_unit.get(unit) };
        let of_kind = of_unit.map_or(&[][..], Vec::as_slice).iter().filter(move |(kind, _)| *kind == posts);
        of_kind.filter_map(|(_, ix)| self.stretches.get(*ix))
    }

    fn stretches_of(&self, roster: &RosterCode) -> &[Stretch] {
        let first = self.stretches.partition_point(|s| s.row.code < *roster);
        let count = self.stretches.iter().skip(first).take_while(|s| s.row.code == *roster).count();
        self.stretches.get(first..first + count).unwrap_or(&[])
    }

    /// The stretch of a roster that holds at that instant.
    #[must_use]
    pub fn roster(&self, roster: &RosterCode, at: Instant) -> Option<&Roster> {
        self.stretches_of(roster).iter().map(|s| &s.row).find(|row| row.span.contains(at))
    }

    /// The same, or the next to begin when none holds then.
    #[must_use]
    pub fn roster_from(&self, roster: &RosterCode, at: Instant) -> Option<&Roster> {
        self.stretches_of(roster).iter().map(|s| &s.row).find(|row| at < row.span.to)
    }

    /// The shifts of a roster that share an instant with a stretch of time, as planned, in order of time;
    /// no more of each stretch of the roster than [`MAX_SHIFTS`], nor from more days.
    #[must_use]
    pub fn shifts(&self, roster: &RosterCode, during: Span) -> Vec<Shift<'_>> {
        self.stretches_of(roster).iter().flat_map(|s| s.shifts(during, &self.zone)).collect()
    }

    /// One shift in its pieces, as it stands now; none when there is no such shift, or no longer.
    #[must_use]
    pub fn shift(&self, roster: &RosterCode, shift: ShiftId) -> Vec<Shift<'_>> {
        let counted = self.stretches_of(roster).iter().filter(|s| s.row.start == shift.start);
        counted.flat_map(|s| s.shift(shift.no, &self.zone)).collect()
    }
}
