//! The tables of calendars: their columns, and a row of each read and written.

use jiff::civil::Date;

use super::{
    cells::{Cells, serial},
    entry::{Entry, FROM, TO, or_empty, with_dates},
    header::Column,
};
use crate::rules::{
    calendar::{CHINA, CalendarRow, DayRow, Declared, Hours, Market, MarketKind, MarketRule, On, Period, UnitCalendar},
    instant::Zone,
    world::Table,
};

const CALENDAR: Column = ("calendar", "日历");
const PERIODS: Column = ("periods", "时段");

fn texts(periods: &[Period]) -> String {
    periods.iter().map(ToString::to_string).collect::<Vec<_>>().join(";")
}

fn periods(cells: &mut Cells<'_>) -> Option<Vec<Period>> {
    let list = cells.list("periods")?;
    let mut periods = Vec::with_capacity(list.len());
    for text in &list {
        match text.parse() {
            Ok(period) => periods.push(period),
            Err(_) => {
                let what = format!("{} is not a period of the day", super::problem::quoted(text));
                return cells.wrong("periods", &what, "write it like `08:30-12:00`, between 00:00 and 24:00");
            }
        }
    }
    Some(periods)
}

pub(super) fn no_date<T>(cells: &mut Cells<'_>, column: &str) -> Option<T> {
    let what = match cells.raw(column) {
        "" => "the cell is empty".to_owned(),
        text => format!("{} is not a date", super::problem::quoted(text)),
    };
    let day = serial(cells.raw(column)).map(|day| format!("a spreadsheet made a number of it: write the day as {day}"));
    cells.wrong(column, &what, day.as_deref().unwrap_or("write a day as 2026-10-01"))
}

impl Entry for CalendarRow {
    const TABLE: Table = Table::Calendars;
    const COLUMNS: &'static [Column] =
        &[("code", "编码"), ("name", "名称"), ("base", "依据"), ("zone", "时区"), ("published_to", "公布至")];
    const NAME: &'static str = "code";

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (code, name, base) = (cells.code("code"), cells.name("name"), cells.code_or_none("base"));
        let zone = cells.line("zone").map(|zone| if zone.is_empty() { CHINA.to_owned() } else { zone });
        let published_to = if cells.raw("published_to").is_empty() {
            Some(None)
        } else {
            cells.date("published_to").or_else(|| no_date(cells, "published_to")).map(Some)
        };
        Some(Self { code: code?, name: name?, base: base?, zone: zone?, published_to: published_to? })
    }

    fn cells(&self, _: &Zone) -> Vec<String> {
        let Self { code, name, base, zone, published_to } = self;
        let base = or_empty(base.as_ref());
        vec![code.to_string(), name.clone(), base, zone.clone(), or_empty(published_to.as_ref())]
    }
}

impl Entry for Hours {
    const TABLE: Table = Table::Hours;
    const COLUMNS: &'static [Column] = &[CALENDAR, ("on", "适用日"), PERIODS, FROM, TO];
    const NAME: &'static str = "";

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let calendar = cells.code("calendar");
        let on = cells.word("on", On::parse, On::ALL, |on| (on.word(), on.zh()));
        let (periods, span) = (periods(cells), cells.span());
        Some(Self { calendar: calendar?, on: on?, periods: periods?, span: span? })
    }

    fn cells(&self, zone: &Zone) -> Vec<String> {
        let Self { calendar, on, periods, span } = self;
        with_dates([calendar.to_string(), on.to_string(), texts(periods)], *span, zone)
    }
}

impl Entry for DayRow {
    const TABLE: Table = Table::Days;
    const COLUMNS: &'static [Column] = &[CALENDAR, ("date", "日期"), ("name", "名称"), ("kind", "类别"), PERIODS];
    const NAME: &'static str = "";

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let calendar = cells.code("calendar");
        let date: Option<Date> = cells.date("date").or_else(|| no_date(cells, "date"));
        let name = cells.name("name");
        let kind = cells.word("kind", Declared::parse, Declared::ALL, |k| (k.word(), k.zh()));
        let periods = periods(cells);
        Some(Self { calendar: calendar?, date: date?, name: name?, kind: kind?, periods: periods? })
    }

    fn cells(&self, _: &Zone) -> Vec<String> {
        let Self { calendar, date, name, kind, periods } = self;
        vec![calendar.to_string(), date.to_string(), name.clone(), kind.to_string(), texts(periods)]
    }
}

impl Entry for Market {
    const TABLE: Table = Table::Markets;
    const COLUMNS: &'static [Column] = &[CALENDAR, ("rule", "规则"), ("values", "取值"), FROM, TO];
    const NAME: &'static str = "";

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let calendar = cells.code("calendar");
        let kind = cells.word("rule", MarketKind::parse, MarketKind::ALL, |k| (k.word(), k.zh()));
        let values = cells.list("values");
        let span = cells.span();
        let (kind, values) = (kind?, values?);
        let rule = match MarketRule::read(kind, values.iter().map(String::as_str)) {
            Ok(rule) => rule,
            Err(bad) => {
                let what = format!("{} is no value of a market rule by {kind}", super::problem::quoted(&bad.value));
                return cells.wrong("values", &what, &format!("write {}", bad.wanted));
            }
        };
        Some(Self { calendar: calendar?, rule, span: span? })
    }

    fn cells(&self, zone: &Zone) -> Vec<String> {
        let Self { calendar, rule, span } = self;
        with_dates([calendar.to_string(), rule.kind().to_string(), rule.values().join(";")], *span, zone)
    }
}

impl Entry for UnitCalendar {
    const TABLE: Table = Table::UnitCalendars;
    const COLUMNS: &'static [Column] = &[("unit", "单位"), CALENDAR, FROM, TO];
    const NAME: &'static str = "";

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (unit, calendar, span) = (cells.code("unit"), cells.code("calendar"), cells.span());
        Some(Self { unit: unit?, calendar: calendar?, span: span? })
    }

    fn cells(&self, zone: &Zone) -> Vec<String> {
        let Self { unit, calendar, span } = self;
        with_dates([unit.to_string(), calendar.to_string()], *span, zone)
    }
}
