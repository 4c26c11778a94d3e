//! Why a story cannot be read or played at all; a different outcome is no error but a difference.

use thiserror::Error;

/// What is wrong with one line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Wrong(pub String);

impl Wrong {
    /// What is wrong, in words.
    pub fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

/// Why a story stopped.
#[derive(Debug, Error)]
pub enum Error {
    /// A line that is not understood, or that cannot be played.
    #[error("{story}:{line}: {wrong}")]
    Line {
        /// The story's name.
        story: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        wrong: Wrong,
    },
    /// The directory of stories, or a story in it, cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}
