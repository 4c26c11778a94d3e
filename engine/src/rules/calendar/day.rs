//! What kind of day a date is.

use crate::rules::tier::words;

words! {
    /// What a date is, before anybody asks for the hours.
    pub enum DayKind {
        /// A day on which people work, as every week.
        Working = "工作日",
        /// A day on which people do not work, as every week.
        Rest = "休息日",
        /// A day off by a notice of the State Council.
        Holiday = "节假日",
        /// A weekend day that is worked, for a holiday elsewhere (调休).
        MakeUp = "调休上班",
        /// A day off of this place alone.
        LocalOff = "本地放假",
    }
}

/// A date as a calendar sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// What kind of day it is.
    pub kind: DayKind,
    /// Whether it is market day (赶场) here.
    pub market: bool,
}
