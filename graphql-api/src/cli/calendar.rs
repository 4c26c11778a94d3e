//! `liandong calendar`.

use clap::Args;
use liandong_engine::rules::{
    calendar::{self, Date},
    id::UnitCode,
    instant::Instant,
    world::World,
};

use super::{
    database::{Origin, find_unit, with_world},
    logging::{self, LogFormat},
    output,
    trouble::Trouble,
};

/// The days of the calendar that holds at a unit, with their hours and why
///
/// A unit without a calendar has that of the nearest unit above which keeps one.
#[derive(Debug, Args)]
pub(super) struct Calendar {
    /// Which unit
    #[arg(long, value_name = "CODE")]
    unit: UnitCode,
    /// The first day
    #[arg(long, value_name = "DATE", value_parser = date)]
    from: Date,
    /// How many days
    #[arg(long, value_name = "N", default_value_t = 31, value_parser = clap::value_parser!(u16).range(1..=3_660))]
    days: u16,
    #[command(flatten)]
    origin: Origin,
}

fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("`{text}` is not a date; write it like 2026-10-01"))
}

impl Calendar {
    pub(super) fn run(self) -> Result<(), Trouble> {
        logging::start(LogFormat::Text, logging::COMMAND);
        let text = with_world(&self.origin, "nobody was asked", |world| self.tell(world))?;
        Ok(output::print(&text)?)
    }

    fn tell(&self, world: &World) -> Result<String, Trouble> {
        let at = Instant::parse(&self.from.to_string(), world.zone());
        let at = at.map_err(|bad| Trouble::Refused(bad.to_string()))?;
        let calendar = world.calendar(find_unit(world, &self.unit, at)?, at);
        let mut rows = Vec::new();
        let mut day = Some(self.from);
        for _ in 0..self.days {
            let Some(date) = day else { break };
            rows.push(row(calendar, date));
            day = date.tomorrow().ok();
        }
        Ok(format!("{}\n{}", name(world, calendar), output::table(2, &rows)))
    }
}

/// What the calendar is called, and how far the notices reach.
pub(super) fn name(world: &World, calendar: &calendar::Calendar) -> String {
    let Some(code) = calendar.code() else {
        return "日历 calendar: 无，时时计入 none, every instant counts".to_owned();
    };
    let name = world.register().calendars.iter().find(|row| row.code == *code).map_or("", |row| &row.name);
    let published = calendar.published_to().map_or_else(String::new, |to| format!(", 公布至 published to {to}"));
    format!("日历 calendar: {name} ({code}){published}")
}

fn row(calendar: &calendar::Calendar, date: Date) -> Vec<String> {
    let day = calendar.day(date);
    let periods: Vec<String> = calendar.periods(date).iter().map(ToString::to_string).collect();
    let periods = if periods.is_empty() { "—".to_owned() } else { periods.join(" ") };
    let market = if day.market { "赶场 market" } else { "" };
    vec![
        date.to_string(),
        calendar::Weekday::of(date).zh().to_owned(),
        format!("{} {}", day.kind.zh(), day.kind.word()),
        periods,
        calendar.name(date).unwrap_or_default().to_owned(),
        market.to_owned(),
    ]
}
