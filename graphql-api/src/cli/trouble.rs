//! Why a command did not end well, and the exit code for it.

use std::{io, process::ExitCode};

use liandong_engine::run::{engine::Refused, error::Error, files};

use super::output;

/// Why a command did not end well.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The rules say no: exit code 1.
    Refused(String),
    /// Problems were found, listed on several lines: exit code 1.
    Problems(String),
    /// Wrong usage, or the machine failed: exit code 2.
    Failed(String),
    /// Nobody reads the output any more; that is their affair.
    Unread,
}

impl Trouble {
    /// Tells the user on standard error.
    pub(super) fn exit(self) -> ExitCode {
        match self {
            Self::Refused(why) => {
                output::complain(&format!("liandong: {why}\n"));
                ExitCode::from(1)
            }
            Self::Problems(list) => {
                output::complain(&list);
                ExitCode::from(1)
            }
            Self::Failed(why) => {
                output::complain(&format!("liandong: {why}\n"));
                ExitCode::from(2)
            }
            Self::Unread => ExitCode::SUCCESS,
        }
    }

    /// Problems of files, and what became of it.
    pub(super) fn problems(problems: &[files::FileProblem], outcome: &str) -> Self {
        Self::Problems(format!("{}{outcome}\n", files::listing(problems)))
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<Refused> for Trouble {
    fn from(refused: Refused) -> Self {
        Self::Refused(format!("{} {}: {}", refused.code, refused.zh, refused.message))
    }
}

/// Of writing the output.
impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::Unread
        } else {
            Self::Failed(format!("the output cannot be written: {error}"))
        }
    }
}
