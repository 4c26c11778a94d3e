//! How good a rota is, with the arithmetic of every point that it loses.

use jiff::civil::Date;

use super::{
    duties::{DayClass, Whole, whole},
    row::ShiftId,
    stretch::Shift,
};
use crate::rules::{absence::Absences, calendar::Day, id::PersonCode, instant::Instant, tier::words};

words! {
    /// For what a rota loses points, and what is said of it beside.
    pub enum Flaw {
        /// A place with nobody, though somebody was to be there.
        Gap = "空岗",
        /// A place that the order leaves to nobody: a decision, which costs nothing.
        OnPurpose = "按计划空岗",
        /// Somebody is on duty while absent.
        WhileAbsent = "不在岗时排班",
        /// Some have more duties of a class of day than others.
        Imbalance = "分配不均",
        /// Duties of one person with less than a day between them.
        BackToBack = "连续值班",
    }
}

impl Flaw {
    /// What each costs, and what all of them cost at most (of a class of day, for the imbalance).
    #[must_use]
    pub const fn points(self) -> (u32, u32) {
        match self {
            Self::Gap => (4, 40),
            Self::OnPurpose => (0, 0),
            Self::WhileAbsent => (4, 30),
            Self::Imbalance => (3, 10),
            Self::BackToBack => (1, 20),
        }
    }
}

/// What the places with nobody are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Empty<'a> {
    /// Of a rota that is put together for everybody: too few were there.
    TooFew,
    /// Of a rota that stands: left to nobody on purpose. What is missing is whoever was to have these shifts, and
    /// was taken off.
    OnPurpose {
        /// Shifts that are planned, and in which nobody is left.
        left: &'a [ShiftId],
    },
}

/// One thing said of a rota: mostly why it loses points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// For what.
    pub flaw: Flaw,
    /// How many there are.
    pub count: u32,
    /// How many points it loses for them.
    pub points: u32,
    /// Which they are, with the arithmetic.
    pub what: String,
}

/// How good a rota is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quality {
    /// 100 for one without a flaw, 0 at the least: 100 less the points of all reasons.
    pub score: u8,
    /// Why it is not 100, and which places are empty on purpose.
    pub reasons: Vec<Reason>,
}

/// How good these shifts of one roster are for these people, in the order of time.
///
/// Duties of a class are compared among those who could have had every one of them: who was away for some
/// is expected to have fewer. A difference of one is no imbalance, since not everything divides.
#[must_use]
pub fn quality(
    shifts: &[Shift<'_>],
    empty: Empty<'_>,
    people: &[PersonCode],
    absences: &Absences,
    days: &dyn Fn(Date) -> Day,
) -> Quality {
    let shifts = whole(shifts, days);
    let mut reasons = Vec::new();
    reasons.extend(match empty {
        Empty::TooFew => empty_places(&shifts, Flaw::Gap, "empty"),
        Empty::OnPurpose { left } => left_alone(&shifts, left),
    });
    if matches!(empty, Empty::OnPurpose { .. }) {
        reasons.extend(empty_places(&shifts, Flaw::OnPurpose, "empty on purpose"));
    }
    reasons.extend(while_absent(&shifts, absences));
    reasons.extend(DayClass::ALL.iter().filter_map(|class| imbalance(&shifts, *class, people, absences)));
    reasons.extend(back_to_back(&shifts));
    let lost: u32 = reasons.iter().map(|r| r.points).sum();
    Quality { score: u8::try_from(100_u32.saturating_sub(lost)).unwrap_or(0), reasons }
}

/// The reason for so many flaws, if there are any.
fn reason(flaw: Flaw, count: usize, what: impl FnOnce() -> String) -> Option<Reason> {
    let count = u32::try_from(count).ok().filter(|n| *n > 0)?;
    let (each, most) = flaw.points();
    let all = count.saturating_mul(each);
    let points = all.min(most);
    let held = if all > most { format!(", {most} at most") } else { String::new() };
    let sum = if each == 0 { "no points".to_owned() } else { format!("{count} × {each} = {all} points{held}") };
    Some(Reason { flaw, count, points, what: format!("{}: {sum}", what()) })
}

fn empty_places(shifts: &[Whole<'_>], flaw: Flaw, how: &str) -> Option<Reason> {
    let empty = |s: &Whole<'_>| s.places.iter().filter(|p| p.is_none()).count();
    let places: usize = shifts.iter().map(|s| s.places.len()).sum();
    let first = shifts.iter().find(|s| empty(s) > 0)?;
    let count = shifts.iter().map(empty).sum();
    reason(flaw, count, || format!("{count} of {places} places are {how}, the first on {}", first.day))
}

fn left_alone(shifts: &[Whole<'_>], left: &[ShiftId]) -> Option<Reason> {
    let alone: Vec<&Whole<'_>> = shifts.iter().filter(|s| left.contains(&s.id)).collect();
    let first = alone.first()?;
    reason(Flaw::Gap, alone.len(), || {
        let (count, all) = (alone.len(), shifts.len());
        format!("in {count} of {all} shifts nobody is left of who was to be there, the first on {}", first.day)
    })
}

fn is_away(shift: &Whole<'_>, person: &PersonCode, absences: &Absences) -> bool {
    shift.spans.iter().any(|span| absences.absent_during(person, *span))
}

fn while_absent(shifts: &[Whole<'_>], absences: &Absences) -> Option<Reason> {
    let duties = shifts.iter().flat_map(|s| s.places.iter().flatten().map(move |p| (s, *p)));
    let away: Vec<(&Whole<'_>, &PersonCode)> = duties.filter(|(s, p)| is_away(s, p, absences)).collect();
    let (first, person) = away.first()?;
    reason(Flaw::WhileAbsent, away.len(), || {
        format!("{} duties are of somebody absent, the first of `{person}` on {}", away.len(), first.day)
    })
}

fn imbalance(shifts: &[Whole<'_>], class: DayClass, people: &[PersonCode], absences: &Absences) -> Option<Reason> {
    let of_class: Vec<&Whole<'_>> = shifts.iter().filter(|s| s.class == class).collect();
    let count = |p: &&PersonCode| of_class.iter().filter(|s| s.places.contains(&Some(*p))).count();
    let there = |p: &&PersonCode| !of_class.iter().any(|s| is_away(s, p, absences));
    let counts: Vec<(usize, &PersonCode)> = people.iter().filter(there).map(|p| (count(&p), p)).collect();
    let (most, busiest) = counts.iter().max_by_key(|(n, _)| *n)?;
    let (least, idlest) = counts.iter().min_by_key(|(n, _)| *n)?;
    let beyond = most.saturating_sub(*least).saturating_sub(1);
    reason(Flaw::Imbalance, beyond, || {
        format!("{class}: `{busiest}` has {most} duties and `{idlest}` {least}, {beyond} more than a difference of one")
    })
}

fn back_to_back(shifts: &[Whole<'_>]) -> Option<Reason> {
    let mut until: std::collections::HashMap<&PersonCode, Instant> = std::collections::HashMap::new();
    let mut pairs: Vec<(&Whole<'_>, &PersonCode)> = Vec::new();
    for shift in shifts {
        for person in shift.places.iter().flatten() {
            if until.insert(person, shift.ends()).is_some_and(|ended| shift.follows(ended)) {
                pairs.push((shift, person));
            }
        }
    }
    let (first, person) = pairs.first()?;
    reason(Flaw::BackToBack, pairs.len(), || {
        format!("{} duties follow with less than a day of rest, the first of `{person}` on {}", pairs.len(), first.day)
    })
}
