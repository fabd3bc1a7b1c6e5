//! `guichet-powercut`: cuts the power of simulated worlds at random operations of
//! their disks, and looks through what may be left. A run follows from its seed.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use clap::{Parser, ValueEnum};
use guichet_powercut::Honesty;
use guichet_powercut::life::{self, Manner, Tally};
use guichet_simulation::trace::Trace;

/// What is cut.
#[derive(Debug, Parser)]
#[command(name = "guichet-powercut")]
struct Arguments {
    /// Losses of power to look at.
    #[arg(long, default_value_t = 10_000)]
    cuts: u64,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Stops after this time.
    #[arg(long)]
    seconds: Option<u64>,
    /// Images looked at after each loss.
    #[arg(long, default_value_t = 2)]
    images: u32,
    /// Keeps the tally in this file, and goes on from it.
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
    /// Tells what happens in the first seed, and runs no other.
    #[arg(long)]
    tell: bool,
    /// A disk that does not keep its word, which has to be found.
    #[arg(long, value_enum, default_value = "honest")]
    disk: Word,
    /// Worlds at the same time.
    #[arg(long, default_value_t = 2)]
    threads: u64,
}

/// What the disk's word is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Word {
    /// It keeps it.
    Honest,
    /// It forces nothing to the medium.
    Lies,
    /// It does not force the write-ahead log to the medium.
    LiesAboutLog,
    /// It does not force the database itself to the medium.
    LiesAboutDatabase,
    /// It does not force the names of files to the medium.
    ForgetsNames,
}

/// The pause between two lines of progress.
const PROGRESS: Duration = Duration::from_secs(20);

/// Every so many seeds are run twice, to see that the same happens.
const AGAIN: u64 = 50;

