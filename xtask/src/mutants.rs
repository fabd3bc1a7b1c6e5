//! `cargo xtask mutants`: changes one small thing of the money's code at a time and
//! sees whether a test fails. cargo-mutants says what can be changed;
//! `guichet-mutants` of the tests compiles all of it into one program and tries one
//! change after another. What was caught before is not tried again.

use std::fs::File;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::tools;
use crate::workspace::{cargo, root, say, target};

const VERSION: &str = "27.1.0";
/// What has to be caught of each room, in percent.
const WANTED: usize = 95;
/// How `guichet-mutants` ends where too few are caught.
const TOO_FEW: i32 = 2;

/// A part of the code.
struct Room {
    name: &'static str,
    package: &'static Package,
    files: &'static [&'static str],
}

/// What is compiled, with the tests that are to catch its mutants.
struct Package {
    name: &'static str,
    folder: &'static str,
    /// Tests begin with one of these; all of them where there is none.
    tests: &'static [&'static str],
    /// Left out, since they take longer than all others together: what only they
    /// would catch counts as alive.
    slow: &'static [&'static str],
}

const DOMAIN: &Package = &Package {
    name: "guichet-domain",
    folder: "host/domain",
    tests: &[],
    slow: &[],
};
/// Tests of the rooms themselves and of those that stand on them.
const HOST: &Package = &Package {
    name: "guichet",
    folder: "host",
    tests: &[
        "payments::",
        "store::",
        "accounts::",
        "day_end::",
        "work_orders::",
        "receipts::",
        "audit::",
        "bank::",
        "api::",
        "canonical::",
        "terms::",
    ],
    slow: &["payments::tests::matrix::"],
};

const ROOMS: &[Room] = &[
    Room {
        name: "books",
        package: DOMAIN,
        files: &["host/domain/src/books.rs", "host/domain/src/books/**"],
    },
    Room {
        name: "domain",
        package: DOMAIN,
        files: &[
            "host/domain/src/{bill,books,fee,moment,money,payment,settlement,work_order}.rs",
            "host/domain/src/{books,moment,payment,reconciliation,work_order}/**",
        ],
    },
    Room {
        name: "ledger",
        package: HOST,
        files: &[
            "host/src/store/writer/**",
            "host/src/store/{balances,check,ledger,orders,outbox,payments}.rs",
            "host/src/accounts/**",
        ],
    },
    Room {
        name: "payments",
        package: HOST,
        files: &["host/src/{payments,terms}/**", "host/src/canonical.rs"],
    },
    Room {
        name: "day-end",
        package: HOST,
        files: &["host/src/day_end/**"],
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
    /// Also tries changes of constants, which have to be compiled one by one.
    #[arg(long)]
    constants: bool,
    /// Forget what earlier runs have caught.
    #[arg(long)]
    anew: bool,
}

/// Tries the mutants of the rooms, and fails where too few are caught.
pub(crate) fn command(arguments: &Arguments) -> Result<()> {
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
        let mut more = Vec::new();
        if arguments.constants {
            more.push("--constants");
        }
        if let Some(share) = &arguments.share {
            more.extend(["--share", share]);
        }
        if !are_enough_caught(room, WANTED, &more)? {
            poor.push(room.name);
        }
    }
    if poor.is_empty() {
        Ok(())
    } else {
        bail!("too many mutants live: {}", poor.join(", "))
    }
}

/// All mutants of the books; none may live.
pub(crate) fn sample() -> Result<()> {
    let room = &ROOMS[0];
    forget(room)?;
    if are_enough_caught(room, 100, &[])? {
        return Ok(());
    }
    bail!("mutants of the books live");
}

fn are_enough_caught(room: &Room, wanted: usize, more: &[&str]) -> Result<bool> {
    say(&format!("the mutants of {}", room.name));
    let list = list(room)?;
    let folder = folder(room)?;
    let mut command = cargo();
    command.args(["run", "--quiet", "--package", "guichet-mutants", "--"]);
    command.args(["--package", room.package.name]);
    command.args(["--folder", room.package.folder]);
    command.arg("--root").arg(root());
    let copy = format!("mutants/copy-of-{}", room.package.name);
    command.arg("--copy").arg(target()?.join(copy));
    command.arg("--list").arg(&list);
    command.arg("--verdicts").arg(folder.join("verdicts.json"));
    command.args(["--wanted", &wanted.to_string()]);
    for test in room.package.tests {
        command.args(["--test", test]);
    }
    for test in room.package.slow {
        command.args(["--without", test]);
    }
    let status = command.args(more).status().context("guichet-mutants")?;
    match status.code() {
        Some(0) => Ok(true),
        Some(TOO_FEW) => Ok(false),
        _ => bail!("guichet-mutants ended with {status}"),
    }
}

/// Writes down what cargo-mutants would change, and says where.
fn list(room: &Room) -> Result<PathBuf> {
    tools::cargo_tool("mutants", VERSION)?;
    let folder = folder(room)?;
    std::fs::create_dir_all(&folder)?;
    let list = folder.join("list.json");
    let output = File::create(&list).with_context(|| list.display().to_string())?;
    let mut command = cargo();
    command.args(["mutants", "--list", "--json"]);
    command.args(["--package", room.package.name]);
    for file in room.files {
        command.args(["--file", file]);
    }
    command.current_dir(root()).stdout(output);
    let status = command.status().context("cargo mutants does not start")?;
    if !status.success() {
        bail!("cargo mutants --list ended with {status}");
    }
    Ok(list)
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
