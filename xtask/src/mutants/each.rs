//! Mutants that are compiled one by one, by cargo-mutants itself. It begins where
//! the last run has stopped.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::{PLANTED, Room, WANTED, cargo_mutants, folder};
use crate::workspace::{say, target};

const PACKAGE: &str = "guichet-domain";

/// How a room stands.
pub(super) struct Score {
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

    pub(super) fn is_enough(&self) -> bool {
        self.caught * 100 >= (self.caught + self.missed.len()) * WANTED
    }

    /// Whether some were tried and none lives.
    pub(super) fn are_all_caught(&self) -> bool {
        self.missed.is_empty() && self.caught > 0
    }
}

/// One run of cargo-mutants over what was not caught yet. It works on a copy of the
/// tree, and builds into a folder of its own that is kept: nothing but the mutated
/// package's tests are compiled again for each mutant, a little at a time.
pub(super) fn run(room: &Room, share: Option<&str>) -> Result<Score> {
    let folder = folder(room)?;
    std::fs::create_dir_all(&folder)?;
    let mut command = cargo_mutants(room);
    command.args(["--iterate", "--no-shuffle", "--output"]);
    command.arg(&folder);
    command.args(["--package", PACKAGE]);
    // Without it the library would be compiled twice, once without its tests.
    command.args(["--cargo-arg", "--lib"]);
    // Timed by a clock, a loaded machine would fail tests of its own.
    command.args(["--minimum-test-timeout", "120", "--build-timeout", "1800"]);
    for pattern in PLANTED {
        command.args(["--exclude-re", pattern]);
    }
    if let Some(share) = share {
        command.args(["--sharding", "round-robin", "--shard", share]);
    }
    command
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
        Some(0 | 2 | 3) => {}
        _ => bail!("cargo mutants ended with {status}"),
    }
    let score = standing(room)?;
    say(&score.line(room));
    Ok(score)
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
