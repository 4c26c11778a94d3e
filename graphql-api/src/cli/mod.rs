//! The command line `liandong`: one file for each command.

mod authority;
mod calendar;
mod database;
mod demo;
mod due;
mod journal;
mod logging;
mod notices;
mod output;
mod recompute;
mod register;
mod request;
mod roster;
mod route;
mod schema;
mod secret;
mod serve;
mod signals;
mod start;
mod token;
mod trouble;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use liandong_engine::rules::instant::{Instant, Zone};

use trouble::Trouble;

/// Liandong 联动: who is responsible, where a request is, and whether its answer came home
///
/// Exit codes: 0 done; 1 refused, or problems found; 2 wrong usage, or a failure of the machine.
#[derive(Debug, Parser)]
#[command(name = "liandong", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the demo town from a database of its own, with people to try it as
    Demo(demo::Demo),
    /// Serve a database
    Serve(serve::Serve),
    /// Load, check, write or draw a register
    #[command(subcommand)]
    Register(register::Register),
    /// Who is responsible for a matter at a place, and why that person
    Route(route::Route),
    /// The days of the calendar that holds at a unit, with their hours and why
    Calendar(calendar::Calendar),
    /// When an allowance ends at a unit, with its arithmetic
    Due(due::Due),
    /// Who is on duty, and fair rotas
    #[command(subcommand)]
    Roster(roster::Roster),
    /// A request with its way and the arithmetic of its limits
    #[command(subcommand)]
    Request(request::Request),
    /// Give a person access, or take it back
    #[command(subcommand)]
    Token(token::Token),
    /// Look after the journal
    #[command(subcommand)]
    Journal(journal::Journal),
    /// Look after notices that could not be delivered
    #[command(subcommand)]
    Notices(notices::Notices),
    /// The schema of the GraphQL API
    #[command(subcommand)]
    Schema(schema::Schema),
    /// Who may do what
    #[command(subcommand)]
    Authority(authority::Authority),
}

/// Reads the arguments and does what they say.
pub(crate) fn run() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Demo(demo) => demo.run(),
        Command::Serve(serve) => serve.run(),
        Command::Register(register) => register.run(),
        Command::Route(route) => route.run(),
        Command::Calendar(calendar) => calendar.run(),
        Command::Due(due) => due.run(),
        Command::Roster(roster) => roster.run(),
        Command::Request(request) => request.run(),
        Command::Token(token) => token.run(),
        Command::Journal(journal) => journal.run(),
        Command::Notices(notices) => notices.run(),
        Command::Schema(schema) => schema.run(),
        Command::Authority(authority) => authority.run(),
    };
    done.map_or_else(Trouble::exit, |()| ExitCode::SUCCESS)
}

/// Reads the value of `--at`: a date, which is its midnight in China, or an RFC 3339 instant.
fn instant(text: &str) -> Result<Instant, String> {
    Instant::parse(text, &Zone::china()).map_err(|bad| bad.to_string())
}
