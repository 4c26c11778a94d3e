//! The towns of `fixtures/`, read by the engine's own reader.

use std::path::{Path, PathBuf};

use liandong_engine::{
    rules::{instant::Zone, world::Register},
    run::files,
};

/// Every town there is: the demo town, then the small ones.
///
/// # Panics
/// When the directory of the small towns cannot be read.
#[must_use]
#[expect(clippy::expect_used, reason = "without its fixtures no test can go on")]
pub fn worlds() -> Vec<String> {
    let worlds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/worlds");
    let found = std::fs::read_dir(worlds).expect("fixtures/worlds is there");
    let mut names: Vec<String> =
        found.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names.insert(0, "lugong".to_owned());
    names
}

/// The register directory of a town.
#[must_use]
pub fn directory(name: &str) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    if name == "lugong" { fixtures.join(name) } else { fixtures.join("worlds").join(name) }
}

/// The rows of a town.
///
/// # Panics
/// When there is no such town or its rows are wrong, with every problem.
#[must_use]
#[expect(clippy::panic, reason = "a fixture that cannot be read fails the test that wants it")]
pub fn register(name: &str) -> Register {
    let said =
        |problems: Vec<files::FileProblem>| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    files::read(&directory(name), &Zone::china()).unwrap_or_else(|problems| panic!("{name}:\n{}", said(problems)))
}
