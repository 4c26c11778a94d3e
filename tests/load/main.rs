//! The load generator: starts a server on a database that it prepares, works it over HTTP from a
//! process of its own, and says what that cost. It reports and asserts nothing.
//!
//! Open loop: a request is sent when its time has come, whether or not those before it are answered,
//! and its latency counts from that time, so that a server that stalls cannot hide it.

mod bed;
mod book;
mod bound;
mod drive;
mod http;
mod machine;
mod operation;
mod options;
mod report;
mod rows;
mod scenario;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use liandong_tests::stores::Trouble;

use options::Options;

/// Says something to whoever watches; a closed pipe is no reason to stop measuring.
fn say(text: &str) {
    drop(writeln!(io::stdout().lock(), "{text}"));
}

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            say(&format!("load: {trouble}"));
            ExitCode::from(2)
        }
    }
}

/// One thread: on a small machine a generator with more would take them from the server.
fn run(options: &Options) -> Result<(), Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(Box::pin(scenario::run(options)))
}
