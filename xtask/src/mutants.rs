//! `cargo xtask mutants`: changes one small thing of the money's code at a time and
//! sees whether a test fails (cargo-mutants). A room is taken up where the last run
//! has stopped: what was caught before is not tried again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};

use crate::tools;
use crate::workspace::{cargo, root, say, target};

const VERSION: &str = "27.1.0";
/// What has to be caught of each room, in percent.
const WANTED: usize = 95;
/// The test job's sample tries one mutant of so many of the books, others every day.
const SAMPLE: u64 = 6;
const DAY_SECONDS: u64 = 24 * 60 * 60;

/// A part of the code with the tests that are to catch its mutants.
struct Room {
    name: &'static str,
    package: &'static str,
    files: &'static [&'static str],
    /// Names of tests that are tried on every mutant; all of the package's own where
    /// there are none.
    tests: &'static [&'static str],
    /// Names among these that take long: tried on what the others have not caught.
    slow: &'static [&'static str],
}

const MONEY_TESTS: &[&str] = &["payments::", "store::", "accounts::", "day_end::"];
/// Every fault in every state: minutes, where the others take seconds.
const SLOW: &[&str] = &["matrix::"];

const ROOMS: &[Room] = &[
    Room {
        name: "books",
        package: "guichet-domain",
        files: &["host/domain/src/books.rs", "host/domain/src/books/**"],
        tests: &[],
        slow: &[],
    },
    Room {
        name: "domain",
        package: "guichet-domain",
        files: &[
            "host/domain/src/{bill,books,fee,moment,money,payment,settlement,work_order}.rs",
            "host/domain/src/{books,moment,payment,reconciliation,work_order}/**",
        ],
        tests: &[],
        slow: &[],
    },
    Room {
        name: "ledger",
        package: "guichet",
        files: &[
            "host/src/store/writer/**",
            "host/src/store/{balances,check,ledger,orders,outbox,payments}.rs",
            "host/src/accounts/**",
        ],
        tests: MONEY_TESTS,
        slow: SLOW,
    },
    Room {
        name: "payments",
        package: "guichet",
        files: &["host/src/payments/**"],
        tests: MONEY_TESTS,
        slow: SLOW,
    },
    Room {
        name: "day-end",
        package: "guichet",
        files: &["host/src/day_end/**"],
        tests: MONEY_TESTS,
        slow: SLOW,
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
    let mut poor = Vec::new();
    for room in ROOMS.iter().filter(is_wanted) {
        if arguments.anew {
            forget(room)?;
        }
        let score = try_room(room, arguments.share.as_deref())?;
        say(&score.line(room));
        if !score.is_enough() {
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
    let score = try_room(room, Some(&format!("{today}/{SAMPLE}")))?;
    say(&score.line(room));
    if score.missed.is_empty() && score.caught > 0 {
        return Ok(());
    }
    bail!("mutants of the books live");
}

/// How a room stands.
struct Score {
    caught: usize,
    /// Did not compile.
    unviable: usize,
    missed: BTreeSet<String>,
}

impl Score {
    fn line(&self, room: &Room) -> String {
        let tried = self.caught + self.missed.len();
        let missed: String = self
            .missed
            .iter()
            .map(|mutant| format!("\n  lives: {mutant}"))
            .collect();
        format!(
            "{}: {} of {tried} mutants caught, {} more did not compile{missed}",
            room.name, self.caught, self.unviable
        )
    }

    fn is_enough(&self) -> bool {
        self.caught * 100 >= (self.caught + self.missed.len()) * WANTED
    }
}

/// Quick tests first; then all of them on what these have left alive.
fn try_room(room: &Room, share: Option<&str>) -> Result<Score> {
    say(&format!("{}: the quick tests", room.name));
    pass(room, share, room.slow)?;
    let mut score = standing(room)?;
    if !room.slow.is_empty() && !score.missed.is_empty() {
        say(&format!(
            "{}: all tests on what lives: {}",
            room.name,
            score.missed.len()
        ));
        pass(room, share, &[])?;
        score = standing(room)?;
    }
    Ok(score)
}

/// One run of cargo-mutants over what was not caught yet. It works on a copy of the
/// tree, and builds into a folder of its own that is kept: nothing but the mutated
/// package is compiled again for each mutant, a little at a time.
fn pass(room: &Room, share: Option<&str>, skip: &[&str]) -> Result<()> {
    let folder = folder(room)?;
    std::fs::create_dir_all(&folder)?;
    let mut command = cargo();
    command.args(["mutants", "--iterate", "--no-shuffle", "--output"]);
    command.arg(&folder);
    command.args(["--package", room.package]);
    // Timed by a clock, a loaded machine would fail tests of its own.
    command.args(["--minimum-test-timeout", "120", "--build-timeout", "1800"]);
    for file in room.files {
        command.args(["--file", file]);
    }
    if let Some(share) = share {
        command.args(["--sharding", "round-robin", "--shard", share]);
    }
    command.args(["--", "--lib", "--"]).args(room.tests);
    for name in skip {
        command.args(["--skip", name]);
    }
    command
        .current_dir(root())
        .env("CARGO_TARGET_DIR", target()?.join("mutants").join("build"))
        .env("CARGO_INCREMENTAL", "1")
        // A property test that fails by chance, and remembers it, would seem to find
        // every mutant from then on.
        .env("PROPTEST_RNG_SEED", "1")
        .env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "true")
        .env("CARGO_PROFILE_DEV_DEBUG", "false");
    let status = command.status().context("cargo mutants does not start")?;
    match status.code() {
        // Caught all; left some alive; some took too long, which is noticed too.
        Some(0 | 2 | 3) => Ok(()),
        _ => bail!("cargo mutants ended with {status}"),
    }
}

/// Adds up what this run and the earlier ones have found.
fn standing(room: &Room) -> Result<Score> {
    let folder = folder(room)?.join("mutants.out");
    let list = |name: &str| -> Result<BTreeSet<String>> {
        let path = folder.join(name);
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        Ok(text.lines().map(str::to_owned).collect())
    };
    let kept = Kept::read(&folder)?;
    let now = Kept {
        caught: [list("caught.txt")?, list("timeout.txt")?]
            .into_iter()
            .flatten()
            .collect(),
        unviable: list("unviable.txt")?,
    };
    let all = kept.and(now);
    all.write(&folder)?;
    let missed = list("missed.txt")?;
    let missed = missed.difference(&all.caught).cloned().collect();
    Ok(Score {
        caught: all.caught.len(),
        unviable: all.unviable.len(),
        missed,
    })
}

/// What earlier runs have found. cargo-mutants keeps one list of both, from which
/// no score can be told.
#[derive(Default)]
struct Kept {
    caught: BTreeSet<String>,
    unviable: BTreeSet<String>,
}

impl Kept {
    fn path(folder: &Path, name: &str) -> PathBuf {
        folder.with_file_name(format!("all-{name}.txt"))
    }

    fn read(folder: &Path) -> Result<Self> {
        let list = |name: &str| -> Result<BTreeSet<String>> {
            let path = Self::path(folder, name);
            if !path.exists() {
                return Ok(BTreeSet::new());
            }
            let text = std::fs::read_to_string(path)?;
            Ok(text.lines().map(str::to_owned).collect())
        };
        Ok(Self {
            caught: list("caught")?,
            unviable: list("unviable")?,
        })
    }

    fn and(mut self, mut more: Self) -> Self {
        self.caught.append(&mut more.caught);
        self.unviable.append(&mut more.unviable);
        self
    }

    fn write(&self, folder: &Path) -> Result<()> {
        for (name, list) in [("caught", &self.caught), ("unviable", &self.unviable)] {
            let lines: String = list.iter().map(|mutant| format!("{mutant}\n")).collect();
            std::fs::write(Self::path(folder, name), lines)?;
        }
        Ok(())
    }
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
