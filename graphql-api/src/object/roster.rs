//! Duty rosters as they are kept.

use std::sync::Arc;

use async_graphql::SimpleObject;
use liandong_engine::rules::roster;

use super::person::Person;
use crate::{
    context::Scope,
    word::{DutyDay, PostKind, RosterKind, Turn, Weekday, When},
};

/// One stretch of a duty roster: on which days there is duty, and who follows whom.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Roster {
    /// Names the roster through all its stretches.
    code: String,
    /// What people call it.
    name: String,
    /// What the duty is for.
    kind: RosterKind,
    /// What the duty is for, in Chinese.
    kind_zh: &'static str,
    /// Among the holders of which posts on the unit it decides.
    posts: PostKind,
    /// Whether only who is on duty takes requests.
    exclusive: bool,
    /// On which days there is duty.
    on: Vec<DutyDay>,
    /// When a shift without hours takes over from the one before.
    hand_over: String,
    /// The hours of duty on a day; null when it lasts from hand-over to hand-over.
    hours: Option<String>,
    /// When the turn passes to the next in the order.
    turn: Turn,
    /// With which day a week begins, for a weekly turn.
    week_begins: Weekday,
    /// How many are on duty at once.
    width: u8,
    /// The day from which shifts are counted.
    start: String,
    /// Who follows whom; null where nobody is on purpose.
    order: Vec<Option<Person>>,
    /// From when on; null when since ever.
    since: Option<When>,
    /// Until when; null when that is open.
    until: Option<When>,
}

impl Roster {
    /// A stretch of a roster as the world has it.
    pub(crate) fn of(scope: &Arc<Scope>, row: &roster::Roster) -> Self {
        let person = |slot: &roster::Slot| slot.0.as_ref().and_then(|code| Person::find(scope, code));
        Self {
            code: row.code.to_string(),
            name: row.name.clone(),
            kind: row.kind.into(),
            kind_zh: row.kind.zh(),
            posts: row.posts.into(),
            exclusive: row.exclusive,
            on: row.on.iter().map(|on| (*on).into()).collect(),
            hand_over: row.hand_over.to_string(),
            hours: row.hours.map(|hours| hours.to_string()),
            turn: row.turn.into(),
            week_begins: row.week_begins.into(),
            width: row.width,
            start: row.start.to_string(),
            order: row.order.iter().map(person).collect(),
            since: When::within(row.span.from),
            until: When::within(row.span.to),
        }
    }
}
