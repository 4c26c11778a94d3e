//! The account of a limit: which time counted, which did not, and why.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{allowance::Allowance, day::DayKind, period::Period};
use crate::rules::{id::CalendarCode, instant::Instant, tier::words};

words! {
    /// Why days counted or did not.
    pub enum Why {
        /// A working day.
        Working = "工作日",
        /// A day of the weekend; where somebody is on duty, its minutes count.
        Rest = "休息日",
        /// A day off by notice.
        Holiday = "节假日",
        /// A make-up working day.
        MakeUp = "调休上班",
        /// A day off of this place alone.
        LocalOff = "本地放假",
        /// A working day with fewer hours.
        HalfDay = "半天上班",
        /// A market day, with the hours of market days.
        Market = "赶场",
        /// A working day on which nobody is at the desk.
        Closed = "无人办公",
        /// The day of the start, which an allowance in days leaves out.
        Start = "起始日不计",
        /// A day of an allowance that counts every day.
        Every = "自然日",
        /// The day on which the limit ends, because the last one was not worked.
        MovedTo = "顺延至",
        /// By the clock, whatever the day.
        Clock = "按钟点",
        /// No calendar is kept here, so every instant counts.
        Always = "无日历，时时计入",
    }
}

impl From<DayKind> for Why {
    fn from(kind: DayKind) -> Self {
        match kind {
            DayKind::Working => Self::Working,
            DayKind::Rest => Self::Rest,
            DayKind::Holiday => Self::Holiday,
            DayKind::MakeUp => Self::MakeUp,
            DayKind::LocalOff => Self::LocalOff,
            DayKind::HalfDay => Self::HalfDay,
        }
    }
}

/// Consecutive days that are alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// The first of them.
    pub from: Date,
    /// The last of them.
    pub to: Date,
    /// What they give to the allowance together: days when it is in days, else microseconds.
    pub counted: i64,
    /// Why that much.
    pub why: Why,
    /// What the days are called, such as 春节.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Arc<str>>,
    /// The hours of each of them, when minutes are counted. On the first and the last day of a
    /// reckoning only what lies between its start and its end counted.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub periods: Arc<[Period]>,
}

/// When an allowance ends, with its arithmetic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reckoning {
    /// When it began.
    pub start: Instant,
    /// When it ends. None when it never does: the calendar does not open for so long, or does not
    /// hold that time.
    pub due: Option<Instant>,
    /// How much was allowed.
    pub allowance: Allowance,
    /// By which calendar; none where every instant counts.
    pub calendar: Option<CalendarCode>,
    /// All days from the start to the end; none when it never ends.
    pub stretches: Vec<Stretch>,
    /// Whether it ends after the last day that public notices cover, so that a later notice may show
    /// it to be wrong.
    pub beyond_published: bool,
}

impl Reckoning {
    /// Whether what its stretches counted is what was allowed.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        self.due.is_none() || self.stretches.iter().map(|s| s.counted).sum::<i64>() == self.allowance.total()
    }
}
