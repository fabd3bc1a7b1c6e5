//! `guichet-city`: the simulated country as a program. It parses the command
//! line and waits for signals; the library does the rest.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use guichet_city::catalogue::country;
use guichet_city::{City, Clock, Options, serve};
use guichet_stage::Ending;

/// Plays the billers and agencies of a whole simulated country.
#[derive(Debug, Parser)]
#[command(name = "guichet-city", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves every biller and agency until SIGTERM, SIGINT or `POST /_stop`.
    Serve(Serve),
}

#[derive(Debug, clap::Args)]
struct Serve {
    /// Address to listen at; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Another seed is another country.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// File that keeps the effects; it is read again at the next start.
    #[arg(long)]
    log: Option<PathBuf>,
    /// Seconds until a credit report is ready.
    #[arg(long, default_value_t = 2)]
    report_seconds: u32,
    /// When the country's clock begins to run: `2026-11-21T02:00:00Z`. Without it,
    /// it shows the machine's time.
    #[arg(long)]
    begin: Option<String>,
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
    let clock = match &arguments.begin {
        Some(begin) => Clock::beginning_at(begin).with_context(|| {
            format!("--begin {begin}: expected a time like 2026-11-21T02:00:00Z")
        })?,
        None => Clock::System,
    };
    let options = Options {
        seed: arguments.seed,
        log: arguments.log,
        report_seconds: arguments.report_seconds,
        clock,
    };
    let city = Arc::new(City::open(country().services(), &options)?);
    let running = serve(city, arguments.listen)
        .await
        .with_context(|| format!("cannot listen at {}", arguments.listen))?;
    announce(&running.url(), arguments.json)?;
    ending.of(running).await;
    Ok(())
}

fn announce(url: &str, json: bool) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::json!({"url": url}))?;
    } else {
        writeln!(
            out,
            "The simulated country answers at {url}. Stop it with Ctrl-C."
        )?;
    }
    out.flush()
}
