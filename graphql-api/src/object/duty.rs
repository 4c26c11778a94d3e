//! Who is on duty, as a page of a roster shows it.

use std::sync::Arc;

use async_graphql::SimpleObject;
use liandong_engine::rules::{instant::Span, post, roster};

use super::{duty_change::DutyChange, person::Person};
use crate::{
    context::Scope,
    input,
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
    /// Whether a shift runs in which nobody is though somebody should be: then those who hold the posts take
    /// requests.
    gap: bool,
    /// Whether a shift runs that is nobody's on purpose.
    empty: bool,
    /// Whether only who is on duty takes requests: nobody, in a shift that is nobody's on purpose.
    exclusive: bool,
    /// The changes of duty that made it so, in the order in which they act; also those that sent somebody away.
    /// The 100 that act last, at most.
    changes: Vec<DutyChange>,
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
    /// Which shift; null when somebody was ordered in outside of any.
    shift: Option<String>,
    /// The change of duty that put the person there; null as planned.
    by: Option<DutyChange>,
    /// Whether the person is absent, at the instant that was asked for or at some time of the stretch: then who
    /// stands in is on duty.
    absent: bool,
}

impl DutyStint {
    /// Who is on duty during a stretch of time; `asked` is what of it is asked for.
    pub(crate) fn of(scope: &Arc<Scope>, posts: post::PostKind, stint: &roster::Stint<'_>, asked: Span) -> Self {
        let roster::Stint { span, on_duty: duty } = stint;
        let last = duty.overrides.get(duty.overrides.len().saturating_sub(input::MOST)..).unwrap_or(&[]);
        let one = |duty: &roster::Duty<'_>| PersonOnDuty::of(scope, asked, duty);
        Self {
            posts: posts.into(),
            posts_zh: posts.zh(),
            since: When::within(span.from),
            until: When::within(span.to),
            people: duty.people.iter().map(one).collect(),
            gap: duty.gap,
            empty: duty.empty,
            exclusive: duty.exclusive,
            changes: last.iter().filter_map(|over| change(scope, over)).collect(),
        }
    }
}

impl PersonOnDuty {
    fn of(scope: &Arc<Scope>, asked: Span, duty: &roster::Duty<'_>) -> Self {
        let person = Person::find(scope, duty.person).map(|person| Person { at: asked.from, ..person });
        let absent = scope.world.absences().absent_during(duty.person, asked);
        let roster = duty.roster;
        let shift = duty.shift.map(|no| roster::ShiftId { start: roster.start, no }.to_string());
        let (roster, name, kind_zh) = (roster.code.to_string(), roster.name.clone(), roster.kind.zh());
        let by = duty.by.and_then(|over| change(scope, over));
        Self { person, roster, name, kind_zh, shift, by, absent }
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
    /// Why it is not 100, and which places are empty on purpose, which costs nothing.
    reasons: Vec<RosterFlaw>,
}

/// One thing said of a roster: mostly why it loses points.
#[derive(SimpleObject)]
pub(crate) struct RosterFlaw {
    /// For what: Gap, OnPurpose, WhileAbsent, Imbalance or BackToBack.
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

fn change(scope: &Arc<Scope>, over: &roster::Override) -> Option<DutyChange> {
    scope.world.duty_change(&over.code).map(|row| DutyChange::of(scope, row))
}
