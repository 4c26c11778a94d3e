//! Who is on duty: the one function that routing, the roster page, the feed and the audit all call.

use std::collections::HashMap;

use super::{
    Rosters,
    change::{Change, Override, Overrides, Scope, apply},
    days::day_at,
    row::{Roster, ShiftNo},
};
use crate::rules::{
    id::{PersonCode, UnitCode},
    instant::{Instant, Span},
    post::PostKind,
};

/// One person on duty, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duty<'r> {
    /// Who.
    pub person: &'r PersonCode,
    /// By which roster, in the stretch that holds.
    pub roster: &'r Roster,
    /// In which shift; none when an override alone put the person there.
    pub shift: Option<ShiftNo>,
    /// What put the person there; none as planned.
    pub by: Option<&'r Override>,
}

/// Who is on duty for the posts of a kind on a unit at one instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnDuty<'r> {
    /// Rosters in the order of codes, places in their order.
    pub people: Vec<Duty<'r>>,
    /// Every override that changed something, in the order in which they acted; also those that sent
    /// somebody away.
    pub overrides: Vec<&'r Override>,
    /// Whether a shift runs in which nobody is though somebody should be.
    pub gap: bool,
    /// Whether a shift runs that is nobody's on purpose, and nobody was put in it.
    pub empty: bool,
    /// Whether only who is on duty takes requests: while somebody is, and while nobody is on purpose. A gap
    /// never takes the work away from those who hold the posts.
    pub exclusive: bool,
}

impl OnDuty<'_> {
    /// Whether the person is on duty.
    #[must_use]
    pub fn has(&self, person: &PersonCode) -> bool {
        self.people.iter().any(|duty| duty.person == person)
    }

    /// Whether the person has to leave it to who is on duty.
    #[must_use]
    pub fn keeps_off(&self, person: &PersonCode) -> bool {
        self.exclusive && !self.has(person)
    }
}

/// Who is on duty at this unit, among the holders of this kind of post, at this instant.
///
/// Nobody, neither by a gap nor on purpose, where no roster governs these posts or no shift runs.
#[must_use]
pub fn on_duty<'r>(
    rosters: &'r Rosters,
    overrides: &'r Overrides,
    unit: &UnitCode,
    posts: PostKind,
    at: Instant,
) -> OnDuty<'r> {
    let mut found = OnDuty::default();
    let mut today = None;
    for stretch in rosters.governing(unit, posts).filter(|s| s.row.span.contains(at)) {
        let roster = &stretch.row;
        let today = *today.get_or_insert_with(|| day_at(at, rosters.zone()));
        let running = stretch.running(at, today, rosters.zone()).map(|(no, ..)| no);
        let shift = running.map(|no| super::ShiftId { start: roster.start, no });
        let planned = running.map_or_else(Vec::new, |no| stretch.places(no));
        let (mut seats, effective) = apply(&planned, overrides.acting(&roster.code, shift, at));
        if let Some(terms) = overrides.terms_of(unit, posts) {
            let holds =
                |person: &PersonCode| terms.get(person).is_some_and(|spans| spans.iter().any(|s| s.contains(at)));
            // Whoever left the post is not on duty, whatever the rota says: that is a gap.
            for seat in seats.iter_mut().filter(|seat| seat.person.is_some_and(|person| !holds(person))) {
                seat.person = None;
            }
        }
        let before = found.people.len();
        found.people.extend(seats.iter().filter_map(|seat| {
            let person = seat.person?;
            Some(Duty { person, roster, shift: running, by: seat.by })
        }));
        found.overrides.extend(effective);
        let nobody = found.people.len() == before;
        let on_purpose = running.is_some() && planned.iter().all(Option::is_none);
        found.gap |= nobody && running.is_some() && !on_purpose;
        found.empty |= nobody && on_purpose;
        found.exclusive |= roster.exclusive && (on_purpose || !nobody);
    }
    found
}

