//! Absences: who cannot act from when to when, for what, and who stands in.

use std::sync::Arc;

use async_graphql::SimpleObject;
use liandong_engine::rules::{absence, instant::Instant, register::absence::reads_reason};

use super::{matter::Matter, person::Person};
use crate::{context::Scope, word::When};

/// One absence of a person.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Absence {
    /// Names it.
    code: String,
    /// Who cannot act.
    person: Option<Person>,
    /// From when on; null when since ever.
    since: Option<When>,
    /// Until when: the person is back then. What was meant, or when it ended before; null when that is open.
    until: Option<When>,
    /// Whether it holds at the instant of the answer.
    running: bool,
    /// Why, in the words of who recorded it: for the person, a superior, who recorded it and who stands in; null for
    /// everybody else.
    reason: Option<String>,
    /// For which matters alone; null for everything.
    matters: Option<Vec<Matter>>,
    /// Who stands in; null for whoever else holds the post.
    substitute: Option<Person>,
    /// When whoever is named to stand in could not any more, having left their last post; null while they can.
    substitute_until: Option<When>,
    /// Who recorded it; null for the operator.
    recorded_by: Option<Person>,
    /// When it was recorded; null when it came with the files.
    recorded_at: Option<When>,
    /// When it was ended before its time; null when it was not.
    ended_at: Option<When>,
}

impl Absence {
    /// An absence as the world has it.
    pub(crate) fn of(scope: &Arc<Scope>, at: Instant, row: &absence::Absence) -> Self {
        let person = |code| Person::find(scope, code).map(|person| Person { at, ..person });
        let holds = row.holds();
        let reason = scope.me.is_some_and(|me| reads_reason(&scope.world, scope.at, me, row));
        let matter = |code: &liandong_engine::rules::id::MatterCode| Matter::find(scope, code.as_str());
        Self {
            code: row.code.to_string(),
            person: person(&row.person),
            since: When::within(holds.from),
            until: When::within(holds.to),
            running: holds.contains(at),
            reason: reason.then(|| row.reason.clone()),
            matters: match &row.scope {
                absence::Scope::All => None,
                absence::Scope::Matters(matters) => Some(matters.iter().filter_map(matter).collect()),
            },
            substitute: match &row.substitute {
                absence::Substitute::ByPost => None,
                absence::Substitute::Person(code) => person(code),
            },
            substitute_until: row.substitute_until.and_then(When::within),
            recorded_by: row.recorded_by.as_ref().and_then(person),
            recorded_at: When::within(row.recorded_at),
            ended_at: row.ended_at.and_then(When::within),
        }
    }
}
