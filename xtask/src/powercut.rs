//! `cargo xtask powercut`: losses of power under the real store. The disk and the
//! worlds on it are `guichet-powercut` of the tests.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::workspace::{Profile, build, run, say};

/// How long the test job's sample takes.
const SAMPLE_SECONDS: &str = "45";
/// Disks that do not keep their word; each has to be found.
const LIARS: &[&str] = &[
    "lies",
    "lies-about-log",
    "lies-about-database",
    "forgets-names",
];
/// Losses of power within which that happens.
const LIAR_CUTS: &str = "2000";

/// What `cargo xtask powercut` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Arguments of `guichet-powercut`: `--cuts N`, `--seed S`, `--seconds S`,
    /// `--images N`, `--resume FILE`, `--tell`, `--disk lies`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Builds the worlds for speed, and cuts their power.
pub(crate) fn command(arguments: &Arguments) -> Result<()> {
    say("building the simulation and its disk");
    let programs = build(Profile::Release)?;
    run(Command::new(programs.join("guichet-powercut")).args(&arguments.rest))
}

/// A sample with programs that are built already; and every liar found.
pub(crate) fn sample(programs: &Path) -> Result<()> {
    let program = programs.join("guichet-powercut");
    let sample = ["--seconds", SAMPLE_SECONDS, "--cuts", "1000000"];
    run(Command::new(&program).args(sample))?;
    for liar in LIARS {
        let output = Command::new(&program)
            .args(["--disk", liar, "--cuts", LIAR_CUTS])
            .output()
            .with_context(|| program.display().to_string())?;
        let text = String::from_utf8_lossy(&output.stdout);
        let found = text.lines().find(|line| line.starts_with("seed "));
        ensure!(
            !output.status.success() && found.is_some(),
            "a disk that {liar} is not found within {LIAR_CUTS} losses of power"
        );
        say(&format!("found  {liar}: {}", found.unwrap_or_default()));
    }
    Ok(())
}
