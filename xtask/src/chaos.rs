//! `cargo xtask chaos`: real nodes, killed again and again under load. The chaos
//! itself is `guichet-chaos`; here it is built, given a folder, and shown hosts
//! with a mistake in them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::planted;
use crate::product;
use crate::workspace::{Profile, run, say, target};

/// Kills of a sample on each database.
const SAMPLE_KILLS: u64 = 20;
/// Kills of a host with a mistake in it, which must be found by then.
const CONTROL_KILLS: u64 = 15;
/// How long a sample may take to come to rest; the whole has a minute.
const SAMPLE_CALM_SECONDS: &str = "10";
/// The mistakes that the chaos must find.
const MISTAKES: [&str; 2] = ["timeout-means-failed", "no-outbox"];

/// What `cargo xtask chaos` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// SIGKILLs in all; a run that was stopped goes on with the same command.
    #[arg(long, default_value_t = 1_000)]
    kills: u64,
    /// `sqlite` (one node) or `postgres` (three nodes).
    #[arg(long, default_value = "sqlite")]
    on: String,
    /// Another seed, other kills.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the run is kept; else in the target folder.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Instead of the product, runs hosts with a mistake in them: each must be
    /// found.
    #[arg(long)]
    controls: bool,
    /// More arguments of `guichet-chaos`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// A run that is kept and can be resumed, or the controls.
pub(crate) fn command(arguments: &Arguments) -> Result<()> {
    let programs = product::build(Profile::Development)?;
    if arguments.controls {
        return controls(&programs, &arguments.on);
    }
    let name = format!("{}-{}", arguments.on, arguments.seed);
    let folder = match &arguments.folder {
        Some(folder) => folder.clone(),
        None => target()?.join("chaos").join(name),
    };
    let mut chaos = chaos(&programs, &folder, &arguments.on, arguments.kills)?;
    chaos.args(["--seed", &arguments.seed.to_string()]);
    run(chaos.args(&arguments.rest))
}

/// A few kills on each database, a rolling restart, two short outages of the
/// server, and both mistakes found.
pub(crate) fn sample(programs: &Path) -> Result<()> {
    for on in ["sqlite", "postgres"] {
        let folder = fresh(&format!("sample-{on}"))?;
        let mut chaos = chaos(programs, &folder, on, SAMPLE_KILLS)?;
        chaos.args(["--rolls", "1", "--outages", "2", "--outage-seconds", "5"]);
        run(chaos.args(["--discard", "--calm-seconds", SAMPLE_CALM_SECONDS]))?;
    }
    controls(programs, "sqlite")
}

/// A suite that does not find these would prove nothing.
fn controls(programs: &Path, on: &str) -> Result<()> {
    planted::build(Profile::Development)?;
    for mistake in MISTAKES {
        say(&format!("a host with the mistake {mistake} must be found"));
        let folder = fresh(&format!("control-{mistake}"))?;
        let mut chaos = chaos(programs, &folder, on, CONTROL_KILLS)?;
        chaos.args(["--discard", "--planted", mistake]);
        run(chaos.args(["--calm-seconds", SAMPLE_CALM_SECONDS]))
            .with_context(|| format!("{mistake} was not found"))?;
    }
    Ok(())
}

fn chaos(programs: &Path, folder: &Path, on: &str, kills: u64) -> Result<Command> {
    let mut chaos = Command::new(programs.join("guichet-chaos"));
    chaos.env("GUICHET_TARGET", target()?);
    chaos.env("GUICHET_POSTGRES_BIN", crate::tools::postgres()?);
    chaos.args(["--on", on, "--kills", &kills.to_string(), "--folder"]);
    chaos.arg(folder);
    Ok(chaos)
}

/// A folder without an earlier run in it.
fn fresh(name: &str) -> Result<PathBuf> {
    let folder = target()?.join("chaos").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    Ok(folder)
}
