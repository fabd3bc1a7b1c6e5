//! `guichet-storm`: throws generated components and mutated bundles at the entry
//! door, compiles what is let in as production does, and counts. It ends with 1
//! where something panics, hangs, is let in unlawfully, or makes memory grow.
//! Every case follows from seed, stage and number, so each one can be repeated.

mod bundles;
mod compile;
mod door;
mod modules;
mod package;
mod stage;
mod tally;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use stage::{Stage, Storm};

/// What the storm takes.
#[derive(Debug, Parser)]
#[command(name = "guichet-storm")]
struct Arguments {
    /// Generated modules, raw, wrapped and conforming to the contract.
    #[arg(long, default_value_t = 100_000)]
    modules: u64,
    /// Mutated bundles.
    #[arg(long, default_value_t = 10_000)]
    bundles: u64,
    /// Stops after this time, two thirds of it for modules.
    #[arg(long)]
    seconds: Option<u64>,
    /// Another seed gives other cases.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Begins with this case: repeats one together with `--modules 1 --bundles 0`.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// The program `guichet`, which compiles; by default beside this one.
    #[arg(long)]
    program: Option<PathBuf>,
    /// Where cases that fail are kept.
    #[arg(long, default_value = "storm-failures")]
    failures: PathBuf,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let beside = || {
        let own = std::env::current_exe().unwrap_or_default();
        own.with_file_name("guichet")
    };
    let storm = Storm {
        seed: arguments.seed,
        from: arguments.from,
        program: arguments.program.unwrap_or_else(beside),
        failures: arguments.failures,
    };
    if !storm.program.is_file() {
        stage::say(&format!(
            "there is no program {}: build it first, or name it with --program",
            storm.program.display()
        ));
        return ExitCode::FAILURE;
    }
    let share = |part: u32| {
        let whole = arguments.seconds.map(Duration::from_secs);
        whole.map(|whole| whole * part / 3)
    };
    let mut is_calm = true;
    for (stage, cases, time) in [
        (Stage::Modules, arguments.modules, share(2)),
        (Stage::Bundles, arguments.bundles, share(1)),
    ] {
        if cases > 0 {
            is_calm &= storm.run(stage, cases, time).is_calm();
        }
    }
    if is_calm {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
