//! Duty over GraphQL: its mutations, and what its queries show.

use liandong_engine::rules::{
    instant::{Instant, Span, Zone},
    post::PostKind,
    register::command::{Command, DutyCommand, NewRoster, Rota},
    roster::{Change, DutyChangeKind, DutyChangeStage, Scope, Slot},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    broken,
    row::{DoerRow, NamedRow, instant},
};
use crate::story::{
    driver::Failure,
    duty::{self, Seat, Stint},
    view::Entry,
};

type Args = Vec<(&'static str, &'static str, Value)>;

const CODE: &str = "String!";

fn text(at: Instant) -> String {
    at.rfc3339(&Zone::china())
}

fn rota(rota: &Rota) -> Value {
    let slots: Vec<String> = rota.order.iter().map(Slot::to_string).collect();
    json!({
        "name": rota.name, "kind": rota.kind, "exclusive": rota.exclusive, "on": rota.on,
        "handOver": rota.hand_over, "hours": rota.hours, "turn": rota.turn, "weekBegins": rota.week_begins,
        "width": rota.width, "start": rota.start, "order": slots,
    })
}

/// The mutation of a command about rosters; nothing that there is for other commands.
pub(super) fn mutation(command: &Command) -> (&'static str, Args) {
    match command {
        Command::SetUpRoster(NewRoster { code, unit, posts, rota: new, from }) => {
            let input = json!({
                "code": code, "unit": unit, "posts": posts, "rota": rota(new), "from": from.map(text),
            });
            ("setUpRoster", vec![("input", "NewRosterInput!", input)])
        }
        Command::ChangeRoster { roster, rota: new, from } => (
            "changeRoster",
            vec![
                ("roster", CODE, json!(roster)),
                ("rota", "RotaInput!", rota(new)),
                ("from", "Instant", json!(from.map(text))),
            ],
        ),
        Command::EndRoster { roster, from } => {
            ("endRoster", vec![("roster", CODE, json!(roster)), ("from", "Instant", json!(from.map(text)))])
        }
        Command::Duty(command) => of_duty(command),
        _ => ("none", Vec::new()),
    }
}

fn of_duty(command: &DutyCommand) -> (&'static str, Args) {
    match command {
        DutyCommand::OfferSwap { roster, shift, to, reason } => (
            "offerSwap",
            vec![
                ("roster", CODE, json!(roster)),
                ("shift", CODE, json!(shift.to_string())),
                ("to", "String", json!(to)),
                ("reason", "String", json!(reason)),
            ],
        ),
        DutyCommand::TakeSwap { change, against } => {
            let against = against.map(|shift| shift.to_string());
            ("takeSwap", vec![("change", CODE, json!(change)), ("against", "String", json!(against))])
        }
        DutyCommand::TakeBackSwap { change } => ("takeBackSwap", vec![("change", CODE, json!(change))]),
        DutyCommand::TakeOver { roster, out, reason } => (
            "takeOverDuty",
            vec![("roster", CODE, json!(roster)), ("out", CODE, json!(out)), ("reason", CODE, json!(reason))],
        ),
        DutyCommand::ArrangeCover { roster, change, scope, reason } => {
            let (out, comes) = match change {
                Change::Add { person } => (None, Some(person)),
                Change::Remove { person } => (Some(person), None),
                Change::Replace { out, person } => (Some(out), Some(person)),
            };
            let (shift, span) = match scope {
                Scope::Shift(shift) => (Some(shift.to_string()), None),
                Scope::Stretch(span) => (None, Some(span)),
            };
            let from = span.map(|span| span.from).filter(|from| *from != Instant::MIN);
            let input = json!({
                "roster": roster, "out": out, "in": comes, "shift": shift, "from": from.map(text),
                "to": span.map(|span| text(span.to)), "reason": reason,
            });
            ("arrangeCover", vec![("input", "CoverInput!", input)])
        }
        DutyCommand::Undo { change } => ("undoDutyChange", vec![("change", CODE, json!(change))]),
    }
}

