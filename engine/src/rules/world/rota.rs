//! Rotas of this world: put together, and judged.

use super::World;
use crate::rules::{
    absence::{Absence, Absences, Scope, Substitute},
    calendar::{Calendar, Date, Day, LAST_DATE},
    id::{PersonCode, RosterCode, UnitCode},
    instant::{Instant, Span},
    post::{PostKind, Rank},
    roster::{Counted, Empty, Plan, Quality, Roster, Rosters, Shift, ShiftId, Stint, counted, propose, quality},
    tree::UnitIx,
};

/// A rota that was put together, with what it is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// The stretch of the roster for the period.
    pub roster: Roster,
    /// Its duties, in the order of time.
    pub duties: Vec<Counted>,
    /// What it is worth for those who could be put on duty.
    pub quality: Quality,
}

impl World {
    /// Who is first holder of a post of that kind on that unit at some time of a period: in the order of posts and
    /// of terms.
    #[must_use]
    pub fn rota_people(&self, unit: UnitIx, posts: PostKind, during: Span) -> Vec<PersonCode> {
        let mut found: Vec<PersonCode> = Vec::new();
        for post in self.posts().filter(|p| self.post_unit(*p) == Some(unit) && self.post_kind(*p) == Some(posts)) {
            for held in self.holdings_of(post).filter(|h| h.rank == Rank::First && h.span.overlaps(during)) {
                found.extend(self.person_code(held.person).filter(|code| !found.contains(code)).cloned());
            }
        }
        found
    }

    /// Whether a person holds a post of that kind on that unit at some time of a period.
    #[must_use]
    pub fn holds_there(&self, person: &PersonCode, unit: UnitIx, posts: PostKind, during: Span) -> bool {
        self.terms_there(person, unit, posts).iter().any(|term| term.overlaps(during))
    }

    /// When a person holds posts of that kind on that unit.
    fn terms_there(&self, person: &PersonCode, unit: UnitIx, posts: PostKind) -> Vec<Span> {
        let held = self.find_person(person.as_str()).into_iter().flat_map(|ix| self.ever_held_by(ix));
        let here = held.filter(|h| self.post_unit(h.post) == Some(unit) && self.post_kind(h.post) == Some(posts));
        here.map(|h| h.span).collect()
    }

    /// Puts a fair rota together for these people: as [`propose`] does, with the calendar of the unit, the absences
    /// that are recorded, and nobody put on duty at a time at which they hold no such post there. None where there
    /// is no duty in the period.
    #[must_use]
    pub fn propose_rota(&self, shape: &Roster, people: &[PersonCode], from: Date, to: Date) -> Option<Proposed> {
        let unit = self.find_unit(shape.unit.as_str())?;
        let absences = Absences::build(self.away(unit, shape.posts, people));
        let days = |date: Date| self.day_at(&shape.unit, date);
        let plan = Plan { roster: shape, people, from, to, absences: &absences, days: &days, zone: &self.zone };
        let roster = propose(&plan)?;
        let rosters =
            Rosters::build(std::slice::from_ref(&roster), self.zone.clone(), &|_, date| days(date), LAST_DATE);
        let shifts = rosters.shifts(&roster.code, roster.span);
        let (duties, quality) = (counted(&shifts, &days), quality(&shifts, Empty::TooFew, people, &absences, &days));
        Some(Proposed { roster, duties, quality })
    }

    /// What the rota of a roster is worth in a stretch of time, for those who stand in its order then. A place that
    /// the order leaves to nobody is a decision and costs nothing; whoever was taken off without another is missing.
    #[must_use]
    pub fn rota_quality(&self, roster: &RosterCode, during: Span) -> Quality {
        let rosters = self.rosters();
        let shifts = rosters.shifts(roster, during);
        let mut people: Vec<PersonCode> = Vec::new();
        for person in shifts.iter().flat_map(|shift| shift.roster.order.iter().filter_map(|slot| slot.0.as_ref())) {
            if !people.contains(person) {
                people.push(person.clone());
            }
        }
        let unit = rosters.roster_from(roster, during.from).map(|row| &row.unit);
        let day = |date: Date| unit.map_or_else(|| Calendar::always().day(date), |unit| self.day_at(unit, date));
        let left = self.left_alone(roster, during, &shifts);
        quality(&shifts, Empty::OnPurpose { left: &left }, &people, self.absences(), &day)
    }

    /// The shifts that are planned for somebody, and in which at some time nobody is on duty by that roster.
    fn left_alone(&self, roster: &RosterCode, during: Span, shifts: &[Shift<'_>]) -> Vec<ShiftId> {
        // Only what changes the rota makes it so.
        if self.overrides().of(roster).is_empty() {
            return Vec::new();
        }
        let row = self.rosters().roster_from(roster, during.from);
        let place = row.and_then(|row| Some((self.find_unit(row.unit.as_str())?, row.posts)));
        let Some((unit, posts)) = place else { return Vec::new() };
        let stints = self.duty_roster(unit, posts, during);
        let nobody = |stint: &&Stint<'_>| !stint.on_duty.people.iter().any(|duty| duty.roster.code == *roster);
        let alone: Vec<Span> = stints.iter().filter(nobody).map(|stint| stint.span).collect();
        let planned = shifts.iter().filter(|shift| shift.places.iter().any(Option::is_some));
        planned.filter(|shift| alone.iter().any(|span| span.overlaps(shift.span))).map(Shift::id).collect()
    }

    /// The absences of these people, and the times at which they hold no such post there as if they were.
    fn away(&self, unit: UnitIx, posts: PostKind, people: &[PersonCode]) -> Vec<Absence> {
        let mut found = Vec::new();
        for person in people {
            found.extend(self.absences().of(person).iter().cloned());
            let mut terms = self.terms_there(person, unit, posts);
            terms.sort_unstable();
            let mut reached = Instant::MIN;
            let mut gaps = Vec::new();
            for term in terms {
                gaps.push(Span { from: reached, to: term.from });
                reached = reached.max(term.to);
            }
            gaps.push(Span { from: reached, to: Instant::MAX });
            let out = gaps.into_iter().filter(|gap| gap.from < gap.to).filter_map(|span| out_of_post(person, span));
            found.extend(out);
        }
        found
    }

    /// What a date is at a unit.
    pub(super) fn day_at(&self, unit: &UnitCode, date: Date) -> Day {
        let midnight = self.zone.0.to_timestamp(date.at(0, 0, 0, 0)).map(|at| Instant(at.as_microsecond()));
        let unit = self.find_unit(unit.as_str()).zip(midnight.ok());
        let calendar = unit.map(|(unit, at)| self.calendar(unit, at));
        calendar.map_or_else(|| Calendar::always().day(date), |calendar| calendar.day(date))
    }
}

/// A time without the post, as an absence.
fn out_of_post(person: &PersonCode, span: Span) -> Option<Absence> {
    Some(Absence {
        code: "out-of-post".parse().ok()?,
        person: person.clone(),
        span,
        reason: String::new(),
        scope: Scope::All,
        substitute: Substitute::ByPost,
        substitute_until: None,
        recorded_by: None,
        recorded_at: Instant::MIN,
        ended_at: None,
    })
}
