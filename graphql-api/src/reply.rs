//! Engine results as answers: refusals are values of a payload, errors are GraphQL errors with a code.

use async_graphql::{Error, ErrorExtensions};
use liandong_engine::run::{error::Error as Failure, store::Outage};

/// The code of a GraphQL error, in its `extensions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// No token, or one that is not known.
    Unauthenticated,
    /// The actor may not ask this.
    Forbidden,
    /// An argument is wrong; the message names it and the mend.
    BadInput,
    /// The document is no GraphQL.
    ParseFailed,
    /// The document does not fit the schema, or costs too much.
    ValidationFailed,
    /// The HTTP request is not one of GraphQL over HTTP.
    BadRequest,
    /// Too many commands wait.
    Busy,
    /// The server is stopping.
    Stopping,
    /// Other writers were in the way too often.
    Conflict,
    /// It took too long.
    Timeout,
    /// The store has no room left.
    StoreFull,
    /// The store may only be read.
    StoreReadOnly,
    /// The store cannot be reached, fails, or is not the one that was opened.
    StoreUnavailable,
    /// Something failed on the machine's side.
    Internal,
}

impl Code {
    /// The code as clients read it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::BadInput => "BAD_INPUT",
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::BadRequest => "BAD_REQUEST",
            Self::Busy => "BUSY",
            Self::Stopping => "STOPPING",
            Self::Conflict => "CONFLICT",
            Self::Timeout => "TIMEOUT",
            Self::StoreFull => "STORE_FULL",
            Self::StoreReadOnly => "STORE_READ_ONLY",
            Self::StoreUnavailable => "STORE_UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }

    /// Whether the same request may succeed in a moment.
    pub(crate) fn is_passing(code: &str) -> bool {
        let store = [Self::StoreFull, Self::StoreReadOnly, Self::StoreUnavailable];
        [Self::Busy, Self::Stopping, Self::Conflict].iter().chain(&store).any(|c| c.as_str() == code)
    }
}

/// What a caller reads when the machine failed: nothing about the machine.
pub(crate) const INTERNAL: &str =
    "something failed on the server's side; send it again in a moment, a command with the same key";

/// An error with its code.
pub(crate) fn error(code: Code, message: impl Into<String>) -> Error {
    Error::new(message).extend_with(|_, e| e.set("code", code.as_str()))
}

/// A wrong argument: which one, what is wrong with it, how to mend it.
pub(crate) fn bad_input(argument: &str, what: impl std::fmt::Display) -> Error {
    error(Code::BadInput, format!("`{argument}`: {what}"))
}

/// A failure of the engine. What it says about the machine goes to the log, not to the caller.
pub(crate) fn failure(failure: Failure) -> Error {
    match failure {
        Failure::Busy => error(Code::Busy, failure.to_string()),
        Failure::Stopping => error(Code::Stopping, failure.to_string()),
        Failure::Conflict(_) => error(Code::Conflict, failure.to_string()),
        other => {
            let Some(outage) = other.outage() else {
                tracing::error!(error = %other, "an answer failed");
                return error(Code::Internal, INTERNAL);
            };
            let code = match outage {
                Outage::Full => Code::StoreFull,
                Outage::ReadOnly => Code::StoreReadOnly,
                Outage::Unavailable | Outage::Moved | Outage::Behind => Code::StoreUnavailable,
            };
            error(code, Failure::Outage { outage, unknown: other.is_unknown() }.to_string())
        }
    }
}
