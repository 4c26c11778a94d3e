//! Why a command about calendar feeds is refused.

use crate::rules::tier::words;

words! {
    /// The stable code of a refusal.
    pub enum Code {
        /// The actor may neither read nor revoke this calendar.
        NotYourCalendar = "您无权使用此日历订阅",
        /// The register has no such person or unit.
        NotInRegister = "台账中没有此项",
        /// There is no such feed, or it is revoked already.
        UnknownFeed = "没有这个日历订阅",
    }
}

/// A refusal: which rule, and what in the command it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The stable code.
    pub code: Code,
    /// What it is about, lower case, naming the input and the mend.
    pub message: String,
}

impl Refusal {
    /// A refusal with its message.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// A feed that is not there, or no longer.
    #[must_use]
    pub fn unknown_feed(code: &str) -> Self {
        Self::new(Code::UnknownFeed, format!("calendar feed `{code}` is not open; list the open ones and name one"))
    }
}
