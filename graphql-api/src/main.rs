//! The command line `liandong`.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
