//! `liandong due`.

use clap::Args;
use liandong_engine::rules::{
    calendar::{Allowance, Reckoning, Stretch},
    id::UnitCode,
    instant::Instant,
    world::World,
};

use super::{
    calendar::name,
    database::{Origin, find_unit, with_world},
    instant,
    logging::{self, LogFormat},
    output,
    trouble::Trouble,
};

/// When an allowance ends at a unit, with its arithmetic
///
/// An allowance is 90wmin 90工作分钟, 4wh 4工作小时, 2wd 2工作日, 30min 30分钟, 2h 2小时, or 15d 15天.
#[derive(Debug, Args)]
pub(super) struct Due {
    /// At which unit
    #[arg(long, value_name = "CODE")]
    unit: UnitCode,
    /// When it begins
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    start: Instant,
    /// How much is allowed
    #[arg(long, value_name = "ALLOWANCE", value_parser = allowance)]
    allow: Allowance,
    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    origin: Origin,
}

fn allowance(text: &str) -> Result<Allowance, String> {
    text.parse::<Allowance>().map_err(|bad| bad.to_string())
}

impl Due {
    pub(super) fn run(self) -> Result<(), Trouble> {
        logging::start(LogFormat::Text, logging::COMMAND);
        let (text, ends) = with_world(&self.origin, "nothing was reckoned", |world| self.tell(world))?;
        output::print(&text)?;
        if ends {
            return Ok(());
        }
        let mend = "give the calendar hours, or write a shorter allowance";
        Err(Trouble::Refused(format!("`{}` never ends there; {mend}", self.allow)))
    }

    fn tell(&self, world: &World) -> Result<(String, bool), Trouble> {
        let calendar = world.calendar(find_unit(world, &self.unit, self.start)?, self.start);
        let reckoning = calendar.due(self.start, self.allow);
        let text = if self.json {
            let json = serde_json::to_string_pretty(&reckoning);
            json.map_err(|error| Trouble::Failed(format!("the reckoning cannot be written: {error}")))? + "\n"
        } else {
            format!("{}\n{}", name(world, calendar), page(world, &reckoning))
        };
        Ok((text, reckoning.due.is_some()))
    }
}

/// A reckoning as people read it: when it begins and ends, and which days counted.
pub(super) fn page(world: &World, reckoning: &Reckoning) -> String {
    let Reckoning { start, due, allowance, stretches, beyond_published, .. } = reckoning;
    let due = due.map_or_else(|| "永不 never".to_owned(), |due| due.rfc3339(world.zone()));
    let mut page = format!(
        "起 start: {}\n期限 allowance: {} {allowance}\n到期 due: {due}\n",
        start.rfc3339(world.zone()),
        allowance.zh()
    );
    if *beyond_published {
        page += "超出已公布的节假日安排 beyond the published holidays: a later notice may move it\n";
    }
    let rows: Vec<Vec<String>> = stretches.iter().map(|stretch| row(*allowance, stretch)).collect();
    page + "\n" + &output::table(2, &rows)
}

fn row(allowance: Allowance, stretch: &Stretch) -> Vec<String> {
    let Stretch { from, to, counted, why, name, periods } = stretch;
    let days = if from == to { from.to_string() } else { format!("{from} – {to}") };
    let counted = if allowance.is_in_days() { format!("{counted} 天 d") } else { minutes(*counted) };
    let periods: Vec<String> = periods.iter().map(ToString::to_string).collect();
    let name = name.as_deref().unwrap_or_default().to_owned();
    vec![days, counted, format!("{} {}", why.zh(), why.word()), name, periods.join(" ")]
}

/// Microseconds as minutes, with seconds where there is a rest.
fn minutes(micros: i64) -> String {
    let (minutes, rest) = (micros / 60_000_000, micros % 60_000_000);
    if rest == 0 { format!("{minutes} 分 min") } else { format!("{minutes} 分 min {} 秒 s", rest as f64 / 1e6) }
}
