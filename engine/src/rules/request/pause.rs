//! When nothing runs: while the citizen is waited for, and from resolving until it is reopened. That is not the town's
//! time, and counts against nobody.

use serde::{Deserialize, Serialize};

use super::Request;
use crate::rules::{calendar::Allowance, instant::Instant};

/// What is left of the limits that rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rest {
    /// Of the time to finish; none once it is resolved, for whoever gets it then has a time of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish: Option<Allowance>,
    /// Of the committed limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub committed: Option<Allowance>,
    /// Of the statutory limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statutory: Option<Allowance>,
    /// Of the limit of a supervision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervised: Option<Allowance>,
}

impl Rest {
    pub(crate) fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// A stretch in which nothing ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waited {
    /// When the citizen was asked, or it was resolved.
    pub from: Instant,
    /// When it went on.
    pub to: Instant,
    /// Whether it was resolved, and was reopened at the end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub resolved: bool,
}

impl Request {
    /// Whether the citizen was asked already: since it was logged, its matter was corrected, or it was reopened. One
    /// complete notice is free (一次性告知); what is asked after it counts like a return.
    #[must_use]
    pub fn was_asked(&self) -> bool {
        let waited = &self.limits.waited;
        let reopened = waited.iter().rev().find(|waited| waited.resolved).map(|waited| waited.to);
        let since = self.limits.corrections.last().copied().max(reopened);
        waited.iter().any(|waited| !waited.resolved && since.is_none_or(|since| waited.from >= since))
    }
}
