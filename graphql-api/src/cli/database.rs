//! The database that a command works on.

use std::{path::Path, sync::Arc};

use clap::Args;
use liandong_engine::{
    rules::{
        id::UnitCode,
        instant::{Instant, Zone},
        tree::UnitIx,
        world::{Register, World},
    },
    run::{
        engine::Engine,
        error::Error,
        files,
        source::{Clock, Entropy},
        store::Store,
    },
};

use super::trouble::Trouble;

/// Which database.
#[derive(Debug, Args)]
pub(super) struct Database {
    /// Where the data is: sqlite://FILE or postgres://USER@HOST/NAME
    #[arg(long = "database", value_name = "URL", env = "LIANDONG_DATABASE", hide_env_values = true)]
    pub(super) url: String,
}

/// Which register: that of a database, or of files.
#[derive(Debug, Default, Args)]
pub(super) struct Origin {
    /// The register of this database: sqlite://FILE or postgres://USER@HOST/NAME
    #[arg(long = "database", value_name = "URL", env = "LIANDONG_DATABASE", hide_env_values = true)]
    url: Option<String>,
    /// The register of this directory of CSV files, whatever database is named
    #[arg(long, value_name = "DIR")]
    dir: Option<std::path::PathBuf>,
}

impl Origin {
    /// Where the register is to come from.
    pub(super) fn place(&self) -> Result<Place<'_>, Trouble> {
        match (&self.dir, &self.url) {
            (Some(dir), _) => Ok(Place::Files(dir)),
            (None, Some(url)) => Ok(Place::Database(url)),
            (None, None) => Err(Trouble::Failed("no register is named; use --database URL or --dir DIR".to_owned())),
        }
    }
}

/// Where a register comes from.
pub(super) enum Place<'a> {
    Files(&'a Path),
    Database(&'a str),
}

/// The register of a directory, or the list of its problems.
pub(super) fn read_files(dir: &Path, outcome: &str) -> Result<Register, Trouble> {
    files::read(dir, &Zone::china()).map_err(|problems| Trouble::problems(&problems, outcome))
}

/// The world of a register that was read from files.
pub(super) fn compile(register: Register) -> Result<World, Trouble> {
    World::build(register, 1, Zone::china()).map_err(|problems| {
        let problems: Vec<String> = problems.iter().take(20).map(|problem| format!("{problem}\n")).collect();
        Trouble::Problems(problems.concat())
    })
}

/// Asks the world of a register that is looked at only.
pub(super) fn with_world<T>(
    origin: &Origin,
    outcome: &str,
    ask: impl FnOnce(&World) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    match origin.place()? {
        Place::Files(dir) => ask(&compile(read_files(dir, outcome)?)?),
        Place::Database(url) => with_existing(url, async |engine| Ok(engine.world())).and_then(|world| ask(&world)),
    }
}

/// A unit of the world at that time.
pub(super) fn find_unit(world: &World, code: &UnitCode, at: Instant) -> Result<UnitIx, Trouble> {
    let found = world.find_unit(code.as_str()).filter(|unit| world.tree().exists(*unit, at));
    found.ok_or_else(|| {
        let when = at.text(world.zone());
        Trouble::Refused(format!("unit `{code}` is not in the register at {when}; check the code"))
    })
}

/// Opens the engine on a database, lets it work, and stops it.
pub(super) fn with_engine<T>(url: &str, work: impl AsyncFnOnce(&Engine) -> Result<T, Trouble>) -> Result<T, Trouble> {
    runtime()?.block_on(async { finish(engine(url).await?, work).await })
}

/// The same on a database that is there already, and as it is: a mistyped name must not make a new
/// one, and looking must not bring tables up to date under a server of another version.
pub(super) fn with_existing<T>(url: &str, work: impl AsyncFnOnce(&Engine) -> Result<T, Trouble>) -> Result<T, Trouble> {
    exists(url)?;
    runtime()?.block_on(async {
        let store = Store::connect(url).await?;
        let engine = Engine::open(store, Clock::System, Entropy::System).await?;
        finish(Arc::new(engine), work).await
    })
}

async fn finish<T>(engine: Arc<Engine>, work: impl AsyncFnOnce(&Engine) -> Result<T, Trouble>) -> Result<T, Trouble> {
    let done = work(&engine).await;
    engine.stop().await?;
    done
}

/// Opens the engine on a database, which is made if it is not there and can be.
pub(super) async fn engine(url: &str) -> Result<Arc<Engine>, Error> {
    let store = Store::open(url).await?;
    Ok(Arc::new(Engine::open(store, Clock::System, Entropy::System).await?))
}

/// The file that an address names; none of a server's database.
pub(super) fn file_of(url: &str) -> Option<&str> {
    url.strip_prefix("sqlite://")?.split('?').next()
}

/// Refuses an SQLite file that is not there.
pub(super) fn exists(url: &str) -> Result<(), Trouble> {
    let Some(file) = file_of(url) else { return Ok(()) };
    if file.is_empty() {
        return Err(Trouble::Failed("`sqlite://` names no file; write it as sqlite://FILE".to_owned()));
    }
    if Path::new(file).is_file() {
        return Ok(());
    }
    if Path::new(file).is_dir() {
        let mend = "name the file in it, as sqlite://DIR/FILE";
        return Err(Trouble::Failed(format!("`{file}` is a directory and no database; {mend}")));
    }
    let mend =
        "check the name, or make it with `liandong register load DIR --database URL` (or `liandong serve --create`)";
    Err(Trouble::Failed(format!("there is no database `{file}`; {mend}")))
}

/// The threads that everything with a database or a network runs on.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Trouble> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Trouble::Failed(format!("no thread can be started: {error}")))
}
