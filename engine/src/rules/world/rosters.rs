//! Who of this world is on duty when.

use std::sync::Arc;

use super::{PostIx, World};
use crate::rules::{
    calendar::{Calendar, Date, LAST_DATE},
    id::{PersonCode, UnitCode},
    instant::{Instant, Span, Zone},
    post::PostKind,
    roster::{OnDuty, Overrides, Rosters, Stint, on_duty, places_of, stints},
    tree::UnitIx,
};

/// The rosters, compiled, with what changes them.
#[derive(Clone, Debug)]
pub(super) struct KeptRosters {
    all: Arc<Rosters>,
    overrides: Overrides,
}

impl KeptRosters {
    pub(super) fn none(zone: &Zone) -> Self {
        let never = |_: &UnitCode, date: Date| Calendar::always().day(date);
        Self { all: Arc::new(Rosters::build(&[], zone.clone(), &never, Date::MIN)), overrides: Overrides::default() }
    }
}

impl World {
    pub(super) fn compile_rosters(&mut self) {
        if self.rows.rosters.is_empty() {
            return;
        }
        let day = |unit: &UnitCode, date: Date| self.day_at(unit, date);
        let rosters = Rosters::build(&self.rows.rosters, self.zone.clone(), &day, LAST_DATE);
        self.rosters.all = Arc::new(rosters);
    }

    /// All rosters, compiled.
    #[must_use]
    pub fn rosters(&self) -> &Rosters {
        &self.rosters.all
    }

    /// Who is on duty at a unit, among the holders of a kind of post there, at that instant.
    #[must_use]
    pub fn on_duty(&self, unit: UnitIx, posts: PostKind, at: Instant) -> OnDuty<'_> {
        let Ok(unit) = self.tree.code(unit).parse() else { return OnDuty::default() };
        on_duty(&self.rosters.all, &self.rosters.overrides, &unit, posts, at)
    }

    /// The same through a stretch of time, from change to change.
    #[must_use]
    pub fn duty_roster(&self, unit: UnitIx, posts: PostKind, during: Span) -> Vec<Stint<'_>> {
        let Ok(unit) = self.tree.code(unit).parse() else { return Vec::new() };
        stints(&self.rosters.all, &self.rosters.overrides, &unit, posts, during)
    }

    /// The kinds of posts on a unit that rosters ever govern.
    #[must_use]
    pub fn rostered_kinds(&self, unit: UnitIx) -> Vec<PostKind> {
        let code = self.tree.code(unit);
        let rows = self.rows.rosters.iter().filter(|row| row.unit.as_str() == code);
        let mut kinds: Vec<PostKind> = rows.map(|row| row.posts).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// Where rosters may ever put a person on duty: units, and among the holders of which posts there.
    #[must_use]
    pub fn rostered_places(&self, person: &PersonCode) -> Vec<(UnitIx, PostKind)> {
        let places = places_of(&self.rosters.all, &self.rosters.overrides, person).into_iter();
        places.filter_map(|(unit, posts)| Some((self.find_unit(unit.as_str())?, posts))).collect()
    }

    /// Whether a roster ever governs the post.
    pub(super) fn is_rostered(&self, post: PostIx) -> bool {
        let of = self.post_unit(post).zip(self.post_kind(post));
        !self.rows.rosters.is_empty()
            && of.is_some_and(|(unit, kind)| {
                let code = self.tree.code(unit);
                self.rows.rosters.iter().any(|row| row.posts == kind && row.unit.as_str() == code)
            })
    }
}
