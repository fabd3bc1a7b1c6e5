//! The one door for development: `cargo xtask COMMAND`. This file parses the
//! command line; the modules do the work.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod guest;
mod packages;
mod workspace;

/// Everything a developer of Guichet runs by hand.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the plugins as WebAssembly components into `<target>/plugins`.
    Plugins(guest::Arguments),
    /// Make the bundles of the catalogue into `<target>/packages` (needs the plugins).
    Packages(packages::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Plugins(arguments) => guest::run(&arguments),
        Command::Packages(arguments) => packages::command(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            workspace::say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
