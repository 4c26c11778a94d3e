//! The file of an SQLite database, as long as the server has it open.
//!
//! SQLite goes on writing into a file that was deleted or replaced, where nobody will ever find it again. So the name is
//! looked up before every commit: it must still be that of the file that was opened, and the same for the write-ahead
//! log beside it, which holds what was committed last. It is only ever looked up: to open the file and close it again
//! would take away the locks that SQLite holds on it in this process.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    str::FromStr,
    sync::{Arc, OnceLock},
};

use sea_orm::sqlx::sqlite::SqliteConnectOptions;

use super::{cannot_open::CannotOpen, outage::Outage};
use crate::run::private;

/// Device and inode: what a file is, whatever it is called.
type Identity = (u64, u64);

/// The files that were opened.
#[derive(Clone, Debug)]
pub(super) struct Files {
    database: PathBuf,
    log: PathBuf,
    is: Identity,
    /// That of the log, once there is one.
    log_is: Arc<OnceLock<Identity>>,
}

impl Files {
    /// Those of a database that was opened just now.
    pub(super) fn of(url: &str) -> Result<Self, Outage> {
        let database = path(url).map_err(|_| Outage::Unavailable)?;
        let mut log = database.clone().into_os_string();
        log.push("-wal");
        let is = identity(&database).ok_or(Outage::Moved)?;
        Ok(Self { database, log: log.into(), is, log_is: Arc::default() })
    }

    /// Whether the names are still those of the files that were opened.
    pub(super) fn look(&self) -> Result<(), Outage> {
        if identity(&self.database) != Some(self.is) {
            return Err(Outage::Moved);
        }
        match (identity(&self.log), self.log_is.get()) {
            (Some(now), None) => {
                // If another transaction was first, it found the same one.
                let _ = self.log_is.set(now);
                Ok(())
            }
            (now, Some(was)) if now != Some(*was) => Err(Outage::Moved),
            _ => Ok(()),
        }
    }
}

fn identity(path: &Path) -> Option<Identity> {
    fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

/// The file that an address names.
fn path(url: &str) -> Result<PathBuf, CannotOpen> {
    let options = SqliteConnectOptions::from_str(url).map_err(|error| CannotOpen::options(&error))?;
    Ok(options.get_filename().to_owned())
}

/// Makes an empty file, which is an empty database, where there is none; nobody else may read it.
pub(super) fn create(url: &str) -> Result<(), CannotOpen> {
    let file = path(url)?;
    match private::new_file(&file) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(CannotOpen::NotMade { file, error }),
        _ => Ok(()),
    }
}
