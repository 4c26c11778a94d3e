//! `liandong register check`.

use std::path::PathBuf;

use clap::Args;
use liandong_engine::{
    rules::{
        instant::{Instant, Zone},
        register::{
            coverage::{Coverage, ENDING_DAYS, MOST_HOUSEHOLDS, coverage},
            duty_coverage::{DutyGap, FlawedRota, GAP_DAYS, QUALITY_DAYS},
            promise::Overpromised,
            survey::{Stretch, coverage_between},
        },
        world::World,
    },
    run::{files, source::Clock},
};

use super::counts;
use crate::cli::{database::compile, instant, output, trouble::Trouble};

/// How many items of a list are shown.
const MOST_SHOWN: usize = 10;

/// How many stretches of time are shown.
const MOST_STRETCHES: usize = 60;

/// Say everything that is wrong with a directory of CSV files
#[derive(Debug, Args)]
pub(in crate::cli) struct Check {
    /// The directory with units.csv and the others
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Say also where a valid register leaves somebody alone: holes, vacancies, holdings that end
    #[arg(long)]
    coverage: bool,
    /// The day or instant for --coverage; now, when it is not given
    #[arg(long, value_name = "DATE", value_parser = instant, requires = "coverage")]
    at: Option<Instant>,
    /// Look at every instant from then until this day, too: what nobody on the ladder may resolve, and when
    #[arg(long, value_name = "DATE", value_parser = instant, requires = "coverage")]
    until: Option<Instant>,
}

impl Check {
    pub(in crate::cli) fn run(self) -> Result<(), Trouble> {
        let register = match files::read(&self.dir, &Zone::china()) {
            Ok(register) => register,
            Err(problems) => {
                output::print(&files::listing(&problems))?;
                return Err(Trouble::Refused(format!("the register in `{}` cannot be loaded", self.dir.display())));
            }
        };
        output::print(&format!("nothing is wrong: {}\n", counts(&register)))?;
        if self.coverage {
            let at = self.at.unwrap_or_else(|| Clock::System.now());
            let world = compile(register)?;
            output::print(&page(&world, &coverage(&world, at), at))?;
            if let Some(until) = self.until {
                if until <= at {
                    let message = "--until is not after the day of --coverage; give a later one".to_owned();
                    return Err(Trouble::Refused(message));
                }
                output::print(&ahead(&world, &coverage_between(&world, at, until)))?;
            }
        }
        Ok(())
    }
}

