//! Who is on duty, as a page of a roster shows it.

use std::sync::Arc;

use async_graphql::SimpleObject;
use liandong_engine::rules::{
    instant::{Instant, Span},
    post, roster,
};

use super::person::Person;
use crate::{
    context::Scope,
    word::{PostKind, When},
};

/// Who is on duty during a stretch of time, among the holders of one kind of post on a unit.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct DutyStint {
    /// Among the holders of which posts.
    posts: PostKind,
    /// Which posts, in Chinese.
    posts_zh: &'static str,
    /// From when on; null when since ever.
    since: Option<When>,
    /// Until when; null when that is open.
    until: Option<When>,
    /// Everybody on duty.
    people: Vec<PersonOnDuty>,
    /// Whether a shift runs in which nobody is: then those who hold the posts take requests.
    gap: bool,
    /// Whether only who is on duty takes requests.
    exclusive: bool,
}

/// One person on duty.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct PersonOnDuty {
    /// Who.
    person: Option<Person>,
    /// The code of the roster.
    roster: String,
    /// What people call the roster.
    name: String,
    /// What the duty is for, in Chinese.
    kind_zh: &'static str,
    /// Whether the person is absent at the beginning: then who stands in is on duty.
    absent: bool,
}

impl DutyStint {
    /// Who is on duty during a stretch of time.
    pub(crate) fn of(scope: &Arc<Scope>, posts: post::PostKind, span: Span, duty: &roster::OnDuty<'_>) -> Self {
        let one = |duty: &roster::Duty<'_>| PersonOnDuty::of(scope, span.from, duty);
        Self {
            posts: posts.into(),
            posts_zh: posts.zh(),
            since: When::within(span.from),
            until: When::within(span.to),
            people: duty.people.iter().map(one).collect(),
            gap: duty.gap,
            exclusive: duty.exclusive,
        }
    }
}

impl PersonOnDuty {
    fn of(scope: &Arc<Scope>, at: Instant, duty: &roster::Duty<'_>) -> Self {
        let person = Person::find(scope, duty.person).map(|person| Person { at, ..person });
        let absent = person.as_ref().is_some_and(|person| scope.world.absence(person.ix, None, at).is_some());
        let roster = duty.roster;
        Self { person, roster: roster.code.to_string(), name: roster.name.clone(), kind_zh: roster.kind.zh(), absent }
    }
}

/// What a roster is worth in a stretch of time.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct RosterQuality {
    /// The code of the roster.
    roster: String,
    /// What people call the roster.
    name: String,
    /// Among the holders of which posts it decides.
    posts: PostKind,
    /// 0 to 100: 100 less the points of all reasons.
    score: u8,
    /// Why it is not 100.
    reasons: Vec<RosterFlaw>,
}

/// One reason why a roster loses points.
#[derive(SimpleObject)]
pub(crate) struct RosterFlaw {
    /// For what: Gap, WhileAbsent, Imbalance or BackToBack.
    flaw: &'static str,
    /// For what, in Chinese.
    flaw_zh: &'static str,
    /// How many there are.
    count: u32,
    /// How many points it loses for them.
    points: u32,
    /// Which they are, with the arithmetic.
    what: String,
}

impl RosterQuality {
    /// What the roster of this row is worth.
    pub(crate) fn of(row: &roster::Roster, quality: &roster::Quality) -> Self {
        let reasons = quality.reasons.iter().map(|reason| RosterFlaw {
            flaw: reason.flaw.word(),
            flaw_zh: reason.flaw.zh(),
            count: reason.count,
            points: reason.points,
            what: reason.what.clone(),
        });
        Self {
            roster: row.code.to_string(),
            name: row.name.clone(),
            posts: row.posts.into(),
            score: quality.score,
            reasons: reasons.collect(),
        }
    }
}
