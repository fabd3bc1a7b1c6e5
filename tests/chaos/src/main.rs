//! `guichet-chaos`: runs real nodes under load, kills them again and again, and
//! judges every promise to a client by the biller's and the bank's own logs. A
//! run can be resumed: everything it needs is in its folder.

mod balances;
mod evidence;
mod findings;
mod insist;
mod journal;
mod judge;
mod killer;
mod leftovers;
mod load;
mod node;
mod nodes;
mod outage;
mod run;
mod services;
mod stage;
mod summary;
mod tally;
mod weather;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, ValueEnum};
use serde::{Deserialize, Serialize};

/// The file of findings in a run's folder.
const FINDINGS: &str = "findings.jsonl";

/// How a run is made.
#[derive(Debug, Parser)]
#[command(name = "guichet-chaos")]
pub struct Arguments {
    /// SIGKILLs in all, earlier parts of a resumed run included.
    #[arg(long, default_value_t = 1_000)]
    kills: u64,
    /// One node on SQLite, or three on one PostgreSQL.
    #[arg(long, value_enum, default_value = "sqlite")]
    on: Database,
    /// Other numbers, other kills.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the run is kept; one that is there already is resumed.
    #[arg(long)]
    folder: PathBuf,
    /// Rolling restarts after the kills.
    #[arg(long, default_value_t = 0)]
    rolls: u64,
    /// Outages of the database server after the kills: a crash, a silence, a
    /// crash …
    #[arg(long, default_value_t = 0)]
    outages: u64,
    /// How long the server is gone.
    #[arg(long, default_value_t = 30)]
    outage_seconds: u64,
    /// Clients at the same time.
    #[arg(long, default_value_t = 48)]
    clients: u64,
    /// How long the nodes may take to come to rest after the last kill.
    #[arg(long, default_value_t = 60)]
    calm_seconds: u64,
    /// Throws the run away where it ends as it should.
    #[arg(long)]
    discard: bool,
    /// Runs the host with this mistake in it, which has to be found.
    #[arg(long)]
    planted: Option<String>,
}

/// What the nodes keep their books in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Database {
    /// One node.
    Sqlite,
    /// Three nodes.
    Postgres,
}

impl Database {
    /// Its name for people.
    const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite (one node)",
            Self::Postgres => "PostgreSQL (three nodes)",
        }
    }
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    std::fs::create_dir_all(&arguments.folder)?;
    let folder = arguments.folder.canonicalize();
    let folder = folder.with_context(|| arguments.folder.display().to_string())?;
    let summary = tokio::select! {
        summary = run::run(&arguments, &folder) => summary?,
        _ = tokio::signal::ctrl_c() => {
            say("stopped; the same command goes on from here");
            return Ok(ExitCode::FAILURE);
        }
    };
    say(&summary.keep(&folder)?);
    let good = summary.is_good();
    if good && arguments.discard {
        stage::discard(&folder)?;
    }
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Tells people something.
fn say(text: &str) {
    // A closed output is no reason to stop.
    let _ = writeln!(std::io::stdout(), "{text}");
}
