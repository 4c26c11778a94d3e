//! Which calendar holds at a unit: its own, or that of the nearest unit above that keeps one.

use std::collections::HashMap;

use super::World;
use crate::rules::{
    calendar::{Calendar, Calendars, UnitCalendar},
    id::CalendarCode,
    instant::{Instant, Span},
    tree::{Tree, UnitIx},
};

/// The calendars, and which unit keeps which.
#[derive(Clone, Debug)]
pub(super) struct KeptCalendars {
    all: Calendars,
    by_unit: HashMap<UnitIx, Vec<(Span, Calendar)>>,
    always: Calendar,
}

impl KeptCalendars {
    pub(super) fn new(all: Calendars, rows: &[UnitCalendar], tree: &Tree) -> Self {
        let mut by_unit: HashMap<UnitIx, Vec<(Span, Calendar)>> = HashMap::new();
        for row in rows {
            let Some((unit, calendar)) = tree.find(row.unit.as_str()).zip(all.get(&row.calendar)) else { continue };
            by_unit.entry(unit).or_default().push((row.span, calendar.clone()));
        }
        Self { all, by_unit, always: Calendar::always() }
    }
}

impl World {
    /// All calendars, compiled.
    #[must_use]
    pub fn calendars(&self) -> &Calendars {
        &self.calendars.all
    }

    /// The calendar that holds at a unit at that time: its own, or that of the nearest unit above which
    /// keeps one; a unit that is gone has that of where it stood last. [`Calendar::always`] where nobody
    /// keeps one.
    #[must_use]
    pub fn calendar(&self, unit: UnitIx, at: Instant) -> &Calendar {
        let KeptCalendars { by_unit, always, .. } = &self.calendars;
        if by_unit.is_empty() {
            return always;
        }
        let own = |unit| by_unit.get(&unit).and_then(|kept| kept.iter().find(|(span, _)| span.contains(at)));
        self.tree.upward_or_last(unit, at).find_map(own).map_or(always, |(_, calendar)| calendar)
    }

    /// The calendar of those who belong to no unit: [`Calendar::always`].
    #[must_use]
    pub fn no_calendar(&self) -> &Calendar {
        &self.calendars.always
    }

    /// The units that keep a calendar, or one based on it, at that time or later; in the order of codes. Where all of
    /// them are gone, the nearest units above that are there: somebody has a say in it.
    #[must_use]
    pub fn keepers(&self, calendar: &CalendarCode, at: Instant) -> Vec<UnitIx> {
        let rows = self.rows.calendar_rows();
        let based = rows.based_on(calendar);
        let kept = rows.unit_calendars.iter().filter(|k| k.span.to > at && based.contains(&&k.calendar));
        let kept: Vec<UnitIx> = kept.filter_map(|k| self.find_unit(k.unit.as_str())).collect();
        let mut units: Vec<UnitIx> = kept.iter().copied().filter(|unit| self.tree.exists(*unit, at)).collect();
        if units.is_empty() {
            units.extend(kept.into_iter().filter_map(|unit| self.tree.living(unit, at)));
        }
        units.sort_unstable();
        units.dedup();
        units
    }
}
