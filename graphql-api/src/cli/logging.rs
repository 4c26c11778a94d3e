//! Where the log goes: standard error, as text or as JSON, filtered by `RUST_LOG`.

use std::io::{self, IsTerminal};

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum LogFormat {
    /// For people; in colours on a terminal.
    #[default]
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// Starts the log of a command. `RUST_LOG` decides what is written, else `default`.
pub(super) fn start(format: LogFormat, default: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let started = match format {
        LogFormat::Text => log.with_ansi(io::stderr().is_terminal()).try_init(),
        // The spans have the last of them already.
        LogFormat::Json => log.json().with_current_span(false).try_init(),
    };
    // It fails only where a log was started before, and then that one serves.
    drop(started);
}

/// The log of a command that serves.
pub(super) const SERVER: &str = "info,sea_orm_migration=warn";

/// The log of a command that ends by itself: its output says what it did.
pub(super) const COMMAND: &str = "warn";
