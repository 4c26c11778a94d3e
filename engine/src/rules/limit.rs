//! Limits (时限): until when something is to be done, and what became of that.
//!
//! A limit is data of the register, dated like everything there. What it comes to for one case is
//! reckoned once, with its arithmetic, when the time begins to run; from then on only listed events
//! move it. Looks, notes and reminders are not among them.

use serde::{Deserialize, Serialize};

use super::{
    calendar::{Allowance, Calendar, Reckoning},
    id::{AssignmentNo, LadderCode, MatterCode},
    instant::{Instant, Span},
    tier::words,
};

words! {
    /// What a limit is for.
    pub enum LimitKind {
        /// To take an assignment on, from the moment it is given.
        Accept = "接收时限",
        /// To bring the request to its end, from the moment the assignment is given.
        Finish = "办结时限",
        /// To carry the result on.
        Relay = "回传时限",
        /// For the citizen to answer what was asked.
        Answer = "答复时限",
        /// For the citizen to rate what was told.
        Rate = "评价时限",
        /// For the whole case, as the town has promised it.
        Committed = "承诺时限",
        /// For the whole case, as the law has it.
        Statutory = "法定时限",
        /// For the whole case, as a supervision has it.
        Supervised = "督办时限",
        /// To be there, for who was called to help.
        Respond = "响应时限",
        /// To report, for who was called to help.
        Help = "协办时限",
        /// To report, for who was handed a step.
        Step = "环节时限",
    }
}

impl LimitKind {
    /// Whether it is for the whole case, the same on every rung.
    #[must_use]
    pub const fn is_of_case(self) -> bool {
        match self {
            Self::Accept | Self::Finish | Self::Relay | Self::Respond | Self::Help | Self::Step => false,
            Self::Answer | Self::Rate | Self::Committed | Self::Statutory | Self::Supervised => true,
        }
    }
}

/// One limit of the register: for a ladder or for a matter, for one rung or for every rung.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitRule {
    /// For the matters of this ladder; or else
    pub ladder: Option<LadderCode>,
    /// for this matter, which goes before its ladder. Exactly one of the two is set.
    pub matter: Option<MatterCode>,
    /// For this rung, which goes before every rung; none for every rung, and for the whole case.
    pub rung: Option<u8>,
    /// What it is for.
    pub kind: LimitKind,
    /// How long.
    pub allowance: Allowance,
    /// When it holds: a running case keeps those of the day it was logged.
    pub span: Span,
}

words! {
    /// How near the end of a limit is.
    pub enum Colour {
        /// There is time.
        Normal = "正常",
        /// The last quarter has begun.
        DueSoon = "临期",
        /// It is over.
        Overdue = "超期",
    }
}

words! {
    /// The mark that supervision gives for a limit that ran out.
    pub enum Card {
        /// 黄牌: an assignment was not taken on, or not finished, in time.
        Yellow = "黄牌",
        /// 红牌: the time for the whole case ran out.
        Red = "红牌",
    }
}

/// A limit that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// When its last quarter begins.
    pub soon: Instant,
    /// The first instant at which it is over.
    pub due: Instant,
}

impl Limit {
    /// How near its end is at an instant.
    #[must_use]
    pub fn colour(self, at: Instant) -> Colour {
        if at >= self.due {
            Colour::Overdue
        } else if at >= self.soon {
            Colour::DueSoon
        } else {
            Colour::Normal
        }
    }
}

/// A limit with its arithmetic, as an event keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reckoned {
    /// The limit.
    #[serde(flatten)]
    pub limit: Limit,
    /// How it comes about.
    pub reckoning: Reckoning,
}

