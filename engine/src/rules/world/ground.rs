//! Rows that outlast what they rest on, or rest on nothing: what no file may bring. A register that lives mends this
//! by itself the moment the ground moves; a file has to say it right.

use std::collections::HashMap;

use super::{
    problem::{Problem, Table},
    register::Register,
};
use crate::rules::{
    absence::Substitute,
    id::{PersonCode, PostCode, UnitCode},
    instant::{Instant, Span},
    matter::Mandated,
    post::PostKind,
};

/// Everything of the kind, in the order of files and rows. That units, posts and people are there at all is for
/// [`super::check::problems`].
#[must_use]
pub fn problems(register: &Register) -> Vec<Problem> {
    let ground = Ground::of(register);
    let mut found = Vec::new();
    for (row, kept) in register.unit_calendars.iter().enumerate() {
        if ground.units.get(&kept.unit).is_some_and(|until| *until < kept.span.to) {
            found.push(outlasts(
                Table::UnitCalendars,
                row,
                &format!("calendar `{}` is kept", kept.calendar),
                &kept.unit,
            ));
        }
    }
    for (row, mandate) in register.mandates.iter().enumerate() {
        let Mandated::Post(post) = &mandate.to else { continue };
        if ground.posts.get(post).is_some_and(|span| span.to < mandate.span.to) {
            let what = format!("the mandate goes on when its post `{post}` does not exist any more");
            found.push(Problem::new(Table::Mandates, row, "to", what, "end it with the post"));
        }
    }
    for (row, absence) in register.absences.iter().enumerate() {
        let Substitute::Person(named) = &absence.substitute else { continue };
        let holds = absence.holds();
        let during = Span { to: holds.to.min(absence.substitute_until.unwrap_or(Instant::MAX)), ..holds };
        let known = register.people.iter().any(|person| person.code == *named);
        if known && during.from < during.to && !ground.held(named).any(|held| held.overlaps(during)) {
            let what = format!("`{named}` stands in and holds no post then");
            found.push(Problem::new(
                Table::Absences,
                row,
                "substitute",
                what,
                "name somebody who does, or leave it empty",
            ));
        }
    }
    rosters(register, &ground, &mut found);
    found.sort();
    found
}

fn rosters(register: &Register, ground: &Ground<'_>, found: &mut Vec<Problem>) {
    for (row, roster) in register.rosters.iter().enumerate() {
        let place = (&roster.unit, roster.posts);
        if ground.units.get(&roster.unit).is_some_and(|until| *until < roster.span.to) {
            found.push(outlasts(Table::Rosters, row, &format!("roster `{}` goes on", roster.code), &roster.unit));
        } else if ground.places.get(&place).is_some_and(|until| *until < roster.span.to) {
            let what = format!(
                "roster `{}` goes on when the last {} post of `{}` has ended",
                roster.code, roster.posts, roster.unit
            );
            found.push(Problem::new(Table::Rosters, row, "to", what, "end it with the post"));
        }
        for person in roster.order.iter().filter_map(|slot| slot.0.as_ref()) {
            let here = |post: &PostCode| ground.place_of.get(post) == Some(&place);
            let known = register.people.iter().any(|known| known.code == *person);
            if known && !ground.held_on(person, here).any(|held| held.overlaps(roster.span)) {
                let what =
                    format!("`{person}` holds no {} post on `{}` while the roster does", roster.posts, roster.unit);
                let mend = "name a holder, or give `holdings.csv` the row";
                found.push(Problem::new(Table::Rosters, row, "order", what, mend));
            }
        }
    }
}

fn outlasts(table: Table, row: usize, what: &str, unit: &UnitCode) -> Problem {
    Problem::new(
        table,
        row,
        "to",
        format!("{what} when its unit `{unit}` does not exist any more"),
        "end it with the unit",
    )
}

/// A unit, and a kind of post on it.
type Place<'a> = (&'a UnitCode, PostKind);

/// Until when what rows rest on is there.
struct Ground<'a> {
    units: HashMap<&'a UnitCode, Instant>,
    posts: HashMap<&'a PostCode, Span>,
    /// Where a post is.
    place_of: HashMap<&'a PostCode, Place<'a>>,
    /// Until when there are posts at a place.
    places: HashMap<Place<'a>, Instant>,
    /// What everybody holds when.
    held: HashMap<&'a PersonCode, Vec<(&'a PostCode, Span)>>,
}

impl<'a> Ground<'a> {
    fn of(register: &'a Register) -> Self {
        let mut ground = Self {
            units: HashMap::with_capacity(register.units.len()),
            posts: register.posts.iter().map(|post| (&post.code, post.span)).collect(),
            place_of: register.posts.iter().map(|post| (&post.code, (&post.unit, post.kind))).collect(),
            places: HashMap::new(),
            held: HashMap::new(),
        };
        for unit in &register.units {
            let until = ground.units.entry(&unit.code).or_insert(unit.span.to);
            *until = unit.span.to.max(*until);
        }
        for post in &register.posts {
            let until = ground.places.entry((&post.unit, post.kind)).or_insert(post.span.to);
            *until = post.span.to.max(*until);
        }
        for holding in &register.holdings {
            ground.held.entry(&holding.person).or_default().push((&holding.post, holding.span));
        }
        ground
    }

    fn held(&self, person: &PersonCode) -> impl Iterator<Item = Span> {
        self.held_on(person, |_| true)
    }

    fn held_on(&self, person: &PersonCode, which: impl Fn(&PostCode) -> bool) -> impl Iterator<Item = Span> {
        let held = self.held.get(person).map_or(&[][..], Vec::as_slice).iter();
        held.filter(move |(post, _)| which(post)).map(|(_, span)| *span)
    }
}
