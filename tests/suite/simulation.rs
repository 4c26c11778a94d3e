//! A town in which everything goes wrong: see `liandong_tests::simulation` for what is a failure.

use std::{collections::BTreeSet, sync::LazyLock};

use liandong_tests::{
    fixtures,
    simulation::{
        TOWN,
        drive::{Life, live, morning},
        generate::operations,
        op::{Fate, Op},
        real::{Original, Real},
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

/// Lives through so many seeds on two threads; what they met, how many limits took effect, how many entries.
fn lived(many: std::ops::Range<u64>) -> (BTreeSet<String>, usize, usize) {
    let half = |odd: u64| {
        let many = many.clone();
        move || {
            let (mut met, mut limits, mut entries) = (BTreeSet::new(), 0, 0);
            for seed in many.filter(|seed| seed % 2 == odd) {
                let operations = operations(seed);
                match std::panic::catch_unwind(|| sketched(seed, &operations)) {
                    Ok(life) if life.faults.is_empty() => {
                        met.extend(life.met);
                        limits += life.limits;
                        entries += life.journal.len();
                    }
                    _ => panic!("{}", report(seed, operations)),
                }
            }
            (met, limits, entries)
        }
    };
    std::thread::scope(|scope| {
        let halves = [scope.spawn(half(0)), scope.spawn(half(1))];
        let ended = halves.map(|half| half.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        let [(mut met, limits, entries), (more, others, also)] = ended;
        met.extend(more);
        (met, limits + others, entries + also)
    })
}

#[test]
fn thousands_of_lives_in_which_everything_goes_wrong_keep_every_promise() {
    let (met, limits, entries) = lived(seeds(SEEDS));
    eprintln!("{entries} entries, {limits} limits that took effect, met {met:?}");
    // A shorter search by hand need not meet everything.
    if setting("LIANDONG_SEEDS").is_some() {
        return;
    }
    for fate in Fate::ALL {
        assert!(met.contains(&format!("{fate:?}")), "{fate:?} befell nobody");
    }
    let looks = ["a look that holds", "a stale look comes to nothing", "an order comes again, late"];
    for what in EVENTS.into_iter().chain(CHANGES).chain(looks) {
        assert!(met.contains(what), "no life met {what}");
    }
    for refusal in REFUSED {
        assert!(met.contains(&format!("refused: {refusal}")), "no life was refused by {refusal}");
    }
}

/// Everything that can happen to a request.
const EVENTS: [&str; 42] = [
    "RequestLogged",
    "Corrected",
    "PlaceCorrected",
    "CitizenCorrected",
    "Merged",
    "MergedOn",
    "ResultShared",
    "Separated",
    "Accepted",
    "Escalated",
    "Transferred",
    "SentBack",
    "Frozen",
    "Ruled",
    "RejectionProposed",
    "CitizenAsked",
    "Resumed",
    "NoteAdded",
    "Resolved",
    "Relayed",
    "CitizenTold",
    "Rated",
    "Reopened",
    "Withdrawn",
    "HandedOver",
    "Overdue",
    "LimitPassed",
    "Lapsed",
    "RelayTaken",
    "Reminded",
    "HelpCalled",
    "Delegated",
    "Responded",
    "Reported",
    "Recalled",
    "Released",
    "Supervised",
    "ExtensionAsked",
    "ExtensionGranted",
    "ExtensionRefused",
    "Recomputed",
    "PlaceMoved",
];

/// What these people do to the register, and what ends with that: all but new people, units and posts, and new names.
const CHANGES: [&str; 22] = [
    "UnitMoved",
    "UnitDissolved",
    "UnitCalendarEnded",
    "PostAbolished",
    "Appointed",
    "Relieved",
    "MandateChanged",
    "LimitChanged",
    "DaysDeclared",
    "AbsenceRecorded",
    "AbsenceEnded",
    "SubstituteLeft",
    "RosterSetUp",
    "RosterChanged",
    "RosterEnded",
    "SwapOffered",
    "SwapTaken",
    "SwapTakenBack",
    "DutyTakenOver",
    "CoverArranged",
    "DutyChangeUndone",
    "DutyChangeExpired",
];

/// What is tried in vain, and has to be: duplicates of the same and of duplicates, and what comes too late.
const REFUSED: [&str; 3] = ["SameRequest", "MergedAlready", "WrongStage"];

/// Lists of operations that once failed, by name.
fn kept() -> Vec<(String, Vec<Op>)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/simulation/kept");
    let mut kept: Vec<(String, Vec<Op>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let path = file.unwrap().path();
            let read = serde_json::from_str(&std::fs::read_to_string(&path).unwrap());
            (path.file_stem().unwrap().to_string_lossy().into_owned(), read.unwrap_or_else(|e| panic!("{path:?}: {e}")))
        })
        .collect();
    kept.sort_by(|a, b| a.0.cmp(&b.0));
    kept
}

#[test]
fn every_kept_case_holds_on_the_sketch_and_on_the_engine() {
    let original = Original::new(&fixtures::register(TOWN), morning()).unwrap();
    for (name, operations) in kept() {
        let sketched = sketched(1, &operations);
        assert!(sketched.faults.is_empty(), "{name}: {:#?}", sketched.faults);
        let lived = live(&mut Real::new(&original, morning(), 1).unwrap(), &operations);
        assert!(lived.faults.is_empty(), "{name}: {:#?}", lived.faults);
        assert_eq!((lived.journal, lived.told), (sketched.journal, sketched.told), "{name}");
    }
}

#[test]
fn the_same_seed_gives_the_same_operations_and_the_same_journal() {
    for seed in 1..20 {
        assert_eq!(operations(seed), operations(seed));
        assert_eq!(sketched(seed, &operations(seed)).journal, sketched(seed, &operations(seed)).journal);
    }
    assert_ne!(operations(1), operations(2));
}

#[test]
fn what_is_printed_of_a_failure_is_read_back_as_the_same_operations() {
    for seed in 1..20 {
        let operations = operations(seed);
        let text = serde_json::to_string(&operations).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Op>>(&text).unwrap(), operations);
    }
}

/// How many seeds the engine itself lives through.
const REAL: u64 = 60;

#[test]
fn the_engine_itself_keeps_every_promise_and_writes_what_the_sketch_writes() {
    let original = Original::new(&fixtures::register(TOWN), morning()).unwrap();
    for seed in seeds(REAL) {
        let operations = operations(seed);
        let lived = live(&mut Real::new(&original, morning(), seed).unwrap(), &operations);
        assert!(lived.faults.is_empty(), "seed {seed}: {:#?}", lived.faults);
        let sketched = sketched(seed, &operations);
        assert_eq!((lived.journal, lived.told), (sketched.journal, sketched.told), "seed {seed}");
    }
}
