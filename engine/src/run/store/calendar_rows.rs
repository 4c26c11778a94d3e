//! The rows of calendars as rows of tables.

use jiff::civil::Date;
use liandong_schema::entity::{calendar, calendar_day, calendar_hours, market, unit_calendar};

use super::row::{KeyPart, corrupt, span, word};
use crate::{
    rules::{
        calendar::{CalendarRow, DayRow, Declared, Hours, Market, MarketKind, MarketRule, On, Period, UnitCalendar},
        id::CalendarCode,
    },
    run::error::Error,
};

/// A list of short texts in one column.
fn list<T: ToString>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(";")
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').filter(|item| !item.is_empty())
}

fn periods(table: &'static str, row: &str, text: &str) -> Result<Vec<Period>, Error> {
    items(text).map(|item| item.parse().map_err(corrupt(table, row))).collect()
}

fn date(table: &'static str, row: &str, text: &str) -> Result<Date, Error> {
    text.parse().map_err(corrupt(table, row))
}

pub(super) fn from_calendar(row: &CalendarRow) -> (Vec<KeyPart>, calendar::Model) {
    let model = calendar::Model {
        code: row.code.to_string(),
        name: row.name.clone(),
        base: row.base.as_ref().map(ToString::to_string),
        zone: row.zone.clone(),
        published_to: row.published_to.as_ref().map(ToString::to_string),
    };
    (vec![row.code.as_str().into()], model)
}

pub(super) fn to_calendar(row: calendar::Model) -> Result<CalendarRow, Error> {
    let bad = corrupt("calendar", &row.code);
    let published_to = row.published_to.map(|text| date("calendar", &row.code, &text)).transpose()?;
    Ok(CalendarRow {
        base: row.base.map(CalendarCode::try_from).transpose().map_err(&bad)?,
        code: row.code.try_into().map_err(&bad)?,
        name: row.name,
        zone: row.zone,
        published_to,
    })
}

pub(super) fn from_hours(row: &Hours) -> (Vec<KeyPart>, calendar_hours::Model) {
    let model = calendar_hours::Model {
        calendar: row.calendar.to_string(),
        applies_on: row.on.word().to_owned(),
        from_at: row.span.from.0,
        to_at: row.span.to.0,
        periods: list(&row.periods),
    };
    (vec![row.calendar.as_str().into(), row.on.word().into(), row.span.from.0.into()], model)
}

pub(super) fn to_hours(row: calendar_hours::Model) -> Result<Hours, Error> {
    Ok(Hours {
        on: word("calendar_hours", &row.calendar, &row.applies_on, On::parse)?,
        periods: periods("calendar_hours", &row.calendar, &row.periods)?,
        calendar: row.calendar.clone().try_into().map_err(corrupt("calendar_hours", &row.calendar))?,
        span: span(row.from_at, row.to_at),
    })
}

pub(super) fn from_day(row: &DayRow) -> (Vec<KeyPart>, calendar_day::Model) {
    let date = row.date.to_string();
    let key = vec![row.calendar.as_str().into(), date.as_str().into()];
    let model = calendar_day::Model {
        calendar: row.calendar.to_string(),
        date,
        name: row.name.clone(),
        kind: row.kind.word().to_owned(),
        periods: list(&row.periods),
    };
    (key, model)
}

pub(super) fn to_day(row: calendar_day::Model) -> Result<DayRow, Error> {
    Ok(DayRow {
        date: date("calendar_day", &row.calendar, &row.date)?,
        kind: word("calendar_day", &row.calendar, &row.kind, Declared::parse)?,
        periods: periods("calendar_day", &row.calendar, &row.periods)?,
        calendar: row.calendar.clone().try_into().map_err(corrupt("calendar_day", &row.calendar))?,
        name: row.name,
    })
}

pub(super) fn from_market(row: &Market) -> (Vec<KeyPart>, market::Model) {
    let (kind, items) = (row.rule.kind().word(), list(&row.rule.values()));
    let key = vec![row.calendar.as_str().into(), kind.into(), items.as_str().into(), row.span.from.0.into()];
    let model = market::Model {
        calendar: row.calendar.to_string(),
        rule: kind.to_owned(),
        items,
        from_at: row.span.from.0,
        to_at: row.span.to.0,
    };
    (key, model)
}

pub(super) fn to_market(row: market::Model) -> Result<Market, Error> {
    let kind = word("market", &row.calendar, &row.rule, MarketKind::parse)?;
    Ok(Market {
        rule: MarketRule::read(kind, items(&row.items)).map_err(corrupt("market", &row.calendar))?,
        calendar: row.calendar.clone().try_into().map_err(corrupt("market", &row.calendar))?,
        span: span(row.from_at, row.to_at),
    })
}

pub(super) fn from_kept(row: &UnitCalendar) -> (Vec<KeyPart>, unit_calendar::Model) {
    let model = unit_calendar::Model {
        unit: row.unit.to_string(),
        from_at: row.span.from.0,
        to_at: row.span.to.0,
        calendar: row.calendar.to_string(),
    };
    (vec![row.unit.as_str().into(), row.span.from.0.into()], model)
}

pub(super) fn to_kept(row: unit_calendar::Model) -> Result<UnitCalendar, Error> {
    let bad = corrupt("unit_calendar", &row.unit);
    Ok(UnitCalendar {
        unit: row.unit.try_into().map_err(&bad)?,
        calendar: row.calendar.try_into().map_err(&bad)?,
        span: span(row.from_at, row.to_at),
    })
}
