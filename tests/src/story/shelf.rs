//! All stories of a directory, played over one driver.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use liandong_engine::rules::request::{StageKind, command::CommandKind};

use super::{
    error::Error,
    parse::parse,
    play::{Difference, Opener, Side, Towns, play},
};

/// What came of all stories.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The name and title of each.
    pub stories: BTreeMap<String, String>,
    /// Every outcome that is not the one written.
    pub differences: Vec<Difference>,
    /// Each refusal's code, with the stories that it occurs in.
    pub refused: BTreeMap<(Side, String), BTreeSet<String>>,
    /// Each command at each stage at which it was not refused, with the stories that have it.
    pub taken: BTreeMap<(CommandKind, StageKind), BTreeSet<String>>,
}

/// Plays every story of a directory. With `update`, outcomes are written into the files instead of
/// being compared.
///
/// # Errors
/// The first story that cannot be read, played or written.
pub fn play_all(directory: &Path, update: bool, towns: &Towns<'_>, open: &mut Opener<'_>) -> Result<Report, Error> {
    let mut report = Report::default();
    for path in files(directory)? {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let text = fs::read_to_string(&path).map_err(file(&path))?;
        let story = parse(&name, &text)?;
        let played = play(&story, towns, open)?;
        if !update {
            report.differences.extend(played.differences);
        } else if played.text != text {
            fs::write(&path, played.text).map_err(file(&path))?;
        }
        for refused in played.refused {
            report.refused.entry(refused).or_default().insert(name.clone());
        }
        for taken in played.taken {
            report.taken.entry(taken).or_default().insert(name.clone());
        }
        report.stories.insert(name, story.title);
    }
    Ok(report)
}

fn files(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory).map_err(file(directory))? {
        let path = entry.map_err(file(directory))?.path();
        if path.extension().is_some_and(|e| e == "txt") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn file(path: &Path) -> impl Fn(std::io::Error) -> Error + '_ {
    |source| Error::File { path: path.display().to_string(), source }
}
