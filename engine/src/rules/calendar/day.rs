//! What kind of day a date is, and the days of the week.

use serde::{Deserialize, Serialize};

use crate::rules::tier::words;

words! {
    /// What a date is, before anybody asks for the hours.
    pub enum DayKind {
        /// Monday to Friday. It counts as a working day (工作日) even where nobody is at the desk.
        Working = "工作日",
        /// Saturday and Sunday, the weekly rest days of public bodies (国务院关于职工工作时间的规定
        /// 第七条). Whoever is on duty then may still be open.
        Rest = "休息日",
        /// A day off by a notice of the State Council.
        Holiday = "节假日",
        /// A day that is worked by notice, mostly a weekend day for a holiday elsewhere (调休).
        MakeUp = "调休上班",
        /// A day off of this place alone.
        LocalOff = "本地放假",
        /// A working day on which people work part of the day alone, in the hours that were declared for it. It
        /// counts whole where days are counted, and so many hours where hours are.
        HalfDay = "半天上班",
    }
}

impl DayKind {
    /// Whether it counts as a working day: holidays, days off and weekends do not (行政许可法
    /// 第八十二条).
    #[must_use]
    pub const fn is_worked(self) -> bool {
        matches!(self, Self::Working | Self::MakeUp | Self::HalfDay)
    }
}

words! {
    /// What a notice, or the place itself, makes of one date.
    pub enum Declared {
        /// 节假日
        Holiday = "节假日" | "放假",
        /// 调休上班
        MakeUp = "调休上班" | "调休",
        /// 本地放假
        LocalOff = "本地放假",
        /// 半天上班: half a day off is still a working day. Its hours are those declared for it.
        HalfDay = "半天上班" | "半天假",
        /// 平常日: what it would be if this calendar had never declared anything of it; what its base declares
        /// holds again.
        Ordinary = "平常日" | "恢复平常",
    }
}

impl Declared {
    /// What kind of day a date becomes that is this day of the week.
    #[must_use]
    pub const fn kind(self, weekday: Weekday) -> DayKind {
        match self {
            Self::Holiday => DayKind::Holiday,
            Self::MakeUp => DayKind::MakeUp,
            Self::LocalOff => DayKind::LocalOff,
            Self::HalfDay => DayKind::HalfDay,
            Self::Ordinary => weekday.kind(),
        }
    }
}

words! {
    /// A day of the week; also read as 1 for Monday to 7 for Sunday.
    pub enum Weekday {
        /// 周一
        Monday = "周一" | "星期一" | "1",
        /// 周二
        Tuesday = "周二" | "星期二" | "2",
        /// 周三
        Wednesday = "周三" | "星期三" | "3",
        /// 周四
        Thursday = "周四" | "星期四" | "4",
        /// 周五
        Friday = "周五" | "星期五" | "5",
        /// 周六
        Saturday = "周六" | "星期六" | "6",
        /// 周日
        Sunday = "周日" | "星期日" | "星期天" | "7",
    }
}

impl Weekday {
    /// The day of the week that a date is.
    #[must_use]
    pub fn of(date: jiff::civil::Date) -> Self {
        match date.weekday() {
            jiff::civil::Weekday::Monday => Self::Monday,
            jiff::civil::Weekday::Tuesday => Self::Tuesday,
            jiff::civil::Weekday::Wednesday => Self::Wednesday,
            jiff::civil::Weekday::Thursday => Self::Thursday,
            jiff::civil::Weekday::Friday => Self::Friday,
            jiff::civil::Weekday::Saturday => Self::Saturday,
            jiff::civil::Weekday::Sunday => Self::Sunday,
        }
    }

    /// What the day is where nothing was declared.
    #[must_use]
    pub const fn kind(self) -> DayKind {
        match self {
            Self::Saturday | Self::Sunday => DayKind::Rest,
            _ => DayKind::Working,
        }
    }
}

/// A date as a calendar sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Day {
    /// What kind of day it is.
    pub kind: DayKind,
    /// Whether it is market day (赶场) here.
    pub market: bool,
}
