//! The stories of `fixtures/stories`, played over the rules alone, over the engine on both stores, and
//! over GraphQL.
//!
//! `UPDATE_STORIES=1` writes the outcomes into the files; read the diff before you commit it.
#![expect(clippy::print_stdout, reason = "which story takes which transition is for people to read")]

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use liandong_engine::{
    rules::{
        instant::Zone,
        notice, register,
        request::{self, TRANSITIONS},
        world::Register,
    },
    run::files,
};
use liandong_tests::{
    stores::{Kind, Trouble},
    story::{Report, driver::Driver, graphql::Graphql, play::Side, play_all, rules::Rules, stored::Stored},
};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

/// The demo town, or one of the small worlds.
fn town(name: &str) -> Result<Register, String> {
    let directory = if name == "lugong" { fixtures().join(name) } else { fixtures().join("worlds").join(name) };
    files::read(&directory, &Zone::china()).map_err(|problems| format!("{}: {problems:?}", directory.display()))
}

/// All stories, played once for all tests of this file.
fn told_by_the_rules() -> Result<&'static Report, String> {
    static REPORT: OnceLock<Result<Report, String>> = OnceLock::new();
    let play = || {
        let update = std::env::var_os("UPDATE_STORIES").is_some();
        play_all(&fixtures().join("stories"), update, &town, &mut Rules::open).map_err(|error| error.to_string())
    };
    REPORT.get_or_init(play).as_ref().map_err(Clone::clone)
}

#[test]
fn every_story_has_the_outcome_that_is_written_in_it() -> Result<(), String> {
    let report = told_by_the_rules()?;
    let differences: Vec<String> = report.differences.iter().map(ToString::to_string).collect();
    assert!(
        differences.is_empty(),
        "{} outcomes differ from what the stories say; look at each, then run again with UPDATE_STORIES=1\n\n{}",
        differences.len(),
        differences.join("\n")
    );
    Ok(())
}

/// Every story comes out on the store as it does on the rules.
fn told_on(kind: Kind) -> Result<(), String> {
    told_over(|rows| Ok(Stored::open(kind, rows)?.map(|stored| Box::new(stored) as Box<dyn Driver>)))
}

/// Every story comes out over the API as it does on the rules.
fn told_over_graphql_on(kind: Kind) -> Result<(), String> {
    told_over(|rows| Ok(Graphql::open(kind, rows)?.map(|api| Box::new(api) as Box<dyn Driver>)))
}

fn told_over(mut driver: impl FnMut(Register) -> Result<Option<Box<dyn Driver>>, Trouble>) -> Result<(), String> {
    let open = &mut |rows: Register| -> Result<Box<dyn Driver>, String> {
        driver(rows).map_err(|trouble| trouble.to_string())?.ok_or_else(|| SKIPPED.to_owned())
    };
    match play_all(&fixtures().join("stories"), false, &town, open) {
        Ok(report) => {
            let differences: Vec<String> = report.differences.iter().map(ToString::to_string).collect();
            assert!(differences.is_empty(), "{}", differences.join("\n"));
            Ok(())
        }
        Err(error) if error.to_string().contains(SKIPPED) => {
            println!("{SKIPPED}");
            Ok(())
        }
        Err(error) => Err(error.to_string()),
    }
}

const SKIPPED: &str = "skipped: there is no PostgreSQL here";

#[test]
fn every_story_has_the_same_outcome_on_sqlite() -> Result<(), String> {
    told_on(Kind::Sqlite)
}

#[test]
fn every_story_has_the_same_outcome_on_postgres() -> Result<(), String> {
    told_on(Kind::Postgres)
}

#[test]
fn every_story_has_the_same_outcome_over_graphql() -> Result<(), String> {
    told_over_graphql_on(Kind::Sqlite)
}

#[test]
fn every_story_has_the_same_outcome_over_graphql_on_postgres() -> Result<(), String> {
    told_over_graphql_on(Kind::Postgres)
}

#[test]
fn every_story_has_a_title_of_its_own_in_chinese_and_english() -> Result<(), String> {
    let report = told_by_the_rules()?;
    for title in report.stories.values() {
        let (chinese, english) = title.split_once(" · ").ok_or_else(|| format!("`{title}` has no ` · `"))?;
        assert!(!chinese.is_ascii() && english.is_ascii(), "`{title}` is not Chinese · English");
    }
    let titles: BTreeSet<&String> = report.stories.values().collect();
    assert_eq!(titles.len(), report.stories.len());
    Ok(())
}

#[test]
fn every_refusal_code_has_a_story() -> Result<(), String> {
    let report = told_by_the_rules()?;
    let told = |side, code: &str| report.refused.contains_key(&(side, code.to_owned()));
    let of_requests = request::refusal::Code::ALL.iter().map(|c| (Side::Request, c.word()));
    let of_registers = register::refusal::Code::ALL.iter().map(|c| (Side::Register, c.word()));
    let of_deliveries = notice::delivery::Code::ALL.iter().map(|c| (Side::Delivery, c.word()));
    let missing: Vec<_> =
        of_requests.chain(of_registers).chain(of_deliveries).filter(|(side, code)| !told(*side, code)).collect();
    assert!(missing.is_empty(), "no story has {missing:?}");
    Ok(())
}

#[test]
fn every_transition_of_the_table_is_taken_by_a_story() -> Result<(), String> {
    let report = told_by_the_rules()?;
    let mut missing = Vec::new();
    for (command, stages) in TRANSITIONS {
        for stage in *stages {
            match report.taken.get(&(*command, *stage)) {
                Some(stories) => {
                    println!("{command} at {stage}: {}", Vec::from_iter(stories.iter().cloned()).join(", "))
                }
                None => missing.push(format!("{command} at {stage}")),
            }
        }
    }
    assert!(missing.is_empty(), "no story takes {}", missing.join(", "));
    Ok(())
}
