//! `cargo xtask simulate`: the payment rooms under a seeded scheduler. The
//! simulation itself is `guichet-simulation` of the tests.

use std::process::Command;

use anyhow::Result;

use crate::planted;
use crate::workspace::{Profile, run, say};

/// Seeds of the test job's sample.
const SAMPLE_SEEDS: &str = "10000";
/// Seeds within which every planted mistake is found.
const PLANTED_SEEDS: &str = "3000";

/// What `cargo xtask simulate` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Arguments of `guichet-simulation`: `--seeds N`, `--from N`, `--seconds S`,
    /// `--tell`, `--planted NAME`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Builds the simulation for speed and runs it.
pub(crate) fn command(arguments: &Arguments) -> Result<()> {
    simulate(Profile::Release, &arguments.rest)
}

/// Ten thousand seeds, and every planted mistake found.
pub(crate) fn sample() -> Result<()> {
    simulate(Profile::Development, &["--seeds", SAMPLE_SEEDS])?;
    let planted = ["--planted", "all", "--seeds", PLANTED_SEEDS];
    simulate(Profile::Development, &planted)
}

/// Mistakes can be planted in this build alone, which is why it is not one of
/// the workspace's programs.
fn simulate<A: AsRef<std::ffi::OsStr>>(profile: Profile, arguments: &[A]) -> Result<()> {
    say("building the simulation");
    let program = planted::build(profile)?.join("guichet-simulation");
    run(Command::new(program).args(arguments))
}
