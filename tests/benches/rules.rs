//! How fast the rules answer: in a town, and on a map of ten million households.
//!
//! `LIANDONG_BENCH_HOUSEHOLDS` sets the size of the map (0 leaves it out). The bound of the machine, the
//! bare walk over an array of parents, is taken in the same run: compare with that.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark that cannot be set up must stop")]

mod map;

use std::{hint::black_box, time::Duration};

use criterion::{BatchSize, BenchmarkId, Criterion};
use liandong_engine::rules::{
    absence::{Absence, Scope, Substitute},
    calendar::Calendars,
    id::PersonCode,
    instant::{Instant, Span, Zone},
    post::Holding,
    register::{coverage::coverage, survey::coverage_between},
    routing::{Exclusions, Loads, Question, route},
    tier::Tier,
    tree::{Tree, UnitIx},
    world::{MatterIx, Register, World},
};
use liandong_tests::fixtures;

/// How many random questions are asked in turn: more than a cache holds.
const QUESTIONS: usize = 1 << 20;

/// 2026-10-01 in China.
const NOW: Instant = Instant(1_790_784_000_000_000);

/// Numbers that look random and are the same every time.
fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

fn households(tree: &Tree) -> Vec<UnitIx> {
    tree.all().filter(|u| tree.tier(*u) == Some(Tier::Household) && tree.exists(*u, NOW)).collect()
}

fn questions(world: &World) -> Vec<(UnitIx, MatterIx)> {
    let households = households(world.tree());
    let matters: Vec<MatterIx> = world.matters().collect();
    let mut state = 88_172_645_463_325_252;
    let mut pick = |n: usize| usize::try_from(random(&mut state) >> 16).unwrap_or(0) % n;
    (0..QUESTIONS).map(|_| (households[pick(households.len())], matters[pick(matters.len())])).collect()
}

/// Random questions, one after the other.
fn routing(criterion: &mut Criterion, name: &str, world: &World) {
    let questions = questions(world);
    let mut group = criterion.benchmark_group("route");
    let mut turn = questions.iter().cycle();
    group.bench_function(BenchmarkId::new("random household and matter", name), |b| {
        b.iter(|| {
            let (place, matter) = turn.next().copied().unwrap_or(questions[0]);
            route(world, &Question::new(place, matter, NOW), &Exclusions::default(), &Loads::default())
        });
    });
    group.finish();
}

/// What the machine allows: five parents up an array, from random households, each walk by itself and
/// each beginning where the one before ended.
fn bound(criterion: &mut Criterion, name: &str, world: &World) {
    let tree = world.tree();
    let parents: Vec<u32> = tree.all().map(|u| tree.parent(u, NOW).map_or(u32::MAX, |p| p.0)).collect();
    let starts: Vec<u32> = questions(world).iter().map(|(place, _)| place.0).collect();
    let up = |start: u32| {
        let mut at = start;
        for _ in 0..5 {
            at = parents.get(at as usize).copied().unwrap_or(at);
        }
        at
    };
    let mut group = criterion.benchmark_group("bound");
    let mut turn = starts.iter().cycle();
    group.bench_function(BenchmarkId::new("five parents up an array", name), |b| {
        b.iter(|| up(turn.next().copied().unwrap_or(0)));
    });
    let mut turn = starts.iter().cycle();
    let mut last = 0;
    group.bench_function(BenchmarkId::new("five parents up an array, each walk waiting for the last", name), |b| {
        b.iter(|| {
            last = up(turn.next().copied().unwrap_or(0) ^ (black_box(last) & 1));
            last
        });
    });
    group.finish();
}

fn lugong(criterion: &mut Criterion) {
    let register = fixtures::register("lugong");
    let build = || World::build(register.clone(), 1, Zone::china());
    let Ok(world) = build() else { return };
    bound(criterion, "lugong", &world);
    routing(criterion, "lugong", &world);
    criterion.bench_function("coverage of lugong, every household and matter", |b| b.iter(|| coverage(&world, NOW)));
    // A year in which somebody is absent every day, each for a week.
    let Ok(busy) = World::build(with_absences(register.clone()), 1, Zone::china()) else { return };
    criterion.bench_function("coverage of lugong over a year of days, 365 absences", |b| {
        b.iter(|| coverage_between(&busy, NOW, NOW.plus_days(365)));
    });
    criterion.bench_function("world of lugong from its rows", |b| {
        b.iter_batched(|| register.clone(), |rows| World::build(rows, 1, Zone::china()), BatchSize::LargeInput);
    });
}

