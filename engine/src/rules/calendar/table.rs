//! The compiled days of one calendar: what kind each is, and how much was worked before it.
//!
//! Eight bytes a day. A question about an instant finds its day by arithmetic (or, where clocks are
//! changed, by bisection), and a question about an amount of time by bisection of the sums.

use std::sync::Arc;

use super::{date::DAY_MICROS, day::Day, period::Period, reckoning::Why};
use crate::rules::instant::Instant;

/// Days that are alike in all that anybody can ask.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) day: Day,
    /// Why people work or do not, in a reckoning of minutes.
    pub(super) why: Why,
    /// What a declared day is called.
    pub(super) name: Option<Arc<str>>,
    pub(super) periods: Arc<[Period]>,
    /// The periods in seconds since the first instant of the day, which is not the same where the
    /// clock is changed.
    pub(super) open: Box<[(u32, u32)]>,
    /// How long people work in all.
    pub(super) seconds: u32,
}

/// When days begin.
#[derive(Debug)]
pub(super) enum Midnights {
    /// The first one; the others follow every 24 hours.
    Even(i64),
    /// Each one and the end of the last, where clocks are changed.
    Listed(Vec<i64>),
}

/// The days that a calendar holds, counted from 0 at the first.
#[derive(Debug)]
pub(super) struct Table {
    /// The number of the first day, as in [`super::date::number`].
    pub(super) first: i64,
    pub(super) midnights: Midnights,
    pub(super) shapes: Vec<Shape>,
    /// The shape of each day.
    pub(super) days: Vec<u16>,
    /// Seconds worked before each day, and at the end before the day that is not held any more. The
    /// days from 1970 to 2060 have fewer than 2^32.
    pub(super) seconds_before: Vec<u32>,
    /// Working days before each day, in the same way.
    pub(super) worked_before: Vec<u16>,
}

/// Where an instant lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Before the first day.
    Before,
    /// On a day, so many microseconds after its beginning.
    On(usize, i64),
    /// After the last day.
    After,
}

const SECOND: i64 = 1_000_000;

impl Table {
    pub(super) fn shape(&self, day: usize) -> Option<&Shape> {
        self.shapes.get(usize::from(*self.days.get(day)?))
    }

    /// The day with that number, as in [`super::date::number`].
    pub(super) fn day(&self, number: i64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.first)?).ok().filter(|day| *day < self.days.len())
    }

    pub(super) fn midnight(&self, day: usize) -> i64 {
        match &self.midnights {
            Midnights::Even(first) => first + i64::try_from(day).unwrap_or(i64::MAX / DAY_MICROS) * DAY_MICROS,
            Midnights::Listed(all) => all.get(day).or(all.last()).copied().unwrap_or(i64::MAX),
        }
    }

    pub(super) fn place(&self, at: Instant) -> Place {
        let day = match &self.midnights {
            Midnights::Even(first) => at.0.saturating_sub(*first).div_euclid(DAY_MICROS),
            Midnights::Listed(all) => i64::try_from(all.partition_point(|midnight| *midnight <= at.0)).unwrap_or(0) - 1,
        };
        match usize::try_from(day) {
            Err(_) => Place::Before,
            Ok(day) if day >= self.days.len() => Place::After,
            Ok(day) => Place::On(day, at.0 - self.midnight(day)),
        }
    }

    fn sum(&self, day: usize) -> i64 {
        self.seconds_before.get(day).or(self.seconds_before.last()).map_or(0, |s| i64::from(*s) * SECOND)
    }

    /// Microseconds worked from the first day held until an instant.
    pub(super) fn worked_until(&self, at: Instant) -> i64 {
        match self.place(at) {
            Place::Before => 0,
            Place::After => self.sum(self.days.len()),
            Place::On(day, elapsed) => {
                let open = self.shape(day).map_or(&[][..], |s| &s.open);
                let within = open.iter().map(|(from, to)| {
                    elapsed.clamp(i64::from(*from) * SECOND, i64::from(*to) * SECOND) - i64::from(*from) * SECOND
                });
                self.sum(day) + within.sum::<i64>()
            }
        }
    }

    pub(super) fn is_open(&self, at: Instant) -> bool {
        let Place::On(day, elapsed) = self.place(at) else { return false };
        self.shape(day).is_some_and(|shape| {
            shape
                .open
                .iter()
                .any(|(from, to)| i64::from(*from) * SECOND <= elapsed && elapsed < i64::from(*to) * SECOND)
        })
    }

    /// The first instant at which so much has been worked; more than nothing.
    pub(super) fn reached(&self, worked: i64) -> Option<Instant> {
        let day = self.seconds_before.partition_point(|s| i64::from(*s) * SECOND < worked).checked_sub(1)?;
        let mut rest = worked - self.sum(day);
        for (from, to) in &self.shape(day)?.open {
            let long = i64::from(to - from) * SECOND;
            if rest <= long {
                return Some(Instant(self.midnight(day) + i64::from(*from) * SECOND + rest));
            }
            rest -= long;
        }
        None
    }

    /// The first instant after which more than so much will have been worked.
    pub(super) fn resumed(&self, worked: i64) -> Option<Instant> {
        let day = self.seconds_before.partition_point(|s| i64::from(*s) * SECOND <= worked).checked_sub(1)?;
        let mut rest = worked - self.sum(day);
        for (from, to) in &self.shape(day)?.open {
            let long = i64::from(to - from) * SECOND;
            if rest < long {
                return Some(Instant(self.midnight(day) + i64::from(*from) * SECOND + rest));
            }
            rest -= long;
        }
        None
    }

    /// The day on which the working days from the first one held, this one too, are `count`.
    pub(super) fn working_day(&self, count: u16) -> Option<usize> {
        let day = self.worked_before.partition_point(|w| *w < count).checked_sub(1)?;
        (day < self.days.len()).then_some(day)
    }

    /// When the work of a day is over: with its last period, or at 24:00 where it has none (民法典
    /// 第二百零三条).
    pub(super) fn end_of_work(&self, day: usize) -> Instant {
        match self.shape(day).and_then(|s| s.open.last()) {
            Some((_, to)) => Instant(self.midnight(day) + i64::from(*to) * SECOND),
            None => Instant(self.midnight(day + 1)),
        }
    }

    /// Bytes held, without what the allocator adds.
    pub(super) fn bytes(&self) -> usize {
        let listed = match &self.midnights {
            Midnights::Even(_) => 0,
            Midnights::Listed(all) => all.capacity() * size_of::<i64>(),
        };
        let shape = |s: &Shape| size_of::<Shape>() + s.open.len() * size_of::<(u32, u32)>() + size_of_val(&*s.periods);
        listed
            + self.shapes.iter().map(shape).sum::<usize>()
            + (self.days.capacity() + self.worked_before.capacity()) * size_of::<u16>()
            + self.seconds_before.capacity() * size_of::<u32>()
    }
}
