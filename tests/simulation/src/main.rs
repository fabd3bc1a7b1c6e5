//! `guichet-simulate`: runs the real payment rooms and the real SQL under a seeded
//! scheduler with faults, crashes and skewed clocks, and judges every answer and
//! the end by the biller's own log. A run follows from its seed alone.

#[cfg(feature = "planted-bugs")]
mod planted;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use clap::Parser;

use guichet_simulation::fate::Crashes;
use guichet_simulation::trace::Trace;
use guichet_simulation::world;
use guichet_tests::chance::Chance;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What is simulated.
#[derive(Debug, Parser)]
#[command(name = "guichet-simulate")]
struct Arguments {
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// How many seeds.
    #[arg(long, default_value_t = 10_000)]
    seeds: u64,
    /// Stops after this time.
    #[arg(long)]
    seconds: Option<u64>,
    /// Tells what happens in the first seed, and runs no other.
    #[arg(long)]
    tell: bool,
    /// Plants a mistake, which has to be found; `all` plants each in turn.
    #[cfg(feature = "planted-bugs")]
    #[arg(long)]
    planted: Option<String>,
    /// Runs at the same time; as many as there are cores, unless told.
    #[arg(long)]
    threads: Option<usize>,
}

/// Every so many seeds are run twice, to see that the trace is the same.
const AGAIN: u64 = 50;
/// After so many seeds it is told how far the run is. All of them have ended then,
/// so that a run that is stopped goes on with `--from` the next one.
const BLOCK: u64 = 1_000;

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    #[cfg(feature = "planted-bugs")]
    match arguments.planted.as_deref() {
        Some("all") => {
            let found = planted::all(arguments.seeds)?;
            return Ok(if found {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            });
        }
        Some(name) => planted::by_name(name)?,
        None => {}
    }
    if arguments.tell {
        let trace = Trace::telling();
        let result = one(arguments.from, &trace);
        for line in trace.lines() {
            say(&line);
        }
        return Ok(match result {
            Ok(_) => ExitCode::SUCCESS,
            Err(error) => {
                say(&format!("seed {}: {error:#}", arguments.from));
                ExitCode::FAILURE
            }
        });
    }
    Ok(if run(&arguments) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Whether all seeds ran without a finding.
fn run(arguments: &Arguments) -> bool {
    let tally = Tally::default();
    let begun = Instant::now();
    let goes_on = || {
        let limit = arguments.seconds.map(Duration::from_secs);
        let late = limit.is_some_and(|limit| begun.elapsed() > limit);
        !late && !tally.failed.load(Ordering::Relaxed)
    };
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let threads = arguments.threads.unwrap_or_else(cores);
    let end = arguments.from + arguments.seeds;
    let next = AtomicU64::new(arguments.from);
    let mut block = arguments.from;
    while block < end && goes_on() {
        block = end.min(block + BLOCK);
        let take = |seed| (seed < block).then_some(seed + 1);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    let relaxed = Ordering::Relaxed;
                    while goes_on()
                        && let Ok(seed) = next.fetch_update(relaxed, relaxed, take)
                    {
                        tally.run(seed);
                    }
                });
            }
        });
        tally.tell(arguments.from, begun.elapsed());
    }
    !tally.failed.load(Ordering::Relaxed)
}

#[derive(Default)]
struct Tally {
    seeds: AtomicU64,
    payments: AtomicU64,
    crashes: AtomicU64,
    steps: AtomicU64,
    repeated: AtomicU64,
    failed: AtomicBool,
}

impl Tally {
    fn tell(&self, from: u64, time: Duration) {
        let count = |of: &AtomicU64| of.load(Ordering::Relaxed);
        say(&format!(
            "{} seeds from {from}, {} payments, {} crashes, {} steps, {} repeated with the same trace, {} s",
            count(&self.seeds),
            count(&self.payments),
            count(&self.crashes),
            count(&self.steps),
            count(&self.repeated),
            time.as_secs()
        ));
    }

    fn run(&self, seed: u64) {
        match self.checked(seed) {
            Ok(()) => {}
            Err(error) => {
                self.failed.store(true, Ordering::Relaxed);
                say(&format!(
                    "seed {seed} (repeat it with --tell --from {seed}): {error:#}"
                ));
            }
        }
    }

    fn checked(&self, seed: u64) -> Result<()> {
        let outcome = one(seed, &Trace::new())?;
        if seed.is_multiple_of(AGAIN) {
            let again = one(seed, &Trace::new())?;
            anyhow::ensure!(
                outcome.trace == again.trace,
                "the same seed ran differently"
            );
            self.repeated.fetch_add(1, Ordering::Relaxed);
        }
        self.seeds.fetch_add(1, Ordering::Relaxed);
        self.payments
            .fetch_add(outcome.payments as u64, Ordering::Relaxed);
        self.crashes
            .fetch_add(u64::from(outcome.crashes), Ordering::Relaxed);
        self.steps.fetch_add(outcome.steps, Ordering::Relaxed);
        Ok(())
    }
}

/// One seed in a folder of its own, on a copy of a database that is ready.
fn one(seed: u64, trace: &Trace) -> Result<world::Outcome> {
    static READY: OnceLock<Result<Vec<u8>>> = OnceLock::new();
    let own = folder()?;
    let books = own.path().join(world::BOOKS);
    let ready = READY.get_or_init(|| {
        let made = folder()?;
        world::make_ready(&made.path().join(world::BOOKS))?;
        Ok(std::fs::read(made.path().join(world::BOOKS))?)
    });
    match ready {
        Ok(bytes) => std::fs::write(&books, bytes)?,
        Err(error) => anyhow::bail!("{error:#}"),
    }
    let mut fate = Crashes::new(books, Chance::of(seed, 6, 0));
    let run = std::panic::AssertUnwindSafe(|| world::run(seed, &mut fate, trace));
    match std::panic::catch_unwind(run) {
        Ok(result) => result,
        Err(_) => anyhow::bail!("a panic"),
    }
}

/// In memory, where the machine has such a place.
fn folder() -> Result<tempfile::TempDir> {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    };
    tempfile::tempdir_in::<PathBuf>(parent).context("a folder")
}

fn say(text: &str) {
    // A closed output is no reason to stop.
    let _ = writeln!(std::io::stdout(), "{text}");
}
