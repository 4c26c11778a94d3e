//! Why the store cannot be written, as those learn it who wait for it: what is wrong, and the mend.

use std::fmt;

/// Why nothing can be written at present. Reading may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// There is no room for more.
    Full,
    /// The database may only be read.
    ReadOnly,
    /// The database cannot be reached, or its disk fails.
    Unavailable,
    /// The database's file was deleted or replaced under the running server.
    Moved,
    /// The journal ends before what was acknowledged.
    Behind,
}

impl Outage {
    /// Whether the connection may have been all that was wrong, so that another one may do.
    pub(crate) fn may_pass(self) -> bool {
        self == Self::Unavailable
    }
}

impl fmt::Display for Outage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "the database has no room left; make room on its disk, and it goes on by itself",
            Self::ReadOnly => "the database may only be read; let the server write to it, and it goes on by itself",
            Self::Unavailable => {
                "the database cannot be reached or its disk fails; see the server's log; when that is mended it goes \
                 on by itself"
            }
            Self::Moved => {
                "the database's file was deleted or replaced under the running server; put the same file back, or \
                 start the server again"
            }
            Self::Behind => {
                "the database ends before what was acknowledged already; find out who put an older one in its place, \
                 then start the server again"
            }
        })
    }
}
