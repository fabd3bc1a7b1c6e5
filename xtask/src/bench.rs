//! Builds everything and runs one bench: `cargo xtask bench NAME`. What is
//! measured stands in `guichet-benches`.

use std::process::Command;

use anyhow::Result;

use crate::product;
use crate::workspace::{run, target};

/// What `cargo xtask bench` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// `sandbox`, `catalogue`, `search`, `http`, `payments` or `ledger`.
    name: String,

    /// One line of JSON on standard output instead of a table.
    #[arg(long)]
    json: bool,
}

/// Standard output is the bench's own; everything else goes to standard error.
pub(crate) fn command(arguments: &Arguments) -> Result<()> {
    product::build()?;
    let target = target()?;
    let mut bench = Command::new(target.join("debug/guichet-benches"));
    bench.arg(&arguments.name).env("GUICHET_TARGET", &target);
    if arguments.json {
        bench.arg("--json");
    }
    run(&mut bench)
}
