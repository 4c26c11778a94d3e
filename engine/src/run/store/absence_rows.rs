//! The rows of absences as rows of their table.

use liandong_schema::entity::absence;

use super::row::{KeyPart, corrupt, span};
use crate::{
    rules::{
        absence::{Absence, Scope, Substitute},
        id::{MatterCode, PersonCode},
        instant::Instant,
    },
    run::error::Error,
};

pub(super) fn from_absence(row: &Absence) -> (Vec<KeyPart>, absence::Model) {
    let matters = match &row.scope {
        Scope::All => None,
        Scope::Matters(matters) => Some(matters.iter().map(MatterCode::as_str).collect::<Vec<_>>().join(";")),
    };
    let substitute = match &row.substitute {
        Substitute::ByPost => None,
        Substitute::Person(person) => Some(person.to_string()),
    };
    let model = absence::Model {
        code: row.code.to_string(),
        person: row.person.to_string(),
        from_at: row.span.from.0,
        to_at: row.span.to.0,
        reason: row.reason.clone(),
        matters,
        substitute,
        substitute_until: row.substitute_until.map(|at| at.0),
        recorded_by: row.recorded_by.as_ref().map(ToString::to_string),
        recorded_at: row.recorded_at.0,
        ended_at: row.ended_at.map(|at| at.0),
    };
    (vec![row.code.as_str().into()], model)
}

pub(super) fn to_absence(row: absence::Model) -> Result<Absence, Error> {
    let bad = corrupt("absence", &row.code);
    let matters = |text: String| text.split(';').map(str::parse).collect::<Result<Vec<MatterCode>, _>>();
    let person = |text: Option<String>| text.map(PersonCode::try_from).transpose();
    Ok(Absence {
        scope: row.matters.map(matters).transpose().map_err(&bad)?.map_or(Scope::All, Scope::Matters),
        substitute: person(row.substitute).map_err(&bad)?.map_or(Substitute::ByPost, Substitute::Person),
        recorded_by: person(row.recorded_by).map_err(&bad)?,
        person: row.person.try_into().map_err(&bad)?,
        code: row.code.try_into().map_err(&bad)?,
        span: span(row.from_at, row.to_at),
        reason: row.reason,
        recorded_at: Instant(row.recorded_at),
        substitute_until: row.substitute_until.map(Instant),
        ended_at: row.ended_at.map(Instant),
    })
}