/// The register with an absence that begins on each day of the year, of somebody who holds a post then.
fn with_absences(mut register: Register) -> Register {
    let held = |h: &&Holding| h.span.contains(NOW) && h.span.contains(NOW.plus_days(365));
    let holders: Vec<PersonCode> = register.holdings.iter().filter(held).map(|h| h.person.clone()).collect();
    for day in 0..365_usize {
        let Some(person) = holders.get(day * 31 % holders.len().max(1)) else { break };
        let from = NOW.plus_days(i64::try_from(day).unwrap_or(0));
        let Ok(code) = format!("ABS-{day}").parse() else { break };
        register.absences.push(Absence {
            code,
            person: person.clone(),
            span: Span { from, to: from.plus_days(7) },
            reason: "事假".to_owned(),
            scope: Scope::All,
            substitute: Substitute::ByPost,
            substitute_until: None,
            recorded_by: None,
            recorded_at: from,
            ended_at: None,
        });
    }
    register
}

/// How long limits take to reckon, account included, from starts of ten years.
fn limits(criterion: &mut Criterion) {
    let Ok(world) = World::build(fixtures::register("lugong"), 1, Zone::china()) else { return };
    let Some(village) = world.find_unit("522325105220-G01-H001") else { return };
    let mut state = 88_172_645_463_325_252;
    let mut group = criterion.benchmark_group("due");
    for text in ["60wd", "420wh", "60d", "4wh", "2wd", "30min"] {
        let Ok(allowance) = text.parse() else { continue };
        group.bench_function(text, |b| {
            b.iter(|| {
                let back = i64::try_from(random(&mut state) % 5_000_000).unwrap_or(0);
                let start = NOW.plus_minutes(-back);
                world.calendar(village, start).due(start, allowance)
            });
        });
    }
    group.finish();
    criterion.bench_function("calendars of lugong from their rows", |b| {
        b.iter(|| Calendars::build(world.register().calendar_rows()));
    });
}

/// Kilobytes that the process has in memory.
#[cfg(target_os = "linux")]
fn resident_kb() -> Option<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(statm.split(' ').nth(1)?.parse::<u64>().ok()? * 4)
}

#[cfg(not(target_os = "linux"))]
fn resident_kb() -> Option<u64> {
    None
}

#[expect(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "the figures of a single long measurement are printed"
)]
fn large(criterion: &mut Criterion, wanted: u64) {
    let before = resident_kb();
    let rows = map::register(wanted, &fixtures::register("lugong"));
    let (units, households) =
        (rows.units.len(), rows.units.iter().filter(|u| u.kind.tier() == Some(Tier::Household)).count());
    let with_rows = resident_kb();
    let began = std::time::Instant::now();
    let world = match World::build(rows, 1, Zone::china()) {
        Ok(world) => world,
        Err(problems) => return println!("the map is wrong: {:?}", problems.first()),
    };
    let took = began.elapsed();
    let after = resident_kb();
    let each = |bytes: u64| bytes as f64 / households as f64;
    println!("map: {households} households, {units} units, {} posts", world.posts().count());
    println!("map: built in {took:.1?}");
    println!(
        "map: the world holds {:.1} bytes a household, {:.1} of them in the tree",
        each(world.bytes() as u64),
        each(world.tree().bytes() as u64)
    );
    if let (Some(before), Some(rows), Some(after)) = (before, with_rows, after) {
        println!("map: the rows before building {:.1} bytes a household resident", each((rows - before) * 1024));
        println!("map: the world {:.1} bytes a household resident", each(after.saturating_sub(before) * 1024));
    }
    let name = format!("{households} households");
    bound(criterion, &name, &world);
    routing(criterion, &name, &world);
}

fn main() {
    let mut criterion = Criterion::default().measurement_time(Duration::from_secs(5)).configure_from_args();
    lugong(&mut criterion);
    limits(&mut criterion);
    let setting = std::env::var("LIANDONG_BENCH_HOUSEHOLDS").ok().and_then(|text| text.parse().ok());
    match setting.unwrap_or(10_000_000) {
        0 => {}
        wanted => large(&mut criterion, wanted),
    }
    criterion.final_summary();
}
