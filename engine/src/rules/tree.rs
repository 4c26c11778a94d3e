//! The territory tree with its functional units, compiled for walking: it exists only if it is valid.
//!
//! petgraph builds and checks it; the walk itself goes over flat arrays, about 12 bytes a unit, 16
//! more for one that others stand below, and its code and name, because a map of ten million
//! households has to answer within a microsecond.

mod check;
mod texts;

use std::collections::HashMap;

use super::{
    id::UnitCode,
    instant::{Instant, Span},
    tier::{Tier, Unit, UnitKind},
};
use texts::Texts;

/// A unit in one tree: its place in the order of codes. Not stable between trees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitIx(pub u32);

const NONE: u32 = u32::MAX;

/// How far up a walk goes at most. The tiers are nine and functional units nest two or three deep;
/// the check names a chain that is longer, so that no walk ever stops short of the top.
pub const MAX_DEPTH: usize = 32;

/// What is wrong with the unit rows. `row` counts the rows as given, from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeFault {
    /// Two stretches of one unit share an instant.
    #[error("unit `{code}` is already described for that time in an earlier row")]
    Duplicate {
        /// The later of the two rows.
        row: usize,
        /// The unit.
        code: UnitCode,
    },
    /// The parent is not in the rows.
    #[error("parent `{parent}` is not a unit of the register")]
    UnknownParent {
        /// The child's row.
        row: usize,
        /// The missing parent.
        parent: UnitCode,
    },
    /// The served unit is not in the rows, or is not a territory.
    #[error("served unit `{serves}` is not a territory of the register")]
    UnknownServed {
        /// The functional unit's row.
        row: usize,
        /// The missing territory.
        serves: UnitCode,
    },
    /// A territory that serves, or a functional unit with no territory above it.
    #[error("a territory serves nothing, and a functional unit needs a territory above it or in `serves`")]
    Serving {
        /// The row.
        row: usize,
    },
    /// A child of the same or a higher tier than its parent, or a territory under a functional unit.
    #[error("a {child} cannot stand below the {parent} `{parent_code}`")]
    NotBelow {
        /// The child's row.
        row: usize,
        /// What the child is.
        child: UnitKind,
        /// What the parent is.
        parent: UnitKind,
        /// The parent.
        parent_code: UnitCode,
    },
    /// This row closes a circle of parents.
    #[error("the parents of `{code}` lead back to itself: {path}")]
    Cycle {
        /// The row that closes it.
        row: usize,
        /// The unit of that row.
        code: UnitCode,
        /// The way round, upward.
        path: String,
    },
    /// Exists at a time when its parent does not.
    #[error("exists at a time when its parent `{parent}` does not")]
    Outlives {
        /// The child's row.
        row: usize,
        /// The parent.
        parent: UnitCode,
    },
    /// Exists at a time when the territory that it serves does not.
    #[error("exists at a time when `{serves}`, which it serves, does not")]
    OutlivesServed {
        /// The functional unit's row.
        row: usize,
        /// The territory.
        serves: UnitCode,
    },
    /// The chain above is longer than a walk goes.
    #[error("`{code}` has {} units above it, and {} are the most", MAX_DEPTH, MAX_DEPTH - 1)]
    TooDeep {
        /// The first row of the chain that is too deep.
        row: usize,
        /// The unit of that row.
        code: UnitCode,
    },
    /// The kind of a unit is not the same in all its stretches.
    #[error("unit `{code}` is a {was} in an earlier row; a unit keeps its kind")]
    KindChanged {
        /// The later row.
        row: usize,
        /// The unit.
        code: UnitCode,
        /// The kind of the earlier row.
        was: UnitKind,
    },
}

impl TreeFault {
    /// The row the fault lies in.
    #[must_use]
    pub fn row(&self) -> usize {
        match self {
            Self::Duplicate { row, .. }
            | Self::UnknownParent { row, .. }
            | Self::UnknownServed { row, .. }
            | Self::Serving { row }
            | Self::NotBelow { row, .. }
            | Self::Cycle { row, .. }
            | Self::Outlives { row, .. }
            | Self::OutlivesServed { row, .. }
            | Self::TooDeep { row, .. }
            | Self::KindChanged { row, .. } => *row,
        }
    }
}

