//! Builds everything and runs one bench: `cargo xtask bench NAME`. What is
//! measured stands in `guichet-benches`.

use std::process::Command;

use anyhow::Result;

use crate::product;
use crate::workspace::{Profile, run, target};

/// What `cargo xtask bench` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// `sandbox`, `catalogue`, `search`, `http`, `payments`, `ledger`,
    /// `registry` or `nodes`.
    name: String,

    /// One line of JSON on standard output instead of a table.
    #[arg(long)]
    json: bool,
}

/// Built for speed, unlike everything else. Standard output is the bench's own; everything else goes to standard error.
pub(crate) fn command(arguments: &Arguments) -> Result<()> {
    let programs = product::build(Profile::Release)?;
    let mut bench = Command::new(programs.join("guichet-benches"));
    bench.arg(&arguments.name).env("GUICHET_TARGET", target()?);
    if arguments.json {
        bench.arg("--json");
    }
    run(&mut bench)
}
