//! Who of this world is on duty when.

use std::{collections::HashMap, sync::Arc};

use super::{PostIx, World};
use crate::rules::{
    calendar::{Calendar, Date, LAST_DATE},
    id::{DutyChangeCode, PersonCode, RosterCode, UnitCode},
    instant::{Instant, Span, Zone},
    post::PostKind,
    roster::{
        DutyChange, DutyChangeStage, OnDuty, Overrides, Rosters, Scope, Stint, Terms, on_duty, places_of, stints,
    },
    tree::UnitIx,
};

/// The rosters, compiled, with what changes them.
#[derive(Clone, Debug)]
pub(super) struct KeptRosters {
    all: Arc<Rosters>,
    overrides: Overrides,
    /// The units that have rosters, by their place in the tree: routing asks by that, and often.
    units: HashMap<UnitIx, UnitCode>,
}

impl KeptRosters {
    pub(super) fn none(zone: &Zone) -> Self {
        let never = |_: &UnitCode, date: Date| Calendar::always().day(date);
        Self {
            all: Arc::new(Rosters::build(&[], zone.clone(), &never, Date::MIN)),
            overrides: Overrides::default(),
            units: HashMap::new(),
        }
    }
}

impl World {
    /// What changes the rota; cheap beside the rota itself, so it is compiled anew each time.
    pub(super) fn compile_overrides(&mut self) {
        let changes = self.rows.duty_changes.iter();
        let terms = Terms::of(&self.rows.rosters, &self.rows.posts, &self.rows.holdings);
        let overrides = Overrides::build(changes.flat_map(DutyChange::overrides).collect());
        self.rosters.overrides = overrides.with_terms(Arc::new(terms));
        let units = self.rows.rosters.iter().map(|row| &row.unit);
        self.rosters.units = units.filter_map(|unit| Some((self.find_unit(unit.as_str())?, unit.clone()))).collect();
    }

    /// After that an offer can be taken no longer.
    pub(super) fn compile_lapses(&mut self) {
        let offered = self.rows.duty_changes.iter().filter(|row| row.stage() == DutyChangeStage::Offered);
        let begins = |row: &DutyChange| {
            let Scope::Shift(shift) = row.scope else { return None };
            self.rosters().shift(&row.roster, shift).iter().map(|piece| piece.span.from).min()
        };
        let mut lapses: Vec<Instant> = offered.filter_map(begins).collect();
        lapses.sort_unstable();
        self.lapses = lapses;
    }

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

    /// What changes the rotas, compiled.
    #[must_use]
    pub fn overrides(&self) -> &Overrides {
        &self.rosters.overrides
    }

    /// The change of duty with this code.
    #[must_use]
    pub fn duty_change(&self, code: &DutyChangeCode) -> Option<&DutyChange> {
        self.rows.duty_changes.iter().find(|row| row.code == *code)
    }

    /// The changes of duty of some rosters, the newest first.
    #[must_use]
    pub fn duty_changes(&self, of: &[RosterCode]) -> Vec<&DutyChange> {
        let own = self.rows.duty_changes.iter().filter(|row| of.contains(&row.roster));
        let mut changes: Vec<&DutyChange> = own.collect();
        changes.sort_by(|a, b| (b.begun_at, &b.code).cmp(&(a.begun_at, &a.code)));
        changes
    }

    /// The rosters that ever govern posts of a unit, in the order of codes.
    #[must_use]
    pub fn rosters_of(&self, unit: UnitIx) -> Vec<RosterCode> {
        let code = self.tree.code(unit);
        let rows = self.rows.rosters.iter().filter(|row| row.unit.as_str() == code);
        let mut codes: Vec<RosterCode> = rows.map(|row| row.code.clone()).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    /// Who is on duty at a unit, among the holders of a kind of post there, at that instant.
    #[must_use]
    pub fn on_duty(&self, unit: UnitIx, posts: PostKind, at: Instant) -> OnDuty<'_> {
        let Some(unit) = self.rosters.units.get(&unit) else { return OnDuty::default() };
        on_duty(&self.rosters.all, &self.rosters.overrides, unit, posts, at)
    }

    /// The same through a stretch of time, from change to change.
    #[must_use]
    pub fn duty_roster(&self, unit: UnitIx, posts: PostKind, during: Span) -> Vec<Stint<'_>> {
        let Some(unit) = self.rosters.units.get(&unit) else { return Vec::new() };
        stints(&self.rosters.all, &self.rosters.overrides, unit, posts, during)
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

    /// The posts of a kind that ever were on a unit.
    pub fn posts_of_kind(&self, unit: UnitIx, kind: PostKind) -> impl Iterator<Item = PostIx> + '_ {
        self.posts().filter(move |post| self.post_unit(*post) == Some(unit) && self.post_kind(*post) == Some(kind))
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