/// One stretch of a unit, compiled.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    /// Index into `inner`.
    parent: u32,
    /// Index into `periods`: nearly all units share one.
    period: u32,
    kind: UnitKind,
}

/// A unit that something stands below. These are few beside the households and lie close together, so
/// that a walk up mostly stays in the cache once it has left the household.
#[derive(Clone, Copy, Debug)]
struct Inner {
    unit: u32,
    latest: Stretch,
}

/// A former stretch, or any stretch of a unit that has several; also what a functional unit serves.
#[derive(Clone, Debug)]
struct Former {
    stretch: Stretch,
    serves: u32,
    name: Box<str>,
}

/// The units of a register through all of time, valid at every instant.
#[derive(Clone, Debug)]
pub struct Tree {
    latest: Vec<Stretch>,
    inner: Vec<Inner>,
    codes: Texts,
    names: Texts,
    periods: Vec<Span>,
    /// Units with more than one stretch, with something to serve, or with a very long name: the exceptions.
    former: HashMap<u32, Vec<Former>>,
}

impl Tree {
    /// Builds the tree, or says everything that is wrong with the rows.
    ///
    /// # Errors
    /// Every fault, in the order of the rows.
    pub fn build(units: &[Unit]) -> Result<Self, Vec<TreeFault>> {
        let faults = check::faults(units);
        if faults.is_empty() { Ok(Self::compile(units)) } else { Err(faults) }
    }

    fn compile(units: &[Unit]) -> Self {
        let mut order: Vec<u32> = (0..u32::try_from(units.len()).unwrap_or(u32::MAX)).collect();
        let row = |i: &u32| units.get(*i as usize);
        order.sort_by_key(|i| row(i).map(|u| (&u.code, u.span.from)));
        let mut tree = Self {
            latest: Vec::new(),
            inner: Vec::new(),
            codes: Texts::default(),
            names: Texts::default(),
            periods: Vec::new(),
            former: HashMap::new(),
        };
        let mut periods: HashMap<Span, u32> = HashMap::new();
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for (place, i) in order.iter().enumerate() {
            let same = place.checked_sub(1).and_then(|p| order.get(p)).and_then(row).map(|u| &u.code)
                == row(i).map(|u| &u.code);
            match runs.last_mut() {
                Some(run) if same => run.1 = place + 1,
                _ => {
                    runs.push((place, place + 1));
                    tree.codes.push(row(i).map_or("", |u| u.code.as_str()));
                }
            }
        }
        tree.codes.shrink();
        tree.latest.reserve_exact(runs.len());
        for (unit, (start, end)) in runs.iter().enumerate() {
            let rows: Vec<&Unit> = order.get(*start..*end).unwrap_or(&[]).iter().filter_map(row).collect();
            let mut stretches = Vec::with_capacity(rows.len());
            for unit in &rows {
                let next = u32::try_from(tree.periods.len()).unwrap_or(NONE);
                let period = *periods.entry(unit.span).or_insert(next);
                if period == next {
                    tree.periods.push(unit.span);
                }
                let find =
                    |code: &Option<UnitCode>| code.as_ref().and_then(|c| tree.find(c.as_str())).map_or(NONE, |u| u.0);
                stretches.push(Former {
                    stretch: Stretch { parent: find(&unit.parent), period, kind: unit.kind },
                    serves: find(&unit.serves),
                    name: unit.name.as_str().into(),
                });
            }
            if let Some(last) = stretches.last() {
                tree.latest.push(last.stretch);
                tree.names.push(&last.name);
                if stretches.len() > 1 || last.serves != NONE || last.name.len() > texts::MAX_BYTES {
                    tree.former.insert(u32::try_from(unit).unwrap_or(NONE), stretches);
                }
            }
        }
        tree.names.shrink();
        tree.compile_inner();
        tree
    }

