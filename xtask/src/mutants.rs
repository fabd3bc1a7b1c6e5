//! `cargo xtask mutants`: changes one small thing of the money's code at a time and
//! sees whether a test fails. cargo-mutants says what can be changed. Where a
//! package compiles quickly it also tries each change; the host's are compiled into
//! one program together (`guichet-mutants` of the tests), since one by one they
//! would take a day. What was caught before is not tried again.

use std::path::PathBuf;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};

use crate::tools;
use crate::workspace::{cargo, root, say, target};

mod each;
mod together;

const VERSION: &str = "27.1.0";
/// What has to be caught of each room, in percent.
const WANTED: usize = 95;
/// The test job's sample tries one mutant of so many of the books, others every day.
const SAMPLE: u64 = 6;
const DAY_SECONDS: u64 = 24 * 60 * 60;
/// Change nothing where no mistake is planted: conditions that are never met then,
/// and what stands in functions that are named so.
const PLANTED: &[&str] = &[r"match guard planted\(.* with false", "_by_mistake"];

/// A part of the code with the tests that are to catch its mutants.
struct Room {
    name: &'static str,
    files: &'static [&'static str],
    way: Way,
}

/// How a room's mutants are tried.
enum Way {
    /// Each compiled by itself, with all tests of the domain.
    Each,
    /// All compiled into the host's test program.
    Together,
}

const ROOMS: &[Room] = &[
    Room {
        name: "books",
        files: &["host/domain/src/books.rs", "host/domain/src/books/**"],
        way: Way::Each,
    },
    Room {
        name: "domain",
        files: &[
            "host/domain/src/{bill,books,fee,moment,money,payment,settlement,work_order}.rs",
            "host/domain/src/{books,moment,payment,reconciliation,work_order}/**",
        ],
        way: Way::Each,
    },
    Room {
        name: "ledger",
        files: &[
            "host/src/store/writer/**",
            "host/src/store/{balances,check,ledger,orders,outbox,payments}.rs",
            "host/src/accounts/**",
        ],
        way: Way::Together,
    },
    Room {
        name: "payments",
        files: &["host/src/payments/**"],
        way: Way::Together,
    },
    Room {
        name: "day-end",
        files: &["host/src/day_end/**"],
        way: Way::Together,
    },
];

/// What `cargo xtask mutants` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Rooms: `books`, `domain`, `ledger`, `payments`, `day-end`; else all of them.
    rooms: Vec<String>,
    /// Only every Nth mutant, beginning with the Kth: `K/N`, K from zero.
    #[arg(long, value_name = "K/N")]
    share: Option<String>,
    /// Forget what earlier runs have caught.
    #[arg(long)]
    anew: bool,
}

/// Tries the mutants of the rooms, and fails where too few are caught.
pub(crate) fn command(arguments: &Arguments) -> Result<()> {
    tools::cargo_tool("mutants", VERSION)?;
    let unknown = |name: &&String| !ROOMS.iter().any(|room| room.name == **name);
    if let Some(name) = arguments.rooms.iter().find(unknown) {
        bail!("there is no room {name}: name books, domain, ledger, payments or day-end");
    }
    let is_wanted = |room: &&Room| {
        let named = arguments.rooms.iter().any(|name| name == room.name);
        named || (arguments.rooms.is_empty() && room.name != "books")
    };
    let share = arguments.share.as_deref();
    let mut poor = Vec::new();
    for room in ROOMS.iter().filter(is_wanted) {
        if arguments.anew {
            forget(room)?;
        }
        say(&format!("the mutants of {}", room.name));
        let is_enough = match room.way {
            Way::Each => each::run(room, share)?.is_enough(),
            Way::Together => together::run(room, share)?,
        };
        if !is_enough {
            poor.push(room.name);
        }
    }
    if poor.is_empty() {
        Ok(())
    } else {
        bail!("too many mutants live: {}", poor.join(", "))
    }
}

/// A sixth of the books' mutants, another one every day; none may live.
pub(crate) fn sample() -> Result<()> {
    tools::cargo_tool("mutants", VERSION)?;
    let room = &ROOMS[0];
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let today = now.map_or(0, |now| now.as_secs() / DAY_SECONDS) % SAMPLE;
    forget(room)?;
    let score = each::run(room, Some(&format!("{today}/{SAMPLE}")))?;
    if score.are_all_caught() {
        return Ok(());
    }
    bail!("mutants of the books live");
}

/// cargo-mutants with the room's files.
fn cargo_mutants(room: &Room) -> Command {
    let mut command = cargo();
    command.arg("mutants").current_dir(root());
    for file in room.files {
        command.args(["--file", file]);
    }
    command
}

fn folder(room: &Room) -> Result<PathBuf> {
    Ok(target()?.join("mutants").join(room.name))
}

fn forget(room: &Room) -> Result<()> {
    let folder = folder(room)?;
    if folder.exists() {
        std::fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}