/// The report, a heading and a few lines for each thing that a leader may mend.
fn page(world: &World, report: &Coverage, at: Instant) -> String {
    let post = |code: &str| {
        let name = world.find_post(code).and_then(|post| world.post(post)).map_or("", |post| &post.name);
        format!("{name} ({code})")
    };
    let person = |code: &str| {
        let name = world.find_person(code).and_then(|person| world.person(person)).map_or("", |person| &person.name);
        format!("{name} ({code})")
    };
    let matter = |code: &str| {
        let name = world.find_matter(code).and_then(|matter| world.matter(matter)).map_or("", |matter| &matter.name);
        format!("{name} ({code})")
    };
    let uncovered = report.uncovered.iter().map(|hole| {
        let taker = if hole.nobody { "无人接 nobody takes it" } else { "派单岗 the dispatcher takes it" };
        format!("{}: {} 户 households, first {}, {taker}", matter(&hole.matter), hole.households, hole.first)
    });
    let lists: [(String, Vec<String>); 11] = [
        ("层级上无人可办 matters that nobody on the ladder may resolve".to_owned(), uncovered.collect()),
        ("空缺岗位 posts that nobody holds".to_owned(), report.vacant.iter().map(|c| post(c)).collect()),
        (
            "无替补岗位 posts without a substitute".to_owned(),
            report.without_substitute.iter().map(|c| post(c)).collect(),
        ),
        (
            format!("联户过多 contacts of more than {MOST_HOUSEHOLDS} households"),
            report.overburdened.iter().map(|(c, n)| format!("{}: {n} 户 households", person(c))).collect(),
        ),
        (
            format!("{ENDING_DAYS} 天内到期 holdings that end within {ENDING_DAYS} days"),
            report.ending.iter().map(|(p, who)| format!("{}: {}", post(p), person(who))).collect(),
        ),
        ("待任职人员 people who could be given something".to_owned(), report.idle.iter().map(|c| person(c)).collect()),
        (
            "节假日安排即将到期 calendars whose published days end within three months".to_owned(),
            report.unpublished.iter().map(|(c, to)| format!("{c}: {to}")).collect(),
        ),
        (
            "各级时限之和超过承诺或法定时限 matters whose rungs may take longer than the whole".to_owned(),
            report.overpromised.iter().map(|over| overpromised(world, &matter(&over.matter), over)).collect(),
        ),
        (
            format!("{GAP_DAYS} 天内空岗 places with nobody on duty within {GAP_DAYS} days"),
            report.duty.gaps.iter().map(|gap| gap_line(world, gap)).collect(),
        ),
        (
            "值班人未任该岗位 people on duty who hold no such post".to_owned(),
            report
                .duty
                .strangers
                .iter()
                .map(|s| format!("{}: {}", roster(world, &s.roster), person(&s.person)))
                .collect(),
        ),
        (
            format!("{QUALITY_DAYS} 天内值班表评分不足 100 rotas with a score below 100 within {QUALITY_DAYS} days"),
            report.duty.flawed.iter().map(|rota| flaws(world, rota)).collect(),
        ),
    ];
    let mut page = format!(
        "覆盖 coverage at {}: {} 户 households, {} 问 questions\n",
        at.text(world.zone()),
        report.households,
        report.questions
    );
    for (heading, items) in &lists {
        page += &format!("\n{heading}: {}\n{}", items.len(), output::bounded(items, MOST_SHOWN));
    }
    page
}

fn overpromised(world: &World, matter: &str, over: &Overpromised) -> String {
    let Overpromised { limit, due, rungs_due, .. } = over;
    let time = |at: &Instant| at.rfc3339(world.zone());
    format!("{matter}: {limit} {}, {} < {}", limit.zh(), time(due), time(rungs_due))
}

/// What only the dispatcher would take from one instant to another, a line for each stretch in which it is the same.
fn ahead(world: &World, stretches: &[Stretch]) -> String {
    let line = |stretch: &Stretch| {
        let mut matters =
            stretch.uncovered.iter().take(3).map(|hole| format!("{} ({} 户)", hole.matter, hole.households));
        let names: Vec<String> = matters.by_ref().collect();
        let more = stretch.uncovered.len().saturating_sub(names.len());
        let more = if more > 0 { format!(" +{more}") } else { String::new() };
        let (from, to) = (stretch.from.text(world.zone()), stretch.to.text(world.zone()));
        format!("{from} – {to}: {}{more}", if names.is_empty() { "—".to_owned() } else { names.join(", ") })
    };
    let lines: Vec<String> = stretches.iter().map(line).collect();
    format!(
        "\n逐日覆盖 day by day, what nobody on the ladder may resolve: {} 段 stretches\n{}",
        lines.len(),
        output::bounded(&lines, MOST_STRETCHES)
    )
}

fn roster(world: &World, code: &str) -> String {
    let name = world.rosters().rows().find(|row| row.code.as_str() == code).map_or("", |row| &row.name);
    format!("{name} ({code})")
}

fn gap_line(world: &World, gap: &DutyGap) -> String {
    let DutyGap { roster: code, why, count, first } = gap;
    let first = first.rfc3339(world.zone());
    format!("{}: {} {why}, {count} 次 times, first {first}", roster(world, code), why.zh())
}

fn flaws(world: &World, rota: &FlawedRota) -> String {
    format!("{}: {}; {}", roster(world, &rota.roster), rota.score, rota.reasons.join("; "))
}