/// What is kept between two runs of this program.
#[derive(Debug, Clone, Copy, Default, serde::Serialize, serde::Deserialize)]
struct Kept {
    next_seed: u64,
    worlds: u64,
    seconds: u64,
    tally: Tally,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    guichet_powercut::install();
    let ready = life::make_ready()?;
    if arguments.tell {
        return Ok(tell(&arguments, &ready));
    }
    let kept = match &arguments.resume {
        Some(file) if file.exists() => read(file)?,
        Some(_) | None => Kept {
            next_seed: arguments.seed,
            ..Kept::default()
        },
    };
    let work = Work::new(&arguments, ready, kept);
    std::thread::scope(|scope| {
        for number in 0..arguments.threads {
            let work = &work;
            scope.spawn(move || work.go_on(number));
        }
    });
    let kept = work.kept();
    work.keep(&kept)?;
    say(&summary("done", &kept));
    Ok(if work.failed.load(Ordering::Relaxed) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn tell(arguments: &Arguments, ready: &[u8]) -> ExitCode {
    let trace = Trace::telling();
    let ended = life::run("told", arguments.seed, manner(arguments), ready, &trace);
    for line in trace.lines() {
        say(&line);
    }
    match ended {
        Ok(tally) => {
            say(&format!("{tally:?}"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            say(&format!("seed {}: {error:#}", arguments.seed));
            ExitCode::FAILURE
        }
    }
}

const fn manner(arguments: &Arguments) -> Manner {
    Manner {
        honesty: match arguments.disk {
            Word::Honest => Honesty::Honest,
            Word::Lies => Honesty::Lies,
            Word::LiesAboutLog => Honesty::LiesAboutLog,
            Word::LiesAboutDatabase => Honesty::LiesAboutDatabase,
            Word::ForgetsNames => Honesty::ForgetsNames,
        },
        images: arguments.images,
    }
}

struct Work<'a> {
    arguments: &'a Arguments,
    ready: Vec<u8>,
    next: AtomicU64,
    failed: AtomicBool,
    kept: Mutex<(Kept, Instant)>,
    before: u64,
    begun: Instant,
}

impl<'a> Work<'a> {
    fn new(arguments: &'a Arguments, ready: Vec<u8>, kept: Kept) -> Self {
        Self {
            arguments,
            ready,
            next: AtomicU64::new(kept.next_seed),
            failed: AtomicBool::new(false),
            kept: Mutex::new((kept, Instant::now())),
            before: kept.seconds,
            begun: Instant::now(),
        }
    }

    fn kept(&self) -> Kept {
        self.kept.lock().expect("no thread panics with it").0
    }

    /// Runs world after world until there were enough.
    fn go_on(&self, thread: u64) {
        let place = format!("world-{thread}");
        let end = self.arguments.seconds.map(Duration::from_secs);
        while !self.failed.load(Ordering::Relaxed) {
            let late = end.is_some_and(|end| self.begun.elapsed() > end);
            if late || self.kept().tally.cuts >= self.arguments.cuts {
                return;
            }
            let seed = self.next.fetch_add(1, Ordering::Relaxed);
            let run = std::panic::AssertUnwindSafe(|| self.one(&place, seed));
            let ended =
                std::panic::catch_unwind(run).unwrap_or_else(|_| Err(anyhow::anyhow!("a panic")));
            match ended {
                Ok(tally) => self.count(&tally),
                Err(error) => {
                    self.failed.store(true, Ordering::Relaxed);
                    say(&format!(
                        "seed {seed} (repeat it with --tell --seed {seed}): {error:#}"
                    ));
                }
            }
        }
    }

    /// One world; every so often twice, which must come to the same.
    fn one(&self, place: &str, seed: u64) -> Result<Tally> {
        let manner = manner(self.arguments);
        let trace = Trace::new();
        let tally = life::run(place, seed, manner, &self.ready, &trace)?;
        if seed.is_multiple_of(AGAIN) {
            let again = Trace::new();
            let other = life::run(place, seed, manner, &self.ready, &again)?;
            let same = trace.hash() == again.hash() && tally == other;
            anyhow::ensure!(same, "the same seed ran differently");
        }
        Ok(tally)
    }

    fn count(&self, tally: &Tally) {
        let mut guard = self.kept.lock().expect("no thread panics with it");
        let (kept, told) = &mut *guard;
        kept.tally.add(tally);
        kept.worlds += 1;
        kept.seconds = self.before + self.begun.elapsed().as_secs();
        // Seeds that run at this moment are run again after an interruption.
        kept.next_seed = self
            .next
            .load(Ordering::Relaxed)
            .saturating_sub(self.arguments.threads);
        if told.elapsed() >= PROGRESS {
            *told = Instant::now();
            say(&summary("so far", kept));
            if let Err(error) = self.keep(kept) {
                say(&format!("the tally is not kept: {error:#}"));
            }
        }
    }

    fn keep(&self, kept: &Kept) -> Result<()> {
        let Some(file) = &self.arguments.resume else {
            return Ok(());
        };
        let text = serde_json::to_string_pretty(kept)?;
        std::fs::write(file, text).with_context(|| file.display().to_string())
    }
}

fn read(file: &Path) -> Result<Kept> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    serde_json::from_str(&text).with_context(|| file.display().to_string())
}

fn summary(word: &str, kept: &Kept) -> String {
    let tally = &kept.tally;
    format!(
        "{word}: {} cuts ({} while starting), {} images looked through with {} acknowledged \
         payments in them, {} worlds, {} operations, {} checkpoints, {} stops, {} times of \
         a full or failing disk, {} s; next seed {}",
        tally.cuts,
        tally.at_start,
        tally.images,
        tally.payments,
        kept.worlds,
        tally.operations,
        tally.checkpoints,
        tally.stops,
        tally.faults,
        kept.seconds,
        kept.next_seed
    )
}

fn say(text: &str) {
    // A closed output is no reason to stop.
    let _ = writeln!(std::io::stdout(), "{text}");
}