    /// Up to here parents are units; from here on they are places in `inner`.
    fn compile_inner(&mut self) {
        let mut places = vec![NONE; self.latest.len()];
        let former = self.former.values().flatten().map(|f| f.stretch.parent);
        for parent in self.latest.iter().map(|s| s.parent).chain(former) {
            if let Some(place) = places.get_mut(parent as usize) {
                *place = 0;
            }
        }
        let inner = (0..).zip(&mut places).filter(|(_, place)| **place == 0);
        let units: Vec<u32> = (0..).zip(inner).map(|(no, (unit, place))| (*place = no, unit).1).collect();
        let place = |unit: u32| places.get(unit as usize).copied().unwrap_or(NONE);
        self.latest.iter_mut().for_each(|s| s.parent = place(s.parent));
        self.former.values_mut().flatten().for_each(|f| f.stretch.parent = place(f.stretch.parent));
        let inner = units.into_iter().filter_map(|unit| Some(Inner { unit, latest: *self.latest.get(unit as usize)? }));
        self.inner = inner.collect();
        self.inner.shrink_to_fit();
    }

    /// The rows that the tree was built from, in the order of codes and dates.
    #[must_use]
    pub fn rows(&self) -> Vec<Unit> {
        // Each code is made once, so that children share their parent's.
        let codes: Vec<Option<UnitCode>> = self.all().map(|u| self.code(u).parse().ok()).collect();
        let code = |unit: u32| codes.get(unit as usize).cloned().flatten();
        let row = |unit: u32, stretch: Stretch, serves: u32, name: &str| {
            let (parent, serves) = (self.above(stretch).and_then(|u| code(u.0)), code(serves));
            let span = self.period(stretch.period);
            Some(Unit { code: code(unit)?, name: name.to_owned(), kind: stretch.kind, parent, serves, span })
        };
        let mut rows = Vec::with_capacity(self.latest.len());
        for (unit, latest) in (0..).zip(&self.latest) {
            match self.former.get(&unit) {
                Some(former) => rows.extend(former.iter().filter_map(|f| row(unit, f.stretch, f.serves, &f.name))),
                None => rows.extend(row(unit, *latest, NONE, self.names.get(unit))),
            }
        }
        rows
    }

    /// How many units there are, through all of time.
    #[must_use]
    pub fn len(&self) -> usize {
        self.latest.len()
    }

