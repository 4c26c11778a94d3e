//! Limits with their arithmetic, and the marks for those that ran out.

use async_graphql::SimpleObject;
use liandong_engine::rules::{
    calendar::Stretch,
    limit::{LimitKind as Kind, Reckoned},
    request::event::Moved,
};

use super::person::Person;
use crate::word::{Card, LimitKind, When};

/// A limit as it was reckoned, with everything that counted and everything that did not.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct ReckonedLimit {
    /// What it is for.
    kind: LimitKind,
    /// What it is for, in Chinese.
    kind_zh: &'static str,
    /// When its time began to run.
    start: When,
    /// When its last quarter begins.
    soon: When,
    /// The first instant at which it is over.
    due: When,
    /// How much was allowed, such as 4wh or 2wd; in seconds, such as 5399.5ws, where it is what was left.
    allowance: String,
    /// How much was allowed, in Chinese.
    allowance_zh: String,
    /// The code of the calendar it was reckoned by; null where every instant counts.
    calendar: Option<String>,
    /// Whether it ends after the last day that public notices cover, so that a later one may show it to be wrong.
    beyond_published: bool,
    /// All days from the start to the end; days that are alike stand together.
    stretches: Vec<LimitStretch>,
}

/// Consecutive days of a limit that are alike.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct LimitStretch {
    /// The first of them, as YYYY-MM-DD.
    from: String,
    /// The last of them.
    to: String,
    /// What they give together: days of an allowance in days, else minutes, rounded down; 0 when they do not count.
    counted: i64,
    /// Why that much, in Chinese.
    why_zh: &'static str,
    /// What the days are called, such as 春节.
    name: Option<String>,
    /// The hours of each of them, where minutes are counted.
    periods: Vec<String>,
}

impl ReckonedLimit {
    /// A limit as an event has it.
    pub(crate) fn of(kind: Kind, reckoned: &Reckoned) -> Self {
        let Reckoned { limit, reckoning } = reckoned;
        let in_days = reckoning.allowance.is_in_days();
        Self {
            kind: kind.into(),
            kind_zh: kind.zh(),
            start: When(reckoning.start),
            soon: When(limit.soon),
            due: When(limit.due),
            allowance: reckoning.allowance.to_string(),
            allowance_zh: reckoning.allowance.zh(),
            calendar: reckoning.calendar.as_ref().map(ToString::to_string),
            beyond_published: reckoning.beyond_published,
            stretches: reckoning.stretches.iter().map(|stretch| LimitStretch::of(stretch, in_days)).collect(),
        }
    }
}

impl LimitStretch {
    fn of(stretch: &Stretch, in_days: bool) -> Self {
        Self {
            from: stretch.from.to_string(),
            to: stretch.to.to_string(),
            counted: if in_days { stretch.counted } else { stretch.counted / 60_000_000 },
            why_zh: stretch.why.zh(),
            name: stretch.name.as_ref().map(ToString::to_string),
            periods: stretch.periods.iter().map(ToString::to_string).collect(),
        }
    }
}

/// A limit that ends at another time.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct MovedLimit {
    /// The number of the assignment; null for a limit of the whole case.
    assignment: Option<u16>,
    /// When it ended until now.
    was: When,
    /// When it ends, with the arithmetic.
    is: ReckonedLimit,
    /// By how many minutes later it ends; fewer than none where it ends earlier.
    minutes: i64,
}

impl MovedLimit {
    /// A limit as the rules have it.
    pub(crate) fn of(moved: &Moved) -> Self {
        let Moved { no, kind, was, is } = moved;
        Self {
            assignment: Some(no.0).filter(|no| *no > 0),
            was: When(was.due),
            is: ReckonedLimit::of(*kind, is),
            minutes: (is.limit.due.0 - was.due.0) / 60_000_000,
        }
    }
}

/// A mark that supervision gave for a limit that ran out.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Mark {
    /// Which.
    pub(crate) card: Card,
    /// Which, in Chinese.
    pub(crate) card_zh: &'static str,
    /// To whom.
    pub(crate) person: Option<Person>,
    /// For which limit.
    pub(crate) limit: LimitKind,
    /// When.
    pub(crate) at: When,
}
