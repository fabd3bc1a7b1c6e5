//! Builds everything and runs one bench: `cargo xtask bench NAME`. What is
//! measured stands in `guichet-benches`.

use std::process::Command;

use anyhow::Result;

use crate::product;
use crate::workspace::{Profile, run, target};

/// What `cargo xtask bench` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The bench with its arguments: `sandbox`, `catalogue`, `search`, `http`,
    /// `payments`, `growth`, `ledger`, `registry`, `nodes` or `neighbours`; `--json` for
    /// one line.
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    bench: Vec<String>,
}

/// Built for speed, unlike everything else. Standard output is the bench's own;
/// everything else goes to standard error.
pub(crate) fn command(arguments: &Arguments) -> Result<()> {
    let programs = product::build(Profile::Release)?;
    let mut bench = Command::new(programs.join("guichet-benches"));
    bench
        .args(&arguments.bench)
        .env("GUICHET_TARGET", target()?);
    run(&mut bench)
}
