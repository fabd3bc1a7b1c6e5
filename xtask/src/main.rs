//! The one door for development: `cargo xtask COMMAND`. This file parses the
//! command line; the modules do the work.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod chaos;
mod check;
mod foreign;
mod fuzz;
mod guest;
mod mutants;
mod packages;
mod planted;
mod powercut;
mod product;
mod simulate;
mod storm;
mod tools;
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
    /// Build everything and run the marketplace with its simulated country.
    Dev(product::Arguments),
    /// Run every test, installing or naming what is missing.
    Test(check::Arguments),
    /// Run what the integration server runs.
    Ci,
    /// Measure against a named peer and print the figures.
    Bench(bench::Arguments),
    /// Throw generated components and mutated bundles at the entry door.
    Storm(storm::Arguments),
    /// Kill real nodes under load, and judge by the biller's and the bank's logs.
    Chaos(chaos::Arguments),
    /// Simulate payments under a seeded scheduler, with faults and crashes.
    Simulate(simulate::Arguments),
    /// Mutate the money's code and see whether its tests notice.
    Mutants(mutants::Arguments),
    /// Cut the power of simulated nodes at random operations of their disks.
    Powercut(powercut::Arguments),
    /// Fuzz what reads foreign bytes: manifest, bundle, component or mapping.
    Fuzz(fuzz::Arguments),
    /// Build the plugins as WebAssembly components into `<target>/plugins`.
    Plugins(guest::Arguments),
    /// Make the bundles of the catalogue into `<target>/packages` (needs the plugins).
    Packages(packages::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Dev(arguments) => product::dev(&arguments),
        Command::Test(arguments) => check::test(&arguments),
        Command::Ci => check::ci(),
        Command::Bench(arguments) => bench::command(&arguments),
        Command::Storm(arguments) => storm::command(&arguments),
        Command::Chaos(arguments) => chaos::command(&arguments),
        Command::Simulate(arguments) => simulate::command(&arguments),
        Command::Mutants(arguments) => mutants::command(&arguments),
        Command::Powercut(arguments) => powercut::command(&arguments),
        Command::Fuzz(arguments) => fuzz::command(&arguments),
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
