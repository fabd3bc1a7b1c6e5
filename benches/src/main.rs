//! Measures Guichet against named peers, both in the same run, and prints the
//! figures. It judges nothing; `docs/PERFORMANCE.md` says what they mean.
//! Programs, plugins and packages are built before, by `cargo xtask bench`.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use clap::{Parser, ValueEnum};
use serde_json::{Value, json};

mod catalogue;
mod disk;
mod growth;
mod http;
mod ledger;
mod load;
mod neighbours;
mod nodes;
mod packages;
mod payments;
mod processor;
mod registry;
mod sandbox;
mod search;
mod sqlite;
mod statistics;

/// The node's own allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What is measured.
#[derive(Debug, Parser)]
#[command(name = "guichet-benches")]
struct Arguments {
    /// The bench to run.
    bench: Bench,
    /// One line of JSON instead of a table.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    growth: growth::Extent,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Bench {
    /// A sandboxed call against bare wasmtime, and 6,300 components.
    Sandbox,
    /// Only the comparison of calls, for profiling.
    #[value(hide = true)]
    SandboxCall,
    /// Admission of every package, the index, and the start of a node.
    Catalogue,
    /// Searching the whole catalogue, in process and over HTTP.
    Search,
    /// The search over HTTP under load, against the health check.
    Http,
    /// Whole payments over HTTP, against bill queries alone.
    Payments,
    /// Transfers through the writer on both databases, against `pgbench`.
    Ledger,
    /// What a payment costs as the tables grow.
    Growth,
    /// The entry door, and a log of 6,300 packages with three releases each.
    Registry,
    /// What one biller that hangs costs those who use the others.
    Neighbours,
    /// How fast three nodes on PostgreSQL follow a kill switch.
    Nodes,
    /// Folds that log: `registry` runs it as a child, so that its memory is a
    /// node's.
    #[value(hide = true)]
    FoldLog,
    /// Compiles the 6,300 components: `sandbox` runs it as a child, so that its
    /// own memory is not the compiler's.
    #[value(hide = true)]
    CompileComponents,
}

/// How this program was built.
const PROFILE: &str = if cfg!(debug_assertions) {
    "dev"
} else {
    "release"
};

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    ensure!(
        std::env::var_os("GUICHET_TARGET").is_some(),
        "GUICHET_TARGET names no target folder: run `cargo xtask bench NAME`"
    );
    let mut figures = run(arguments.bench, arguments.growth)?;
    if let Value::Object(fields) = &mut figures {
        fields.insert("profile".to_owned(), json!(PROFILE));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        fields.insert("cores".to_owned(), json!(cores));
    }
    let text = if arguments.json {
        figures.to_string()
    } else {
        serde_json::to_string_pretty(&figures)?
    };
    writeln!(std::io::stdout().lock(), "{text}").context("standard output")
}

fn run(bench: Bench, extent: growth::Extent) -> Result<Value> {
    // One thread for the sandbox: both sides of its comparison run on it.
    let mut runtime = match bench {
        Bench::Sandbox | Bench::SandboxCall => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    let runtime = runtime.enable_all().build()?;
    match bench {
        Bench::Sandbox => runtime.block_on(sandbox::measure()),
        Bench::SandboxCall => runtime.block_on(sandbox::measure_calls()),
        Bench::Catalogue => runtime.block_on(catalogue::measure()),
        Bench::Search => runtime.block_on(search::measure()),
        Bench::Http => runtime.block_on(http::measure()),
        Bench::Payments => runtime.block_on(payments::measure()),
        Bench::Ledger => runtime.block_on(ledger::measure()),
        Bench::Growth => runtime.block_on(growth::measure(extent)),
        Bench::Registry => runtime.block_on(registry::measure()),
        Bench::Neighbours => runtime.block_on(neighbours::measure()),
        Bench::Nodes => runtime.block_on(nodes::measure()),
        Bench::FoldLog => runtime.block_on(registry::fold()),
        Bench::CompileComponents => runtime.block_on(sandbox::compile_components()),
    }
}

/// Says how far a bench has come, on standard error.
pub(crate) fn say(text: &str) {
    // A closed standard error is no reason to stop measuring.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// A folder for what benches keep between runs.
pub(crate) fn kept(name: &str) -> PathBuf {
    guichet_tests::target().join("bench").join(name)
}

/// Megabytes of this process's memory, by the kernel's name of the sort.
pub(crate) fn resident(name: &str) -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        .with_context(|| format!("the kernel tells no {name}"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes / 1_024)
}
