//! `liandong roster`.

mod generate;
mod show;

use clap::Subcommand;
use liandong_engine::rules::{
    calendar::{Date, Weekday},
    id::PersonCode,
    instant::{Instant, Zone},
    world::World,
};

use super::trouble::Trouble;

/// Who is on duty, and fair rotas
#[derive(Debug, Subcommand)]
pub(super) enum Roster {
    /// Who is on duty at a unit, from change to change
    Show(show::Show),
    /// Put a fair rota together for a period, with what it is worth and why
    Generate(Box<generate::Generate>),
}

impl Roster {
    pub(super) fn run(self) -> Result<(), Trouble> {
        match self {
            Self::Show(show) => show.run(),
            Self::Generate(generate) => generate.run(),
        }
    }
}

fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("`{text}` is not a date; write it like 2026-10-01"))
}

/// Somebody with name and code.
fn person(world: &World, code: &PersonCode) -> String {
    let name = world.find_person(code.as_str()).and_then(|ix| world.person(ix)).map_or("", |person| &person.name);
    format!("{name} ({code})")
}

/// A time as people on a roster read it: `11-23 周一 08:30`, with the year where it is not that of `beside`.
fn time(at: Instant, beside: Instant, zone: &Zone) -> String {
    let text = at.rfc3339(zone);
    let day = |text: &str| text.get(..10).and_then(|day| day.parse::<Date>().ok());
    let (Some(date), Some(clock)) = (day(&text), text.get(11..16)) else { return "…".to_owned() };
    let same = day(&beside.rfc3339(zone)).is_some_and(|other| other.year() == date.year());
    let shown = text.get(if same { 5 } else { 0 }..10).unwrap_or_default();
    format!("{shown} {} {clock}", Weekday::of(date).zh())
}
