//! The file with the secret that receipts are made with.

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
};

use clap::Args;
use liandong_engine::run::{
    engine::Engine,
    error::Error,
    secret::{NoSecret, Secret},
    source::Entropy,
};

use super::{database::file_of, trouble::Trouble};

/// Which secret.
#[derive(Debug, Default, Args)]
pub(super) struct SecretFile {
    /// The file with the secret that citizens' receipts are made with, the same on every node; FILE.secret for
    /// sqlite://FILE. Made at the first start; back it up, but not beside the database
    #[arg(long = "secret-file", value_name = "FILE", env = "LIANDONG_SECRET_FILE")]
    file: Option<PathBuf>,
    /// Let a new secret take the place of one that is lost: receipts given out so far open nothing any more
    #[arg(long)]
    new_secret: bool,
}

impl SecretFile {
    /// A file, whatever the environment says.
    pub(super) fn at(file: PathBuf) -> Self {
        Self { file: Some(file), new_secret: false }
    }

    /// Where it is, for this database; none when nobody said and there is no file to be beside.
    pub(super) fn path(&self, url: &str) -> Option<PathBuf> {
        self.file.clone().or_else(|| beside(url))
    }

    /// Gives the engine its secret: that of the file, or a new one where the database has none yet.
    pub(super) async fn give(&self, engine: &Engine, url: &str) -> Result<(), Trouble> {
        let Some(path) = self.path(url) else {
            let what = "no secret is named to make receipts with";
            return Err(Trouble::Failed(format!("{what}; use --secret-file FILE, which is made if it is not there")));
        };
        let secret = match Secret::read(&path) {
            Ok(secret) => secret,
            Err(NoSecret::File(error)) if error.kind() == io::ErrorKind::NotFound => {
                if engine.knows_secret().await? && !self.new_secret {
                    return Err(lost(&path));
                }
                Secret::create(&path, &Entropy::System).map_err(|error| unusable(&path, &error))?
            }
            Err(error) => return Err(unusable(&path, &error)),
        };
        engine.make_receipts_with(secret, self.new_secret).await.map_err(|error| match error {
            Error::OtherSecret => {
                let mend = "name the file that they were made with, the same on every node";
                Trouble::Failed(format!("{error} than that in `{}`; {mend}", path.display()))
            }
            other => other.into(),
        })
    }
}

/// Where the secret of an embedded database is, unless somebody says otherwise.
fn beside(url: &str) -> Option<PathBuf> {
    let mut file: OsString = file_of(url)?.into();
    file.push(".secret");
    Some(file.into())
}

fn lost(path: &Path) -> Trouble {
    let mend = "put it back from its backup, or, if it is lost for good, use --new-secret: receipts given out so far \
                open nothing then";
    Trouble::Failed(format!(
        "the secret `{}` is not there, and the receipts of this database were made with it; {mend}",
        path.display()
    ))
}

fn unusable(path: &Path, error: &NoSecret) -> Trouble {
    Trouble::Failed(format!("the secret `{}` cannot be used: {error}; check the name", path.display()))
}
