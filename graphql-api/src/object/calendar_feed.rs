//! Calendar feeds, without their addresses.

use std::sync::Arc;

use async_graphql::SimpleObject;
use liandong_engine::rules::calendar_feed::{self, Subject};

use super::{person::Person, unit::Unit};
use crate::{context::Scope, word::When};

/// An address under which a calendar of duty is read. The address itself is told once, when it is opened.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct CalendarFeed {
    /// Names it: to revoke it by.
    code: String,
    /// Whose duties and absences it shows; null when it is of a unit.
    person: Option<Person>,
    /// At which unit it shows who is on duty; null when it is of a person.
    unit: Option<Unit>,
    /// Who opened it: it answers only while they may read it.
    opened_by: Option<Person>,
    /// When it was opened.
    opened_at: When,
}

impl CalendarFeed {
    pub(crate) fn of(scope: &Arc<Scope>, feed: &calendar_feed::Feed) -> Self {
        let (person, unit) = match &feed.subject {
            Subject::Person(code) => (Person::find(scope, code), None),
            Subject::Unit(code) => (None, Unit::find(scope, code)),
        };
        Self {
            code: feed.code.to_string(),
            person,
            unit,
            opened_by: Person::find(scope, &feed.opened_by),
            opened_at: When(feed.opened_at),
        }
    }
}
