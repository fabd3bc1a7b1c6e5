//! `cargo xtask storm`: generated components and mutated bundles against the
//! entry door. The storm itself is `guichet-storm` of the tests.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::workspace::{Profile, build, run, say, target};

/// How long the test job's sample takes.
const SAMPLE_SECONDS: &str = "120";

/// What `cargo xtask storm` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Arguments of `guichet-storm`: `--modules N`, `--bundles N`, `--seconds S`,
    /// `--seed N`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Builds the host and the storm for speed, and lets it loose: the whole of it
/// takes long.
pub(crate) fn command(arguments: &Arguments) -> Result<()> {
    say("building the host and the storm");
    let programs = build(Profile::Release)?;
    throw(&programs, &arguments.rest)
}

/// A sample with programs that are built already.
pub(crate) fn sample(programs: &Path) -> Result<()> {
    throw(programs, &["--seconds".into(), SAMPLE_SECONDS.into()])
}

fn throw(programs: &Path, arguments: &[String]) -> Result<()> {
    run(Command::new(programs.join("guichet-storm"))
        .args(arguments)
        .arg("--failures")
        .arg(target()?.join("storm")))
}