/// Reckons a limit that begins at an instant; none where it would never end, because the calendar
/// does not open for so long or does not hold that time.
#[must_use]
pub fn reckon(calendar: &Calendar, start: Instant, allowance: Allowance) -> Option<Reckoned> {
    let reckoning = calendar.due(start, allowance);
    let due = reckoning.due?;
    // Three quarters of the time in which anything could be done, or of the time by the clock.
    let by_clock = || Instant(start.0.saturating_add(due.0.saturating_sub(start.0) / 4 * 3));
    let soon = if counts_working_time(allowance) {
        let working = calendar.working_between(start, due);
        calendar.add_working(start, working / 4 * 3).filter(|soon| working > 0 && *soon <= due)
    } else {
        None
    };
    Some(Reckoned { limit: Limit { soon: soon.unwrap_or_else(by_clock), due }, reckoning })
}

/// Whether an allowance runs only while people work.
#[must_use]
pub const fn counts_working_time(allowance: Allowance) -> bool {
    matches!(allowance, Allowance::WorkingMinutes(_) | Allowance::WorkingDays(_) | Allowance::WorkingMicros(_))
}

/// What is left of a limit that stops, to the microsecond: working time where `working`, else time by the clock. Nothing
/// is added, or whoever stops it again and again makes time; of one that is over a microsecond is left, for no time at
/// all cannot be written down.
#[must_use]
pub fn rest(calendar: &Calendar, limit: Limit, at: Instant, working: bool) -> Allowance {
    const MINUTE: u64 = 60_000_000;
    let left = if working { calendar.working_between(at, limit.due) } else { limit.due.0.saturating_sub(at.0) };
    let micros = u64::try_from(left).unwrap_or(0).max(1);
    let minutes = u32::try_from(micros / MINUTE).ok().filter(|_| micros.is_multiple_of(MINUTE));
    match (minutes, working) {
        (Some(minutes), true) => Allowance::WorkingMinutes(minutes),
        (Some(minutes), false) => Allowance::Minutes(minutes),
        (None, true) => Allowance::WorkingMicros(micros),
        (None, false) => Allowance::Micros(micros),
    }
}

/// A limit of a request that runs now, and will run out: what a due index keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Due {
    /// The first instant at which it is over.
    pub at: Instant,
    /// Of which assignment; 0 for a limit of the case.
    pub no: AssignmentNo,
    /// What it is for.
    pub kind: LimitKind,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::instant::Zone;

    fn at(text: &str) -> Instant {
        Instant::parse(text, &Zone::china()).unwrap()
    }

    #[test]
    fn the_last_quarter_is_due_soon_and_the_end_itself_is_overdue() {
        let found = reckon(&Calendar::always(), at("2024-05-06"), Allowance::Minutes(80)).unwrap();
        let minute = |minutes| at("2024-05-06").plus_minutes(minutes);
        let colours = [0, 59, 60, 79, 80, 81].map(|m| found.limit.colour(minute(m)));
        use Colour::{DueSoon, Normal, Overdue};
        assert_eq!(colours, [Normal, Normal, DueSoon, DueSoon, Overdue, Overdue]);
    }

    #[test]
    fn what_is_left_is_kept_to_the_microsecond_however_often_it_stops() {
        let limit = Limit { soon: at("2024-05-06"), due: at("2024-05-06").plus_minutes(10) };
        let left = |micros| rest(&Calendar::always(), limit, Instant(at("2024-05-06").0 + micros), false);
        assert_eq!(left(0), Allowance::Minutes(10));
        assert_eq!(left(1), Allowance::Micros(10 * 60_000_000 - 1));
        assert_eq!(left(9 * 60_000_000), Allowance::Minutes(1));
        assert_eq!(left(60 * 60_000_000), Allowance::Micros(1), "what is over is over at once when it goes on");
        let (mut limit, mut now) = (limit, at("2024-05-06"));
        for _ in 0..1_000 {
            now = Instant(now.0 + 7);
            let left = rest(&Calendar::always(), limit, now, false);
            now = now.plus_minutes(3);
            limit = reckon(&Calendar::always(), now, left).unwrap().limit;
        }
        assert_eq!(limit.due, at("2024-05-06").plus_minutes(10 + 3_000), "later by how long it stood, and by no more");
    }
}
