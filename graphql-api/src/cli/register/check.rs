//! `liandong register check`.

use std::path::PathBuf;

use clap::Args;
use liandong_engine::{
    rules::{
        instant::{Instant, Zone},
        register::coverage::{Coverage, ENDING_DAYS, MOST_HOUSEHOLDS, coverage},
        world::World,
    },
    run::{files, source::Clock},
};

use super::counts;
use crate::cli::{database::compile, instant, output, trouble::Trouble};

/// How many items of a list are shown.
const MOST_SHOWN: usize = 10;

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
    let lists: [(String, Vec<String>); 7] = [
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
