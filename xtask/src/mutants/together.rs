//! Mutants that are compiled together, and tried by `guichet-mutants` of the tests.

use std::fs::File;

use anyhow::{Context as _, Result, bail};

use super::{Room, WANTED, cargo_mutants, folder};
use crate::workspace::{cargo, root, target};

const PACKAGE: &str = "guichet";
const PACKAGE_FOLDER: &str = "host";
/// How `guichet-mutants` ends where too few are caught.
const TOO_FEW: i32 = 2;
/// Tests of the rooms themselves and of those that stand on them.
const TESTS: &[&str] = &[
    "payments::",
    "store::",
    "accounts::",
    "day_end::",
    "work_orders::",
    "receipts::",
    "audit::",
    "bank::",
    "api::",
];

/// Tries them; whether enough are caught.
pub(super) fn run(room: &Room, share: Option<&str>) -> Result<bool> {
    let folder = folder(room)?;
    std::fs::create_dir_all(&folder)?;
    let list = folder.join("list.json");
    let output = File::create(&list).with_context(|| list.display().to_string())?;
    let mut listing = cargo_mutants(room);
    listing.args(["--list", "--json", "--package", PACKAGE]);
    let status = listing.stdout(output).status().context("cargo mutants")?;
    if !status.success() {
        bail!("cargo mutants --list ended with {status}");
    }
    let mut command = cargo();
    command.args(["run", "--quiet", "--package", "guichet-mutants", "--"]);
    command.args(["--package", PACKAGE, "--folder", PACKAGE_FOLDER]);
    command.arg("--root").arg(root());
    command.arg("--copy").arg(target()?.join("mutants/copy"));
    command.arg("--list").arg(&list);
    command.arg("--verdicts").arg(folder.join("verdicts.json"));
    command.args(["--wanted", &WANTED.to_string()]);
    for test in TESTS {
        command.args(["--test", test]);
    }
    if let Some(share) = share {
        command.args(["--share", share]);
    }
    let status = command.status().context("guichet-mutants")?;
    match status.code() {
        Some(0) => Ok(true),
        Some(TOO_FEW) => Ok(false),
        _ => bail!("guichet-mutants ended with {status}"),
    }
}
