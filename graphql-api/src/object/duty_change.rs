//! Changes of duty, with what happened to them.

use std::sync::Arc;

use async_graphql::SimpleObject;
use liandong_engine::rules::{
    id::PersonCode,
    register::duty::{Happened, history, reads_reason},
    roster::{self, Scope as Covers, covered},
};

use super::{actor::Actor, person::Person};
use crate::{
    context::Scope,
    word::{DutyChangeKind, DutyChangeStage, DutyExpiry, DutyHappening, When},
};

/// A swap, a taking over, or a cover: what changes who is on duty without changing the rota.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct DutyChange {
    /// Names it.
    code: String,
    /// The code of the roster.
    roster: String,
    /// How it came about.
    kind: DutyChangeKind,
    /// How it came about, in Chinese.
    kind_zh: &'static str,
    /// Where it is in its life.
    stage: DutyChangeStage,
    /// Where it is in its life, in Chinese.
    stage_zh: &'static str,
    /// For which shift; null when it is for a stretch of time.
    shift: Option<String>,
    /// From when on, as the shifts stand now; null when since ever.
    since: Option<When>,
    /// Until when, as the shifts stand now; null when that is open.
    until: Option<When>,
    /// Who goes off duty.
    out: Option<Person>,
    /// Who comes on duty; null of a swap that nobody took.
    #[graphql(name = "in")]
    comes: Option<Person>,
    /// Who alone may take a swap; null for every colleague.
    offered_to: Option<Person>,
    /// The shift that goes the other way.
    against: Option<String>,
    /// Why: for who takes part, their colleagues of the roster and those above them; null for everybody else.
    reason: Option<String>,
    /// Why it expired; null of one that did not.
    expiry: Option<DutyExpiry>,
    /// What happened to it, in the order of time, with the four people of each step.
    history: Vec<DutyStep>,
}

/// One step of a change of duty, with its four people.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct DutyStep {
    /// When; null when it came with the files.
    at: Option<When>,
    /// What happened.
    what: DutyHappening,
    /// What happened, in Chinese.
    what_zh: &'static str,
    /// Who did it.
    acted: Actor,
    /// Who was responsible until then.
    responsible: Option<Person>,
    /// On whose behalf, when it was not the actor's own affair.
    on_behalf_of: Option<Actor>,
    /// By whose order, when it was ordered.
    by_order_of: Option<Actor>,
}

impl DutyChange {
    /// A change of duty as the world has it.
    pub(crate) fn of(scope: &Arc<Scope>, row: &roster::DutyChange) -> Self {
        let person = |code: &Option<PersonCode>| code.as_ref().and_then(|code| Person::find(scope, code));
        let world = &scope.world;
        let reason = scope.me.is_some_and(|me| reads_reason(world, scope.at, me, row));
        let shift = match row.scope {
            Covers::Shift(shift) => Some(shift),
            Covers::Stretch(_) => None,
        };
        let spans = match row.scope {
            Covers::Stretch(span) => vec![span],
            // What an offer is for, it does not cover yet.
            Covers::Shift(shift) => world.rosters().shift(&row.roster, shift).into_iter().map(|s| s.span).collect(),
        };
        let acts: Vec<_> = row.overrides().iter().take(1).flat_map(|o| covered(world.rosters(), o)).collect();
        let spans = if acts.is_empty() { spans } else { acts };
        Self {
            code: row.code.to_string(),
            roster: row.roster.to_string(),
            kind: row.kind.into(),
            kind_zh: row.kind.zh(),
            stage: row.stage().into(),
            stage_zh: row.stage().zh(),
            shift: shift.map(|shift| shift.to_string()),
            since: spans.iter().map(|span| span.from).min().and_then(When::within),
            until: spans.iter().map(|span| span.to).max().and_then(When::within),
            out: person(&row.out),
            comes: person(&row.person),
            offered_to: person(&row.offered_to),
            against: row.against.map(|shift| shift.to_string()),
            reason: reason.then(|| row.reason.clone()),
            expiry: row.expiry.map(Into::into),
            history: history(row).iter().map(|happened| DutyStep::of(scope, happened)).collect(),
        }
    }
}

impl DutyStep {
    fn of(scope: &Arc<Scope>, happened: &Happened) -> Self {
        let Happened { at, what, step } = happened;
        Self {
            at: When::within(*at),
            what: (*what).into(),
            what_zh: what.zh(),
            acted: Actor::of(scope, &step.acted),
            responsible: step.responsible.as_ref().and_then(|code| Person::find(scope, code)),
            on_behalf_of: step.on_behalf_of.as_ref().map(|behalf| Actor::behalf(scope, behalf)),
            by_order_of: step.by_order_of.as_ref().map(|actor| Actor::of(scope, actor)),
        }
    }
}
