//! The rows of duty rosters as rows of their table.

use liandong_schema::entity::roster;

use super::row::{KeyPart, corrupt, span, word};
use crate::{
    rules::{
        post::PostKind,
        roster::{Hours, On, Roster, RosterKind, Turn, Weekday},
    },
    run::error::Error,
};

pub(super) fn from_roster(row: &Roster) -> (Vec<KeyPart>, roster::Model) {
    let model = roster::Model {
        code: row.code.to_string(),
        from_at: row.span.from.0,
        to_at: row.span.to.0,
        name: row.name.clone(),
        unit: row.unit.to_string(),
        kind: row.kind.word().to_owned(),
        posts: row.posts.word().to_owned(),
        exclusive: row.exclusive,
        duty_days: row.on.iter().map(ToString::to_string).collect::<Vec<_>>().join(";"),
        hand_over: row.hand_over.to_string(),
        hours: row.hours.as_ref().map(ToString::to_string),
        turn: row.turn.word().to_owned(),
        week_begins: row.week_begins.word().to_owned(),
        width: i16::from(row.width),
        start_date: row.start.to_string(),
        slots: row.order.iter().map(ToString::to_string).collect::<Vec<_>>().join(";"),
    };
    (vec![row.code.as_str().into(), row.span.from.0.into()], model)
}

pub(super) fn to_roster(row: roster::Model) -> Result<Roster, Error> {
    let code = row.code.clone();
    let days = row.duty_days.split(';').map(|day| word("roster", &code, day, On::parse));
    let slots = row.slots.split(';').map(|slot| slot.parse().map_err(corrupt("roster", &code)));
    let hours = row.hours.map(|hours| hours.parse::<Hours>()).transpose();
    Ok(Roster {
        kind: word("roster", &code, &row.kind, RosterKind::parse)?,
        posts: word("roster", &code, &row.posts, PostKind::parse)?,
        on: days.collect::<Result<_, _>>()?,
        hand_over: row.hand_over.parse().map_err(corrupt("roster", &code))?,
        hours: hours.map_err(corrupt("roster", &code))?,
        turn: word("roster", &code, &row.turn, Turn::parse)?,
        week_begins: word("roster", &code, &row.week_begins, Weekday::parse)?,
        width: u8::try_from(row.width).map_err(corrupt("roster", &code))?,
        start: row.start_date.parse().map_err(corrupt("roster", &code))?,
        order: slots.collect::<Result<_, _>>()?,
        unit: row.unit.try_into().map_err(corrupt("roster", &code))?,
        code: row.code.try_into().map_err(corrupt("roster", &code))?,
        name: row.name,
        exclusive: row.exclusive,
        span: span(row.from_at, row.to_at),
    })
}
