//! The limits of the register as rows of a table.

use liandong_schema::entity::limit_rule;

use super::row::{KeyPart, corrupt, span, word};
use crate::{
    rules::limit::{LimitKind, LimitRule},
    run::error::Error,
};

/// No key of a table may be empty on either store, so a rung that is not named is 0.
const EVERY_RUNG: i16 = 0;

pub(super) fn from_limit(row: &LimitRule) -> (Vec<KeyPart>, limit_rule::Model) {
    let text = |code: Option<&dyn ToString>| code.map(ToString::to_string).unwrap_or_default();
    let model = limit_rule::Model {
        ladder: text(row.ladder.as_ref().map(|c| c as &dyn ToString)),
        matter: text(row.matter.as_ref().map(|c| c as &dyn ToString)),
        rung: row.rung.map_or(EVERY_RUNG, i16::from),
        kind: row.kind.word().to_owned(),
        from_at: row.span.from.0,
        to_at: row.span.to.0,
        allowance: row.allowance.to_string(),
    };
    let key = vec![
        model.ladder.as_str().into(),
        model.matter.as_str().into(),
        i64::from(model.rung).into(),
        model.kind.as_str().into(),
        model.from_at.into(),
    ];
    (key, model)
}

pub(super) fn to_limit(row: limit_rule::Model) -> Result<LimitRule, Error> {
    let name = format!("{}{} {}", row.ladder, row.matter, row.kind);
    Ok(LimitRule {
        ladder: if row.ladder.is_empty() {
            None
        } else {
            Some(row.ladder.try_into().map_err(corrupt("limit_rule", &name))?)
        },
        matter: if row.matter.is_empty() {
            None
        } else {
            Some(row.matter.try_into().map_err(corrupt("limit_rule", &name))?)
        },
        rung: if row.rung == EVERY_RUNG {
            None
        } else {
            Some(u8::try_from(row.rung).map_err(corrupt("limit_rule", &name))?)
        },
        kind: word("limit_rule", &name, &row.kind, LimitKind::parse)?,
        allowance: row.allowance.parse().map_err(corrupt("limit_rule", &name))?,
        span: span(row.from_at, row.to_at),
    })
}
