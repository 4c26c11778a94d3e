//! `liandong roster show`.

use clap::Args;
use liandong_engine::{
    rules::{
        id::UnitCode,
        instant::{Instant, Span},
        post::PostKind,
        roster::{Duty, Stint},
        tree::UnitIx,
        world::World,
    },
    run::source::Clock,
};
use serde_json::json;

use super::{person, time};
use crate::cli::{
    database::{Origin, find_unit, with_world},
    instant,
    logging::{self, LogFormat},
    output,
    trouble::Trouble,
};

/// How many days are shown when nobody says.
const DAYS: i64 = 14;

/// How many days are shown at most: a year and a month.
const MOST_DAYS: i64 = 400;

/// Who is on duty at a unit, from change to change
///
/// What is shown is what routing goes by: rotas, what was changed of them, and who is absent.
#[derive(Debug, Args)]
pub(in crate::cli) struct Show {
    /// At which unit
    #[arg(long, value_name = "CODE")]
    unit: UnitCode,
    /// From when on; now, when it is not given
    #[arg(long, value_name = "DATE", value_parser = instant)]
    from: Option<Instant>,
    /// Until when; two weeks later, when it is not given
    #[arg(long, value_name = "DATE", value_parser = instant)]
    to: Option<Instant>,
    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    origin: Origin,
}

impl Show {
    pub(super) fn run(self) -> Result<(), Trouble> {
        logging::start(LogFormat::Text, logging::COMMAND);
        let from = self.from.unwrap_or_else(|| Clock::System.now());
        let text = with_world(&self.origin, "nobody was asked", |world| self.tell(world, from))?;
        Ok(output::print(&text)?)
    }

    fn tell(&self, world: &World, from: Instant) -> Result<String, Trouble> {
        let during = Span { from, to: self.to.unwrap_or_else(|| from.plus_days(DAYS)) };
        if during.to <= during.from || during.to > during.from.plus_days(MOST_DAYS) {
            let message = format!("`--to` must be later than `--from`, by {MOST_DAYS} days at most");
            return Err(Trouble::Refused(message));
        }
        let unit = find_unit(world, &self.unit, from)?;
        let page = Page { world, unit, during };
        let all = world.rostered_kinds(unit).into_iter().map(|posts| (posts, world.duty_roster(unit, posts, during)));
        let all: Vec<(PostKind, Vec<Stint<'_>>)> = all.filter(|(_, stints)| !stints.is_empty()).collect();
        Ok(if self.json { page.json(&all) } else { page.text(&all) })
    }
}

struct Page<'a> {
    world: &'a World,
    unit: UnitIx,
    during: Span,
}

impl Page<'_> {
    fn text(&self, all: &[(PostKind, Vec<Stint<'_>>)]) -> String {
        let (tree, Span { from, to }) = (self.world.tree(), self.during);
        let mut text = format!(
            "{} ({})\n{} – {}\n",
            tree.name(self.unit, from),
            tree.code(self.unit),
            self.time(from),
            self.time(to)
        );
        if all.is_empty() {
            text += "\n无值班 no duty in this time\n";
        }
        for (posts, stints) in all {
            text += &format!("\n{} {posts}\n", posts.zh());
            for stint in stints {
                text += &format!("  {} – {}\n", self.time(stint.span.from), self.time(stint.span.to));
                let people = stint.on_duty.people.iter().map(|duty| self.line(stint, duty));
                text.extend(people.map(|line| format!("    {line}\n")));
                if stint.on_duty.gap {
                    text += "    空岗 nobody\n";
                }
            }
        }
        text
    }

    fn line(&self, stint: &Stint<'_>, duty: &Duty<'_>) -> String {
        let absent = if self.absent(stint, duty) { "，不在岗 absent" } else { "" };
        let changed = if duty.by.is_some() { "，调班 changed" } else { "" };
        format!("{} {}{changed}{absent}", duty.roster.name, person(self.world, duty.person))
    }

    /// Whether the person is absent for some of it.
    fn absent(&self, stint: &Stint<'_>, duty: &Duty<'_>) -> bool {
        self.world.absences().absent_during(duty.person, stint.span)
    }

    fn time(&self, at: Instant) -> String {
        time(at, self.during.from, self.world.zone())
    }

    fn json(&self, all: &[(PostKind, Vec<Stint<'_>>)]) -> String {
        let zone = self.world.zone();
        let one = |stint: &Stint<'_>, duty: &Duty<'_>| {
            let person = self.world.find_person(duty.person.as_str()).and_then(|ix| self.world.person(ix));
            json!({
                "code": duty.person.as_str(),
                "name": person.map(|person| person.name.as_str()),
                "roster": duty.roster.code.as_str(),
                "rosterName": duty.roster.name,
                "changed": duty.by.is_some(),
                "absent": self.absent(stint, duty),
            })
        };
        let stints = all.iter().flat_map(|(posts, stints)| stints.iter().map(move |stint| (posts, stint)));
        let stints: Vec<serde_json::Value> = stints
            .map(|(posts, stint)| {
                let people: Vec<_> = stint.on_duty.people.iter().map(|duty| one(stint, duty)).collect();
                json!({
                    "posts": posts.word(),
                    "from": stint.span.from.rfc3339(zone),
                    "to": stint.span.to.rfc3339(zone),
                    "people": people,
                    "gap": stint.on_duty.gap,
                    "exclusive": stint.on_duty.exclusive,
                })
            })
            .collect();
        let unit = self.world.tree().code(self.unit);
        format!("{:#}\n", json!({ "unit": unit, "stints": stints }))
    }
}

#[cfg(test)]
mod tests {
    use liandong_engine::{rules::instant::Zone, run::files};

    use super::*;
    use crate::cli::database::compile;

    fn told(json: bool, to: Option<&str>) -> Result<String, String> {
        let zone = Zone::china();
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/worlds/roster");
        let world = compile(files::read(&dir, &zone).unwrap()).unwrap();
        let at = |text: &str| Instant::parse(text, &zone).unwrap();
        let show = Show { unit: "T".parse().unwrap(), from: None, to: to.map(at), json, origin: Origin::default() };
        show.tell(&world, at("2026-11-26T08:00:00+08:00")).map_err(|trouble| format!("{trouble:?}"))
    }

    #[test]
    fn who_is_on_duty_is_told_on_lines_that_fit_a_narrow_terminal() {
        let text = told(false, Some("2026-11-27T12:00:00+08:00")).unwrap();
        assert_eq!(
            text,
            "\
轮值镇 (T)
11-26 周四 08:00 – 11-27 周五 12:00

值班领导 DutyLeader
  11-26 周四 09:00 – 11-26 周四 16:00
    赶场天领导接访 王值督 (P8)
  11-26 周四 18:00 – 11-27 周五 08:00
    镇领导夜间值班 王值督 (P8)
"
        );
        let json: serde_json::Value = serde_json::from_str(&told(true, None).unwrap()).unwrap();
        assert_eq!(json["stints"][0]["people"][0]["rosterName"], "赶场天领导接访");
        assert_eq!(json["stints"][1]["to"], "2026-11-27T08:00:00+08:00");
    }

    #[test]
    fn a_stretch_that_is_reversed_or_too_long_is_refused() {
        for to in ["2026-11-26", "2029-01-01"] {
            let refused = told(false, Some(to)).unwrap_err();
            assert!(refused.contains("must be later than `--from`, by 400 days at most"), "{refused}");
        }
    }
}
