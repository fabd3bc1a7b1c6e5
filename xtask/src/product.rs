//! Builds the product and starts it: `cargo xtask dev`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::workspace::{self, Profile, run, say};
use crate::{guest, packages};

/// What `cargo xtask dev` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Arguments of `guichet dev`, for example `--listen 127.0.0.1:9000`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Builds everything and runs the marketplace until it is stopped.
pub(crate) fn dev(arguments: &Arguments) -> Result<()> {
    let programs = build(Profile::Development)?;
    say("[4/4] starting the marketplace (stop it with Ctrl-C)");
    run(Command::new(programs.join("guichet"))
        .arg("dev")
        .args(&arguments.rest))
}

/// Plugins, packages, host and city, in the order that they need each other;
/// the folder of programs.
pub(crate) fn build(profile: Profile) -> Result<PathBuf> {
    say("[1/4] building the plugins (the first time some two minutes)");
    guest::build_all()?;
    say("[2/4] building the host and the simulated country (the first time some nine minutes)");
    let programs = workspace::build(profile)?;
    say("[3/4] packing the catalogue");
    packages::pack(&programs, &[])?;
    Ok(programs)
}
