//! A town in which everything goes wrong: see `liandong_tests::simulation` for what is a failure.

use std::{collections::BTreeSet, sync::LazyLock};

use liandong_tests::{
    fixtures,
    simulation::{
        TOWN,
        drive::{Life, live, morning},
        generate::operations,
        op::{Fate, Op},
        sketch::Sketch,
    },
};

/// How many seeds the test command tries; `LIANDONG_SEEDS` says another number, `LIANDONG_SEED` where to begin.
const SEEDS: u64 = 2_000;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

fn seeds(many: u64) -> std::ops::Range<u64> {
    let first = setting("LIANDONG_SEED").unwrap_or(1);
    first..first + setting("LIANDONG_SEEDS").unwrap_or(many)
}

/// A life in memory; a panic is a fault like others.
fn sketched(seed: u64, operations: &[Op]) -> Life {
    static TOWNS: LazyLock<Sketch> = LazyLock::new(|| Sketch::new(&fixtures::register(TOWN), morning(), 0));
    live(&mut TOWNS.anew(seed), operations)
}

fn faults(seed: u64, operations: &[Op]) -> Vec<String> {
    let lived = std::panic::catch_unwind(|| sketched(seed, operations).faults);
    lived.unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().cloned();
        vec![words.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default()]
    })
}

/// The operations without those that the failure does not need.
fn shrunk(seed: u64, mut operations: Vec<Op>) -> Vec<Op> {
    let mut at = operations.len();
    while at > 0 {
        at -= 1;
        let mut fewer = operations.clone();
        fewer.remove(at);
        if !faults(seed, &fewer).is_empty() {
            operations = fewer;
        }
    }
    operations
}

fn report(seed: u64, operations: Vec<Op>) -> String {
    let shrunk = shrunk(seed, operations);
    let found = faults(seed, &shrunk).join("\n  ");
    format!("seed {seed}:\n  {found}\noperations that do it:\n{}", serde_json::to_string(&shrunk).unwrap())
}

#[test]
fn thousands_of_lives_in_which_everything_goes_wrong_keep_every_promise() {
    let (mut met, mut limits, mut entries) = (BTreeSet::new(), 0, 0);
    for seed in seeds(SEEDS) {
        let operations = operations(seed);
        let lived = std::panic::catch_unwind(|| sketched(seed, &operations));
        match lived {
            Ok(life) if life.faults.is_empty() => {
                met.extend(life.met);
                limits += life.limits;
                entries += life.journal.len();
            }
            _ => panic!("{}", report(seed, operations)),
        }
    }
    eprintln!("{entries} entries, {limits} limits that took effect, met {met:?}");
    for fate in Fate::ALL {
        assert!(met.contains(&format!("{fate:?}")), "{fate:?} befell nobody");
    }
}

#[test]
fn debug_one() {
    let ops: Vec<Op> = serde_json::from_str(&std::fs::read_to_string("/tmp/ops.json").unwrap()).unwrap();
    let seed = setting("LIANDONG_SEED").unwrap_or(1);
    let life = sketched(seed, &ops);
    for e in &life.journal {
        if let liandong_engine::run::store::journal::Happened::Request(_, r) = &e.happened {
            let o = r.event.opens().map(|o| format!("{:?} {} {} r{}", o.duty, o.post, o.person, o.rung));
            eprintln!("{} {} {} {:?} {:?}", e.position, e.at.rfc3339(&liandong_engine::rules::instant::Zone::china()), e.kind(), o, r.step.acted);
        } else { if e.kind() != "RowsLoaded" { eprintln!("{} {:?}", e.position, e) } }
    }
    eprintln!("{:#?}", life.faults.iter().take(3).collect::<Vec<_>>());
}