/// A stretch of time in which the same people are on duty in the same shifts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stint<'r> {
    /// From when to when.
    pub span: Span,
    /// Who, as [`on_duty`] answers for each instant of it.
    pub on_duty: OnDuty<'r>,
}

/// Who is on duty during a stretch of time, from change to change: what a roster page shows. Asks
/// [`on_duty`] for each part, so that what is shown is what is used. Where no shift runs and nobody is, nothing
/// is shown.
///
/// Bounded as [`Rosters::shifts`].
#[must_use]
pub fn stints<'r>(
    rosters: &'r Rosters,
    overrides: &'r Overrides,
    unit: &UnitCode,
    posts: PostKind,
    during: Span,
) -> Vec<Stint<'r>> {
    let mut edges = vec![during.from, during.to];
    for stretch in rosters.governing(unit, posts) {
        let shifts = stretch.shifts(during, rosters.zone());
        edges.extend(shifts.iter().flat_map(|s| [s.span.from, s.span.to]));
        edges.extend([stretch.row.span.from, stretch.row.span.to]);
        edges.extend(overrides.of(&stretch.row.code).iter().flat_map(|o| [o.acts().from, o.acts().to]));
    }
    let terms = overrides.terms_of(unit, posts).into_iter().flat_map(HashMap::values).flatten();
    edges.extend(terms.flat_map(|term| [term.from, term.to]));
    edges.retain(|at| during.from <= *at && *at <= during.to);
    edges.sort_unstable();
    edges.dedup();
    let mut stints: Vec<Stint<'r>> = Vec::new();
    for (from, to) in edges.iter().zip(edges.iter().skip(1)) {
        let on_duty = on_duty(rosters, overrides, unit, posts, *from);
        match stints.last_mut() {
            Some(last) if last.span.to == *from && last.on_duty == on_duty => last.span.to = *to,
            _ if on_duty.people.is_empty() && !on_duty.gap && !on_duty.empty => {}
            _ => stints.push(Stint { span: Span { from: *from, to: *to }, on_duty }),
        }
    }
    stints
}

/// Where a person may ever be on duty: in the order of a rota, or put there by an override. In order, each once.
#[must_use]
pub fn places_of<'r>(
    rosters: &'r Rosters,
    overrides: &Overrides,
    person: &PersonCode,
) -> Vec<(&'r UnitCode, PostKind)> {
    let planned = |row: &Roster| row.order.iter().any(|slot| slot.0.as_ref() == Some(person));
    let put = |row: &Roster| overrides.of(&row.code).iter().any(|o| o.change.comes() == Some(person));
    let rows = rosters.rows().filter(|row| planned(row) || put(row));
    let mut found: Vec<(&UnitCode, PostKind)> = rows.map(|row| (&row.unit, row.posts)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// What an override covers, as stretches of time by the shifts as they stand: for showing.
#[must_use]
pub fn covered(rosters: &Rosters, row: &Override) -> Vec<Span> {
    let acts = row.acts();
    let within = |span: Span| Span { from: span.from.max(acts.from), to: span.to.min(acts.to) };
    let spans = match row.scope {
        Scope::Stretch(span) => vec![span],
        Scope::Shift(shift) => rosters.shift(&row.roster, shift).into_iter().map(|s| s.span).collect(),
    };
    spans.into_iter().map(within).filter(|span| span.from < span.to).collect()
}

impl Change {
    /// Who comes on duty by it.
    #[must_use]
    pub const fn comes(&self) -> Option<&PersonCode> {
        match self {
            Self::Add { person } | Self::Replace { person, .. } => Some(person),
            Self::Remove { .. } => None,
        }
    }

    /// Who goes off duty by it.
    #[must_use]
    pub const fn goes(&self) -> Option<&PersonCode> {
        match self {
            Self::Remove { person } | Self::Replace { out: person, .. } => Some(person),
            Self::Add { .. } => None,
        }
    }
}
