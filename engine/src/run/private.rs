//! Files and folders that nobody else on the machine may open: they hold names, telephones, secrets.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

/// A file to write from the beginning, which its owner alone may open when it is new. One that is there keeps the
/// rights that somebody gave it.
///
/// # Errors
/// Whatever the file system says.
pub fn file(path: &Path) -> io::Result<File> {
    for_owner(OpenOptions::new().write(true).create(true).truncate(true)).open(path)
}

/// A file that is not there yet.
///
/// # Errors
/// `AlreadyExists` when it is; else whatever the file system says.
pub(crate) fn new_file(path: &Path) -> io::Result<File> {
    for_owner(OpenOptions::new().write(true).create_new(true)).open(path)
}

/// A folder, with those above it, which its owner alone may enter where it is new.
///
/// # Errors
/// Whatever the file system says.
pub fn folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// Those of these files that are there and that others on this machine may read or write.
#[must_use]
pub fn open_to_others<'a>(files: impl IntoIterator<Item = &'a Path>) -> Vec<PathBuf> {
    files.into_iter().filter(|file| is_open_to_others(file)).map(Path::to_owned).collect()
}

#[cfg(unix)]
fn is_open_to_others(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|found| std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_file: &Path) -> bool {
    false
}

fn for_owner(options: &mut OpenOptions) -> &OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
