//! `guichet-bank`: the simulated bank core as a program. It parses the command
//! line and waits for signals; the library does the rest.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Parser, Subcommand, ValueEnum};
use guichet_bank::{Bank, Custom, KeyFolder, Memory, Options, serve};
use guichet_stage::Ending;

/// Plays a bank's core.
#[derive(Debug, Parser)]
#[command(name = "guichet-bank", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the core until SIGTERM, SIGINT or `POST /_stop`.
    Serve(Serve),
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Way {
    /// Hold, then capture or release.
    HoldFirst,
    /// Capture at once, refund where it was in vain.
    CaptureFirst,
}

#[derive(Debug, clap::Args)]
struct Serve {
    /// Address to listen at; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The bank's name in Guichet.
    #[arg(long, default_value = "city-bank")]
    name: String,
    /// How the bank lets itself be used.
    #[arg(long, value_enum, default_value = "hold-first")]
    custom: Way,
    /// Folder of keys, made where it is missing; `bank.toml` for
    /// `guichet serve --bank` is written there.
    #[arg(long)]
    keys: PathBuf,
    /// File that keeps the books; it is read again at the next start.
    #[arg(long)]
    log: Option<PathBuf>,
    /// What an account begins with that nobody listed, in minor units.
    #[arg(long, default_value_t = 100_000_000)]
    opening: i64,
    /// How much later a late effect comes.
    #[arg(long, default_value_t = 3_000)]
    late_ms: u64,
    /// Breaks the protocol: carries repeated orders out again.
    #[arg(long)]
    forgetful: bool,
    /// Prints one line of JSON with the URL once it listens.
    #[arg(long)]
    json: bool,
}

fn main() -> anyhow::Result<()> {
    let Command::Serve(arguments) = Arguments::parse().command;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime does not start")?;
    runtime.block_on(run(arguments))
}

async fn run(arguments: Serve) -> anyhow::Result<()> {
    let ending = Ending::listen()?;
    let bank = Bank::open(Options {
        name: arguments.name,
        custom: match arguments.custom {
            Way::HoldFirst => Custom::HoldFirst,
            Way::CaptureFirst => Custom::CaptureFirst,
        },
        memory: if arguments.forgetful {
            Memory::Forgets
        } else {
            Memory::Keeps
        },
        opening: arguments.opening,
        journal: arguments.log,
        keys: KeyFolder::open(&arguments.keys)?,
        late: Duration::from_millis(arguments.late_ms),
    });
    let bank = Arc::new(bank.context("the file of books cannot be used")?);
    let running = serve(bank.clone(), arguments.listen)
        .await
        .with_context(|| format!("cannot listen at {}", arguments.listen))?;
    let core = format!("{}/core", running.url());
    let settings = bank.write_settings(&core, running.address().ip())?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let line = serde_json::json!({"url": running.url(), "settings": settings});
        writeln!(out, "{line}")?;
    } else {
        let (url, settings) = (running.url(), settings.display());
        writeln!(out, "The simulated bank answers at {url}.")?;
        writeln!(out, "guichet serve --bank {settings}")?;
    }
    out.flush()?;
    drop(out);
    ending.of(running).await;
    Ok(())
}
