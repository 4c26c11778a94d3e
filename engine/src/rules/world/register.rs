//! The register: every dated fact about units, people, posts, holdings, matters, mandates, ladders, limits,
//! calendars, absences, duty rosters and changes of duty.

use serde::{Deserialize, Serialize};

use crate::rules::{
    absence::Absence,
    calendar::{self, CalendarRow, DayRow, Hours, Market, UnitCalendar},
    limit::LimitRule,
    matter::{Mandate, Matter, Rung},
    post::{Holding, Person, Post},
    roster::{DutyChange, Roster},
    tier::Unit,
};

/// The rows of all sixteen tables. Plain data: it may be wrong; [`super::World::build`] tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register {
    /// Stretches of units.
    pub units: Vec<Unit>,
    /// People.
    pub people: Vec<Person>,
    /// Posts.
    pub posts: Vec<Post>,
    /// Who holds what.
    pub holdings: Vec<Holding>,
    /// The catalogue.
    pub matters: Vec<Matter>,
    /// Who may do what.
    pub mandates: Vec<Mandate>,
    /// The rungs of all ladders.
    pub ladders: Vec<Rung>,
    /// How long everything may take.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<LimitRule>,
    /// The calendars.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calendars: Vec<CalendarRow>,
    /// Their hours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<Hours>,
    /// Their declared days.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<DayRow>,
    /// Their market days.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markets: Vec<Market>,
    /// Which unit keeps which calendar.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unit_calendars: Vec<UnitCalendar>,
    /// Who is absent, and who stands in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absences: Vec<Absence>,
    /// Who is on duty when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rosters: Vec<Roster>,
    /// What changed who is on duty: swaps, taking over, covers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duty_changes: Vec<DutyChange>,
}

impl Register {
    /// How many rows there are in all.
    #[must_use]
    pub fn rows(&self) -> usize {
        let Self { units, people, posts, holdings, matters, mandates, ladders, .. } = self;
        let map = units.len() + people.len() + posts.len() + holdings.len();
        let Self { limits, calendars, hours, days, markets, unit_calendars, absences, rosters, duty_changes, .. } =
            self;
        let time = limits.len() + calendars.len() + hours.len() + days.len() + markets.len() + unit_calendars.len();
        let duty = absences.len() + rosters.len() + duty_changes.len();
        map + matters.len() + mandates.len() + ladders.len() + time + duty
    }

    /// The rows that calendars are compiled from.
    #[must_use]
    pub fn calendar_rows(&self) -> calendar::Rows<'_> {
        let Self { calendars, hours, days, markets, unit_calendars, .. } = self;
        calendar::Rows { calendars, hours, days, markets, unit_calendars }
    }
}
