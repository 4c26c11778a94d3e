//! A duty roster as the register holds it: plain dated data that may be wrong.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::hours::{Hours, TimeOfDay};
use crate::rules::{
    calendar::Weekday,
    id::{BadCode, PersonCode, RosterCode, UnitCode},
    instant::Span,
    post::PostKind,
    tier::words,
};

words! {
    /// What a duty is for.
    pub enum RosterKind {
        /// 坐班: sits at the village's service point.
        ServicePoint = "坐班",
        /// Keeps the town's hall open on days off.
        HallWeekend = "大厅周末值班" | "双休日坐班",
        /// 领导接访: a leader receives whoever comes, mostly on market days.
        Reception = "领导接访" | "接访",
        /// Is there at night.
        Night = "夜间值班",
        /// Is there through a holiday.
        Holiday = "节假日值班",
        /// Is there every day.
        Everyday = "日常值班",
    }
}

impl RosterKind {
    /// Whether hours of this kind may go on after midnight. A seat by day whose end lies before its
    /// beginning is a slip of the pen.
    #[must_use]
    pub const fn may_pass_midnight(self) -> bool {
        matches!(self, Self::Night | Self::Holiday | Self::Everyday)
    }
}

words! {
    /// Days on which there is duty. Of several, one that fits is enough.
    pub enum On {
        /// Every Monday, whatever else it is.
        Monday = "周一" | "1" | "星期一",
        /// Every Tuesday.
        Tuesday = "周二" | "2" | "星期二",
        /// Every Wednesday.
        Wednesday = "周三" | "3" | "星期三",
        /// Every Thursday.
        Thursday = "周四" | "4" | "星期四",
        /// Every Friday.
        Friday = "周五" | "5" | "星期五",
        /// Every Saturday.
        Saturday = "周六" | "6" | "星期六",
        /// Every Sunday.
        Sunday = "周日" | "7" | "星期日" | "星期天",
        /// Days on which people work, make-up working days with them.
        Working = "工作日",
        /// Days off of an ordinary week: a weekend that is neither worked nor part of a holiday.
        Rest = "休息日",
        /// Days off by notice, of the State Council or of this place.
        Holiday = "节假日",
        /// Weekend days that are worked.
        MakeUp = "调休上班",
        /// Market days.
        Market = "赶场天" | "赶集天",
        /// Every day.
        Every = "每天",
    }
}

words! {
    /// When the turn passes to the next in the order.
    pub enum Turn {
        /// With every day of the calendar, whether or not there is duty on it.
        Daily = "每日轮换",
        /// With every week.
        Weekly = "每周轮换",
        /// With every day of duty: each market day is the next one's.
        PerOccurrence = "逐次轮换",
    }
}

/// A place in the order: a person, or nobody on purpose, written `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slot(pub Option<PersonCode>);

impl FromStr for Slot {
    type Err = BadCode;
    fn from_str(text: &str) -> Result<Self, BadCode> {
        if text == "-" { Ok(Self(None)) } else { Ok(Self(Some(text.parse()?))) }
    }
}

impl TryFrom<String> for Slot {
    type Error = BadCode;
    fn try_from(text: String) -> Result<Self, BadCode> {
        text.parse()
    }
}

impl From<Slot> for String {
    fn from(slot: Slot) -> Self {
        slot.to_string()
    }
}

impl From<PersonCode> for Slot {
    fn from(person: PersonCode) -> Self {
        Self(Some(person))
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_ref().map_or("-", PersonCode::as_str))
    }
}

/// One stretch of a roster. A changed rota ends one stretch and begins the next under the same code,
/// so that answers about the past stay as they were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// Names the roster through all its stretches.
    pub code: RosterCode,
    /// What people call it.
    pub name: String,
    /// Where the duty is.
    pub unit: UnitCode,
    /// What the duty is for.
    pub kind: RosterKind,
    /// Among the holders of which posts on that unit it decides.
    pub posts: PostKind,
    /// Whether only who is on duty takes requests there.
    pub exclusive: bool,
    /// On which days there is duty.
    pub on: Vec<On>,
    /// When a shift without hours takes over from the one before.
    pub hand_over: TimeOfDay,
    /// The hours of duty on a day; without them a day of duty lasts from hand-over to hand-over.
    pub hours: Option<Hours>,
    /// When the turn passes to the next in the order.
    pub turn: Turn,
    /// With which day a week begins, for a weekly turn.
    pub week_begins: Weekday,
    /// How many are on duty at once. The order is read so many at a time, going round.
    pub width: u8,
    /// The first day of the first in the order: shifts are counted from it. Stretches of a roster with
    /// the same start share their numbers.
    #[serde(with = "civil_date")]
    pub start: Date,
    /// Who follows whom.
    pub order: Vec<Slot>,
    /// When this stretch holds; it cuts off the shift that runs at its end.
    pub span: Span,
}

/// Counts the shifts of a roster from its start: 0 for the first.
///
/// A daily turn counts the days of the calendar, a weekly one weeks, the third days of duty. So the
/// number of a market day's shift stays when the market day moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShiftNo(pub u32);

impl fmt::Display for ShiftNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Names one shift of a roster, wherever it may move to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ShiftId {
    /// The start from which it is counted: a roster that begins to count anew leaves it behind.
    #[serde(with = "civil_date")]
    pub start: Date,
    /// Its number.
    pub no: ShiftNo,
}

impl fmt::Display for ShiftId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.start, self.no)
    }
}

/// Why a text does not name a shift.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` does not name a shift; write it as 2015-03-01#0: the day from which shifts are counted, and its number")]
pub struct BadShift(pub String);

impl FromStr for ShiftId {
    type Err = BadShift;
    fn from_str(text: &str) -> Result<Self, BadShift> {
        let bad = || BadShift(text.chars().take(40).collect());
        let (start, no) = text.split_once(['#', '＃']).filter(|(start, _)| start.len() <= 10).ok_or_else(bad)?;
        let digits = !no.is_empty() && no.bytes().all(|b| b.is_ascii_digit());
        let start = start.parse().map_err(|_| bad())?;
        Ok(Self { start, no: ShiftNo(no.parse().ok().filter(|_| digits).ok_or_else(bad)?) })
    }
}

/// A date in journals: `2015-03-01`.
pub(in crate::rules) mod civil_date {
    use jiff::civil::Date;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(in crate::rules) fn serialize<S: Serializer>(date: &Date, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(date)
    }

    pub(in crate::rules) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(|_| D::Error::custom(format!("`{text}` is not a date; write it as 2015-03-01")))
    }
}