    /// Whether there is no unit at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.latest.is_empty()
    }

    /// Every unit that ever was, in the order of codes.
    pub fn all(&self) -> impl Iterator<Item = UnitIx> + use<> {
        (0..u32::try_from(self.latest.len()).unwrap_or(u32::MAX)).map(UnitIx)
    }

    /// The unit with this code.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<UnitIx> {
        let (mut low, mut high) = (0, u32::try_from(self.codes.len()).ok()?);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.codes.get(middle).cmp(code) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(UnitIx(middle)),
            }
        }
        None
    }

    /// The code of a unit of this tree.
    #[must_use]
    pub fn code(&self, unit: UnitIx) -> &str {
        self.codes.get(unit.0)
    }

    /// What the unit was called at that time, or last of all when it did not exist then.
    #[must_use]
    pub fn name(&self, unit: UnitIx, at: Instant) -> &str {
        let Some(former) = self.former.get(&unit.0) else { return self.names.get(unit.0) };
        let then = former.iter().find(|f| self.period(f.stretch.period).contains(at));
        then.or(former.last()).map_or("", |f| &f.name)
    }

    /// What the unit is; it stays that for life.
    #[must_use]
    pub fn kind(&self, unit: UnitIx) -> Option<UnitKind> {
        self.latest.get(unit.0 as usize).map(|s| s.kind)
    }

    /// The tier of a territory; none for a functional unit.
    #[must_use]
    pub fn tier(&self, unit: UnitIx) -> Option<Tier> {
        self.kind(unit)?.tier()
    }

    fn period(&self, period: u32) -> Span {
        self.periods.get(period as usize).copied().unwrap_or(Span { from: Instant::MAX, to: Instant::MIN })
    }

    #[inline]
    fn stretch(&self, unit: UnitIx, at: Instant) -> Option<Stretch> {
        self.then(unit, *self.latest.get(unit.0 as usize)?, at)
    }

    /// The stretch that a unit with this latest stretch was in at that time.
    #[inline]
    fn then(&self, unit: UnitIx, latest: Stretch, at: Instant) -> Option<Stretch> {
        if self.period(latest.period).contains(at) {
            return Some(latest);
        }
        let former = self.former.get(&unit.0)?;
        former.iter().map(|f| f.stretch).find(|s| self.period(s.period).contains(at))
    }

    /// Whether the unit existed at that time.
    #[must_use]
    pub fn exists(&self, unit: UnitIx, at: Instant) -> bool {
        self.stretch(unit, at).is_some()
    }

    /// The stretch of its life that the unit was in at that time.
    #[must_use]
    pub fn span(&self, unit: UnitIx, at: Instant) -> Option<Span> {
        Some(self.period(self.stretch(unit, at)?.period))
    }

    /// When the unit first began.
    #[must_use]
    pub fn begun(&self, unit: UnitIx) -> Option<Instant> {
        self.stretches(unit).map(|s| self.period(s.period).from).min()
    }

    /// When the unit is gone for good; [`Instant::MAX`] when no end is known.
    #[must_use]
    pub fn until(&self, unit: UnitIx) -> Instant {
        self.stretches(unit).map(|s| self.period(s.period).to).max().unwrap_or(Instant::MIN)
    }

    /// The unit itself, or the nearest above where it stood last that is there at that time.
    #[must_use]
    pub fn living(&self, unit: UnitIx, at: Instant) -> Option<UnitIx> {
        self.upward_or_last(unit, at).find(|unit| self.exists(*unit, at))
    }

    /// The unit above, at that time.
    #[must_use]
    #[inline]
    pub fn parent(&self, unit: UnitIx, at: Instant) -> Option<UnitIx> {
        self.above(self.stretch(unit, at)?)
    }

    #[inline]
    fn above(&self, stretch: Stretch) -> Option<UnitIx> {
        self.inner.get(stretch.parent as usize).map(|i| UnitIx(i.unit))
    }

    /// The unit itself and everything above it, upward, at that time; at most [`MAX_DEPTH`] units.
    pub fn upward(&self, unit: UnitIx, at: Instant) -> impl Iterator<Item = UnitIx> + '_ {
        self.walk(unit, at).map(|(unit, _)| unit)
    }

    /// As [`Tree::upward`], with what each unit is.
    #[inline]
    pub(crate) fn walk(&self, unit: UnitIx, at: Instant) -> impl Iterator<Item = (UnitIx, UnitKind)> + '_ {
        let start = self.stretch(unit, at).map(|stretch| (unit, stretch));
        let up = std::iter::successors(start, move |(_, stretch)| {
            let above = self.inner.get(stretch.parent as usize)?;
            let unit = UnitIx(above.unit);
            Some((unit, self.then(unit, above.latest, at)?))
        });
        up.take(MAX_DEPTH).map(|(unit, stretch)| (unit, stretch.kind))
    }

    /// The unit itself and everything above it, upward, at that time; a unit that is gone stands where
    /// it stood last. Nothing for a unit that is yet to come.
    ///
    /// What once lay in a unit goes on lying there: a request is not lost from sight with its household.
    pub fn upward_or_last(&self, unit: UnitIx, at: Instant) -> impl Iterator<Item = UnitIx> + '_ {
        let up = std::iter::successors(Some(unit), move |unit| self.above(self.stretch_or_last(*unit, at)?));
        up.take_while(move |unit| self.stretch_or_last(*unit, at).is_some()).take(MAX_DEPTH)
    }

    /// The unit above, at that time, or the last one before it.
    #[must_use]
    pub fn parent_or_last(&self, unit: UnitIx, at: Instant) -> Option<UnitIx> {
        self.upward_or_last(unit, at).nth(1)
    }

    fn stretch_or_last(&self, unit: UnitIx, at: Instant) -> Option<Stretch> {
        let from = |s: &Stretch| self.period(s.period).from;
        self.stretches(unit).filter(|s| from(s) <= at).max_by_key(from)
    }

    /// Whether any unit begins or ends after `since` and at `at` or before it.
    #[must_use]
    pub fn changes_between(&self, since: Instant, at: Instant) -> bool {
        let falls = |moment: Instant| since < moment && moment <= at;
        self.periods.iter().any(|p| falls(p.from) || falls(p.to))
    }

    /// The units that are gone for good since an instant, in the order of codes.
    #[must_use]
    pub fn ended_between(&self, since: Instant, at: Instant) -> Vec<UnitCode> {
        let falls = |moment: Instant| since < moment && moment <= at;
        // Mostly no unit ends at all, and asking that costs nothing.
        if !self.periods.iter().any(|period| falls(period.to)) {
            return Vec::new();
        }
        self.all().filter(|unit| falls(self.until(*unit))).filter_map(|unit| self.code(unit).parse().ok()).collect()
    }

    /// Whether `unit` is `top` or stands below it.
    #[must_use]
    pub fn is_within(&self, unit: UnitIx, top: UnitIx, at: Instant) -> bool {
        self.upward(unit, at).any(|u| u == top)
    }

    /// The territory that the unit is (a territory) or serves (a functional unit).
    #[must_use]
    pub fn territory(&self, unit: UnitIx, at: Instant) -> Option<UnitIx> {
        if self.tier(unit).is_some() {
            return Some(unit);
        }
        self.upward(unit, at).find_map(|u| {
            if self.tier(u).is_some() {
                return Some(u);
            }
            let then = self.former.get(&u.0)?.iter().find(|f| self.period(f.stretch.period).contains(at))?;
            (then.serves != NONE).then_some(UnitIx(then.serves))
        })
    }

    /// Every territory that the unit is or ever served, each once.
    pub(crate) fn territories_ever(&self, unit: UnitIx) -> Vec<UnitIx> {
        if self.tier(unit).is_some() {
            return vec![unit];
        }
        // It may change inside a stretch of this unit, at a moment of any functional unit that ever was above.
        let mut above = vec![unit];
        let mut looked = 0;
        let mut found = Vec::new();
        while let Some(next) = above.get(looked).copied() {
            looked += 1;
            for stretch in self.stretches(next) {
                found.extend(self.territory(unit, self.period(stretch.period).from));
                let parent = self.above(stretch).filter(|p| self.tier(*p).is_none() && !above.contains(p));
                above.extend(parent);
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Every stretch of the unit's life.
    fn stretches(&self, unit: UnitIx) -> impl Iterator<Item = Stretch> + '_ {
        let former = self.former.get(&unit.0);
        let only = self.latest.get(unit.0 as usize).copied().filter(|_| former.is_none());
        former.into_iter().flatten().map(|f| f.stretch).chain(only)
    }

    /// The units that stand directly below, for every unit, at that time: children in the order of codes.
    #[must_use]
    pub fn children(&self, at: Instant) -> HashMap<UnitIx, Vec<UnitIx>> {
        let mut children: HashMap<UnitIx, Vec<UnitIx>> = HashMap::new();
        for unit in self.all() {
            if let Some(parent) = self.parent(unit, at) {
                children.entry(parent).or_default().push(unit);
            }
        }
        children
    }

    /// The way from the root down to the unit, codes joined by `/`, with a `/` at the end: the
    /// units within `top` are those whose path begins with the path of `top`.
    #[must_use]
    pub fn path(&self, unit: UnitIx, at: Instant) -> String {
        let mut way: Vec<&str> = self.upward(unit, at).map(|u| self.code(u)).collect();
        way.reverse();
        way.into_iter().fold(String::new(), |path, code| path + code + "/")
    }

    /// Bytes held for all units together.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let walked = self.latest.capacity() * size_of::<Stretch>() + self.inner.capacity() * size_of::<Inner>();
        walked + self.codes.bytes() + self.names.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::instant::Zone;

    fn unit(text: &str) -> Unit {
        let mut parts = text.split(' ');
        let mut next = || parts.next().filter(|p| *p != "-");
        let zone = Zone::china();
        let at = |t: Option<&str>, open| t.map_or(open, |t| Instant::parse(t, &zone).unwrap());
        Unit {
            code: next().unwrap().parse().unwrap(),
            name: "名".to_owned(),
            kind: UnitKind::parse(next().unwrap()).unwrap(),
            parent: next().map(|p| p.parse().unwrap()),
            serves: next().map(|p| p.parse().unwrap()),
            span: Span { from: at(next(), Instant::MIN), to: at(next(), Instant::MAX) },
        }
    }

    fn check(rows: &[&str], expected: &[&str]) {
        let units: Vec<Unit> = rows.iter().map(|r| unit(r)).collect();
        let found = Tree::build(&units).err().unwrap_or_default();
        let found: Vec<String> = found.iter().map(|f| format!("{}: {f}", f.row())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_tree_may_lack_any_tier() {
        check(&["t Town", "h1 Household t", "g Group t", "h2 Household g"], &[]);
    }

    #[test]
    fn an_unknown_parent_is_named() {
        check(&["t Town", "v Village x"], &["1: parent `x` is not a unit of the register"]);
    }

    #[test]
    fn a_child_must_be_of_a_lower_tier() {
        check(&["t Town", "v Village t", "o Office v"], &["2: a Office cannot stand below the Village `v`"]);
    }

    #[test]
    fn a_circle_is_reported_at_the_row_that_closes_it() {
        check(
            &["t Town", "a Department c t", "b Department a", "c Department b"],
            &["3: the parents of `c` lead back to itself: c → b → a → c"],
        );
    }

    #[test]
    fn a_code_is_used_once_at_a_time() {
        check(
            &["t Town", "v Village t", "v Village t"],
            &["2: unit `v` is already described for that time in an earlier row"],
        );
        check(&["t Town", "v Village t - - 2015-01-01", "v Village t - 2015-01-01"], &[]);
    }

    #[test]
    fn a_child_does_not_outlive_its_parent() {
        check(
            &["t Town", "v Village t - - 2015-01-01", "g Group v"],
            &["2: exists at a time when its parent `v` does not"],
        );
    }

    #[test]
    fn a_server_does_not_outlive_what_it_serves() {
        check(
            &["t Town", "v Village t - - 2015-01-01", "p ServicePoint t v"],
            &["2: exists at a time when `v`, which it serves, does not"],
        );
        check(
            &[
                "t Town",
                "v Village t - - 2015-01-01",
                "v Village t - 2015-01-01",
                "p ServicePoint t v",
                "q ServicePoint p v - 2014-01-01",
            ],
            &[],
        );
    }

    /// A town and a chain of departments below it, of so many units in all.
    fn chain(length: usize) -> Vec<String> {
        let below = (1..length)
            .map(|n| format!("d{n} Department {}", if n == 1 { "t".to_owned() } else { format!("d{}", n - 1) }));
        std::iter::once("t Town".to_owned()).chain(below).collect()
    }

    #[test]
    fn no_chain_is_longer_than_a_walk() {
        let longest = chain(MAX_DEPTH);
        let units: Vec<Unit> = longest.iter().map(|r| unit(r)).collect();
        let tree = Tree::build(&units).unwrap();
        let lowest = tree.find(&format!("d{}", MAX_DEPTH - 1)).unwrap();
        assert_eq!(tree.upward(lowest, Instant(0)).last(), tree.find("t"), "the walk reaches the top");
        let mut longer = chain(MAX_DEPTH + 3);
        longer.push("beside Department d31".to_owned());
        let rows: Vec<&str> = longer.iter().map(String::as_str).collect();
        check(
            &rows,
            &[
                "32: `d32` has 32 units above it, and 31 are the most",
                "35: `beside` has 32 units above it, and 31 are the most",
            ],
        );
    }

    #[test]
    fn a_move_changes_the_way_up_from_its_day_on() {
        let rows = ["t Town", "a Village t", "b Village t", "g Group a - - 2020-01-01", "g Group b - 2020-01-01"];
        let tree = Tree::build(&rows.map(unit)).unwrap();
        let zone = Zone::china();
        let g = tree.find("g").unwrap();
        assert_eq!(tree.path(g, Instant::parse("2019-12-31", &zone).unwrap()), "t/a/g/");
        assert_eq!(tree.path(g, Instant::parse("2020-01-01", &zone).unwrap()), "t/b/g/");
    }

    #[test]
    fn a_unit_that_is_gone_stands_where_it_stood_last() {
        let rows = [
            "t Town",
            "u Town",
            "a Village t - - 2020-01-01",
            "a Village u - 2020-01-01",
            "g Group a - - 2018-01-01",
            "h Household g - - 2016-01-01",
            "n Household a - 2021-01-01",
        ];
        let tree = Tree::build(&rows.map(unit)).unwrap();
        let zone = Zone::china();
        let way = |code: &str, at: &str| {
            let way = tree.upward_or_last(tree.find(code).unwrap(), Instant::parse(at, &zone).unwrap());
            way.map(|u| tree.code(u)).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(way("h", "2015-01-01"), "h g a t");
        assert_eq!(way("h", "2019-01-01"), "h g a t", "gone with its group, in the village as ever");
        assert_eq!(way("h", "2020-01-01"), "h g a u", "and goes with the village");
        assert_eq!(way("n", "2020-01-01"), "", "yet to come");
        let change = |since: &str, at: &str| {
            tree.changes_between(Instant::parse(since, &zone).unwrap(), Instant::parse(at, &zone).unwrap())
        };
        assert!(change("2019-12-31", "2020-01-01") && change("2015-12-31", "2030-01-01"));
        assert!(!change("2020-01-01", "2020-12-31") && !change("2022-01-01", "2030-01-01"));
    }

    #[test]
    fn a_functional_unit_serves_the_nearest_territory_or_the_one_named() {
        let rows = ["t Town", "v Village t", "hall Hall t", "w Window hall", "p ServicePoint hall v"];
        let tree = Tree::build(&rows.map(unit)).unwrap();
        let serves = |code: &str| tree.territory(tree.find(code).unwrap(), Instant(0)).map(|u| tree.code(u).to_owned());
        assert_eq!(serves("w").as_deref(), Some("t"));
        assert_eq!(serves("p").as_deref(), Some("v"));
    }

    #[test]
    fn the_rows_come_back_in_the_order_of_codes_and_dates() {
        let rows =
            ["v Village t - - 2015-01-01", "t Town", "p ServicePoint t v", "v Village t - 2015-01-01", "h Household v"];
        let units: Vec<Unit> = rows.iter().map(|r| unit(r)).collect();
        let mut expected = units.clone();
        expected.sort_by(|a, b| (&a.code, a.span).cmp(&(&b.code, b.span)));
        assert_eq!(Tree::build(&units).unwrap().rows(), expected);
    }

    #[test]
    fn what_a_unit_ever_served_changes_with_any_unit_above_it() {
        let rows = [
            "t Town",
            "v Village t",
            "hall Hall t - - 2015-01-01",
            "hall Hall t v 2015-01-01",
            "d Department hall",
            "w Window d",
        ];
        let tree = Tree::build(&rows.map(unit)).unwrap();
        let served = tree.territories_ever(tree.find("w").unwrap());
        assert_eq!(served.into_iter().map(|u| tree.code(u)).collect::<Vec<_>>(), ["t", "v"]);
    }
}
