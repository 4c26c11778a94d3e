//! Why a database cannot be opened, and the mend.

use std::{io, path::PathBuf};

use sea_orm::{
    DbErr, RuntimeErr, SqlxError,
    sqlx::{error::DatabaseError, postgres::PgDatabaseError, sqlite::SqliteError},
};

/// Why a database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum CannotOpen {
    /// The address is not one that the program knows.
    #[error("`{0}` is not a database address; use sqlite://FILE or postgres://USER@HOST/NAME")]
    Address(String),
    /// The address says what the database does not know.
    #[error("the address of the database cannot be used: {0}; use sqlite://FILE or postgres://USER@HOST/NAME")]
    Options(String),
    /// The file cannot be made.
    #[error("the database `{}` cannot be made: {error}; make its folder first, or check the name", file.display())]
    NotMade {
        /// Which.
        file: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file is none of a database, or damaged.
    #[error("`{file}` is no database, or is damaged: {why}; check the name, or put a copy in its place")]
    NotADatabase {
        /// Which.
        file: String,
        /// What SQLite says.
        why: String,
    },
    /// The file may not be opened.
    #[error("`{file}` cannot be opened: {why}; this program must be able to read and write it and its folder")]
    NotOpened {
        /// Which.
        file: String,
        /// What SQLite says.
        why: String,
    },
    /// The server does not answer yet, or not any more. It may pass.
    #[error("the database cannot be reached: {0}; see that it runs, and that the address and the port are right")]
    Unreachable(String),
    /// The server answers, and does not let this program in.
    #[error("the database does not let this program in: {0}; check the user, the password and the database's name")]
    Refused(String),
    /// The database was brought up to date by a newer version of this program.
    #[error("the database is of a newer version of this program, which made `{0}`; run that version")]
    Newer(String),
    /// The database waits for this version of this program to bring it up to date.
    #[error(
        "the database is of an older version of this program, without `{0}`; `liandong serve` brings it up to date"
    )]
    Older(String),
}

impl CannotOpen {
    pub(super) fn options(error: &SqlxError) -> Self {
        Self::Options(error.to_string())
    }

    /// Why an SQLite file cannot be opened, by SQLite's result code; none when it is another failure.
    pub(super) fn of_sqlite(url: &str, error: &DbErr) -> Option<Self> {
        let error = of_driver(error)?;
        if let SqlxError::Configuration(_) = error {
            return Some(Self::options(error));
        }
        let said = error.as_database_error()?.try_downcast_ref::<SqliteError>()?;
        let file = url.trim_start_matches("sqlite://").split('?').next().unwrap_or_default().to_owned();
        let why = said.message().to_owned();
        match said.code()?.parse::<i32>().ok()? & 0xff {
            // CORRUPT, NOTADB.
            11 | 26 => Some(Self::NotADatabase { file, why }),
            // PERM, READONLY, CANTOPEN, AUTH.
            3 | 8 | 14 | 23 => Some(Self::NotOpened { file, why }),
            _ => None,
        }
    }

    /// Why a server of PostgreSQL does not let this program in; none when it is another failure.
    pub(super) fn of_postgres(error: &SqlxError) -> Option<Self> {
        match error {
            SqlxError::Configuration(_) => Some(Self::options(error)),
            SqlxError::Io(error) => Some(Self::Unreachable(error.to_string())),
            SqlxError::PoolTimedOut => Some(Self::Unreachable(error.to_string())),
            SqlxError::Tls(error) => Some(Self::Refused(error.to_string())),
            SqlxError::Protocol(_) => Some(Self::Refused(format!("what answers is no PostgreSQL: {error}"))),
            SqlxError::Database(said) => {
                let said = said.try_downcast_ref::<PgDatabaseError>()?;
                Self::of_sqlstate(said.code(), said.message())
            }
            _ => None,
        }
    }

    /// By PostgreSQL's SQLSTATE (appendix A of its manual).
    fn of_sqlstate(code: &str, said: &str) -> Option<Self> {
        match code {
            // The server starts, ends, crashed; too many connections; the connection itself.
            "57P01" | "57P02" | "57P03" => Some(Self::Unreachable(said.to_owned())),
            _ if code.starts_with("53") || code.starts_with("08") => Some(Self::Unreachable(said.to_owned())),
            // The password and what else pg_hba.conf asks; no such database; no right to it.
            "3D000" | "42501" | "55000" => Some(Self::Refused(said.to_owned())),
            _ if code.starts_with("28") => Some(Self::Refused(said.to_owned())),
            _ => None,
        }
    }
}

/// What the driver said.
pub(super) fn of_driver(error: &DbErr) -> Option<&SqlxError> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_says_whether_waiting_helps() {
        for (code, waiting_helps) in [
            ("57P03", Some(true)),
            ("53300", Some(true)),
            ("08006", Some(true)),
            ("28P01", Some(false)),
            ("28000", Some(false)),
            ("3D000", Some(false)),
            ("42501", Some(false)),
            ("42P01", None),
        ] {
            let found = CannotOpen::of_sqlstate(code, "said").map(|why| matches!(why, CannotOpen::Unreachable(_)));
            assert_eq!(found, waiting_helps, "{code}");
        }
    }
}
