//! How many connections the limit of open files lets in.

/// Files that are kept for the store, the log and deliveries.
const OF_THE_ENGINE: u64 = 32;

/// How many connections are let in when nothing else is said and the files are there.
const USUAL: usize = 4_096;

/// How many connections are let in however few files there are.
const LEAST: usize = 16;

/// How many connections are let in at most: as many as are wished for, if there are files for them beside those that are
/// reserved for other connections. The soft limit of files is raised towards the hard one as far as that needs.
pub(super) fn most_connections(wished: Option<usize>, reserved: u64) -> usize {
    let wish = wished.unwrap_or(USUAL);
    let reserved = reserved.saturating_add(OF_THE_ENGINE);
    let needed = u64::try_from(wish).unwrap_or(u64::MAX).saturating_add(reserved);
    let Some(files) = raised(needed) else { return wish };
    let most = usize::try_from(files.saturating_sub(reserved)).unwrap_or(usize::MAX).max(LEAST).min(wish);
    if most < wish {
        tracing::warn!(most, wish, files, "fewer connections are let in than might be: raise the limit of open files");
    }
    most
}

/// The limit of open files, raised to what is needed if it may be; none when there is no limit.
#[cfg(unix)]
fn raised(needed: u64) -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let soft = current?;
    let better = needed.min(maximum.unwrap_or(u64::MAX));
    if better > soft && setrlimit(Resource::Nofile, Rlimit { current: Some(better), maximum }).is_ok() {
        return Some(better);
    }
    Some(soft)
}

#[cfg(not(unix))]
fn raised(_needed: u64) -> Option<u64> {
    None
}