pub(super) const ON_DUTY: &str = "query($unit: String!, $at: Instant!) { onDuty(unit: $unit, at: $at) { ...Stint } }
fragment Stint on DutyStint {
    posts since until gap empty exclusive changes { code }
    people { person { code name } roster shift by { code } }
}";

pub(super) const ROSTER: &str = "query($unit: String!, $from: Instant!, $to: Instant!) {
    dutyRoster(unit: $unit, from: $from, to: $to) { ...Stint }
}
fragment Stint on DutyStint {
    posts since until gap empty exclusive changes { code }
    people { person { code name } roster shift by { code } }
}";

pub(super) const CHANGES: &str = "query($unit: String!) {
    dutyChanges(unit: $unit, first: 100) {
        count
        items {
            code kind stage shift against out { code name } in { code name }
            history { what acted { ...Doer } responsible { code name } onBehalfOf { ...Doer } byOrderOf { ...Doer } }
        }
    }
}
fragment Doer on Actor { kind person { code name } }";

#[derive(Deserialize)]
struct Coded {
    code: String,
}

#[derive(Deserialize)]
struct SeatRow {
    person: NamedRow,
    roster: String,
    shift: Option<String>,
    by: Option<Coded>,
}

#[derive(Deserialize)]
pub(super) struct StintRow {
    posts: PostKind,
    since: Option<String>,
    until: Option<String>,
    gap: bool,
    empty: bool,
    exclusive: bool,
    changes: Vec<Coded>,
    people: Vec<SeatRow>,
}

impl From<StintRow> for Stint {
    fn from(row: StintRow) -> Self {
        let seat = |SeatRow { person, roster, shift, by }: SeatRow| Seat {
            person: person.into(),
            roster,
            shift,
            by: by.map(|by| by.code),
        };
        let at = |text, open| instant(text).unwrap_or(open);
        Self {
            span: Span { from: at(row.since, Instant::MIN), to: at(row.until, Instant::MAX) },
            posts: row.posts,
            people: row.people.into_iter().map(seat).collect(),
            changes: row.changes.into_iter().map(|change| change.code).collect(),
            gap: row.gap,
            empty: row.empty,
            exclusive: row.exclusive,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StepRow {
    what: String,
    acted: DoerRow,
    responsible: Option<NamedRow>,
    on_behalf_of: Option<DoerRow>,
    by_order_of: Option<DoerRow>,
}

#[derive(Deserialize)]
struct ChangeRow {
    code: String,
    kind: DutyChangeKind,
    stage: DutyChangeStage,
    shift: Option<String>,
    against: Option<String>,
    out: Option<NamedRow>,
    #[serde(rename = "in")]
    comes: Option<NamedRow>,
    history: Vec<StepRow>,
}

#[derive(Deserialize)]
pub(super) struct ChangesRow {
    count: usize,
    items: Vec<ChangeRow>,
}

impl TryFrom<ChangesRow> for Vec<duty::Change> {
    type Error = Failure;
    fn try_from(row: ChangesRow) -> Result<Self, Failure> {
        if row.count != row.items.len() {
            return Err(broken("a story with more than a page of changes of duty"));
        }
        row.items.into_iter().map(TryInto::try_into).collect()
    }
}

impl TryFrom<ChangeRow> for duty::Change {
    type Error = Failure;
    fn try_from(row: ChangeRow) -> Result<Self, Failure> {
        let step = |row: StepRow| {
            Ok(Entry {
                event: row.what,
                acted: row.acted.try_into()?,
                responsible: row.responsible.map(Into::into),
                on_behalf_of: row.on_behalf_of.map(TryInto::try_into).transpose()?,
                by_order_of: row.by_order_of.map(TryInto::try_into).transpose()?,
            })
        };
        Ok(Self {
            code: row.code,
            kind: row.kind,
            stage: row.stage,
            shift: row.shift,
            against: row.against,
            out: row.out.map(Into::into),
            comes: row.comes.map(Into::into),
            history: row.history.into_iter().map(step).collect::<Result<_, Failure>>()?,
        })
    }
}
