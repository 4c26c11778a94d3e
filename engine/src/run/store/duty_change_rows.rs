//! The rows of changes of duty as rows of their table.

use liandong_schema::entity::duty_change;

use super::row::{KeyPart, corrupt, span, word};
use crate::{
    rules::{
        id::PersonCode,
        instant::Instant,
        roster::{DutyChange, DutyChangeKind, Expiry, Scope, ShiftId},
    },
    run::error::Error,
};

pub(super) fn from_duty_change(row: &DutyChange) -> (Vec<KeyPart>, duty_change::Model) {
    let (shift, span) = match row.scope {
        Scope::Shift(shift) => (Some(shift), None),
        Scope::Stretch(span) => (None, Some(span)),
    };
    let person = |person: &Option<PersonCode>| person.as_ref().map(ToString::to_string);
    let model = duty_change::Model {
        code: row.code.to_string(),
        roster: row.roster.to_string(),
        kind: row.kind.word().to_owned(),
        shift: shift.map(|shift| shift.to_string()),
        from_at: span.map(|span| span.from.0),
        to_at: span.map(|span| span.to.0),
        goes: person(&row.out),
        comes: person(&row.person),
        offered_to: person(&row.offered_to),
        against: row.against.map(|shift| shift.to_string()),
        reason: row.reason.clone(),
        begun_by: person(&row.begun_by),
        begun_at: row.begun_at.0,
        taken_at: row.taken_at.map(|at| at.0),
        ended_by: person(&row.ended_by),
        ended_at: row.ended_at.map(|at| at.0),
        expiry: row.expiry.map(|why| why.word().to_owned()),
    };
    (vec![row.code.as_str().into()], model)
}

pub(super) fn to_duty_change(row: duty_change::Model) -> Result<DutyChange, Error> {
    let bad = corrupt("duty_change", &row.code);
    let person = |text: Option<String>| text.map(PersonCode::try_from).transpose();
    let shift = |text: Option<String>| {
        let read = text.map(|text| text.parse::<ShiftId>()).transpose();
        read.map_err(corrupt("duty_change", &row.code))
    };
    let scope = match (shift(row.shift)?, row.from_at.zip(row.to_at)) {
        (Some(shift), None) => Scope::Shift(shift),
        (None, Some((from, to))) => Scope::Stretch(span(from, to)),
        _ => {
            return Err(Error::corrupt(
                "duty_change",
                &row.code,
                "it is neither for a shift nor for a stretch of time",
            ));
        }
    };
    let expiry = row.expiry.as_deref().map(|text| word("duty_change", &row.code, text, Expiry::parse)).transpose()?;
    Ok(DutyChange {
        expiry,
        kind: word("duty_change", &row.code, &row.kind, DutyChangeKind::parse)?,
        scope,
        out: person(row.goes).map_err(&bad)?,
        person: person(row.comes).map_err(&bad)?,
        offered_to: person(row.offered_to).map_err(&bad)?,
        against: shift(row.against)?,
        begun_by: person(row.begun_by).map_err(&bad)?,
        ended_by: person(row.ended_by).map_err(&bad)?,
        roster: row.roster.try_into().map_err(&bad)?,
        code: row.code.try_into().map_err(&bad)?,
        reason: row.reason,
        begun_at: Instant(row.begun_at),
        taken_at: row.taken_at.map(Instant),
        ended_at: row.ended_at.map(Instant),
    })
}
