//! Programs that tests and checks need, and how a machine gets them. What is
//! missing is installed where this user may, or named with the exact command.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::workspace::{cargo, root, run, say};

/// The browser's driver, from npm; the version is pinned in the manifest there.
const BROWSER_FOLDER: &str = "tests/browser";

/// A subcommand of cargo, installed from source where it is missing.
pub(crate) fn cargo_tool(name: &str, version: &str) -> Result<()> {
    let there = cargo()
        .args([name, "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if there {
        return Ok(());
    }
    say(&format!(
        "installing cargo-{name} {version} (once, some minutes)"
    ));
    run(cargo().args(["install", "--locked", &format!("cargo-{name}@{version}")]))
}

/// The folder of PostgreSQL's server programs.
pub(crate) fn postgres() -> Result<PathBuf> {
    find_or_install("PostgreSQL", "postgresql", || {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
        let mut folders: Vec<PathBuf> = versions
            .flatten()
            .map(|version| version.path().join("bin"))
            .collect();
        folders.retain(|folder| folder.join("initdb").is_file());
        folders.sort();
        folders.pop()
    })
}

/// The browser for the journeys through the pages.
pub(crate) fn chromium() -> Result<PathBuf> {
    find_or_install("Chromium", "chromium", || {
        on_path(&["chromium", "chromium-browser"])
    })
}

/// Programs that the documentation's commands use.
pub(crate) fn documented() -> Result<()> {
    for program in ["curl", "jq"] {
        find_or_install(program, program, || on_path(&[program]))?;
    }
    Ok(())
}

/// What plugins in C are compiled with, and what componentize-py is installed with.
pub(crate) fn languages() -> Result<()> {
    find_or_install("clang", "clang", || on_path(&["clang"]))?;
    find_or_install("clang's linker for wasm", "lld", || on_path(&["wasm-ld"]))?;
    find_or_install("Python with its module venv", "python3-venv", || {
        let python = on_path(&["python3"])?;
        let asked = Command::new(&python)
            .args(["-c", "import ensurepip"])
            .output();
        asked
            .is_ok_and(|asked| asked.status.success())
            .then_some(python)
    })?;
    Ok(())
}

/// The Node.js libraries that drive the browser and judge the pages.
pub(crate) fn browser_driver() -> Result<()> {
    let folder = root().join(BROWSER_FOLDER);
    if on_path(&["npm"]).is_none() {
        bail!("npm is missing: install Node.js 20 or newer");
    }
    let is_complete = Command::new("npm")
        .args(["ls", "--silent"])
        .current_dir(&folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if is_complete {
        return Ok(());
    }
    say("installing the browser's libraries from npm");
    run(Command::new("npm")
        .args([
            "install",
            "--no-audit",
            "--no-fund",
            "--no-package-lock",
            "--silent",
        ])
        .current_dir(folder))
}

fn find_or_install(
    title: &str,
    package: &str,
    find: impl Fn() -> Option<PathBuf>,
) -> Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    apt_install(title, package)?;
    match find() {
        Some(found) => Ok(found),
        None => bail!("{title} is still missing after `apt-get install {package}`"),
    }
}

fn apt_install(title: &str, package: &str) -> Result<()> {
    let by_hand = format!("apt-get update && apt-get install --yes {package}");
    let may_install = on_path(&["apt-get"]).is_some() && is_root();
    if !may_install {
        bail!("{title} is missing; install it, on Debian as root with: {by_hand}");
    }
    say(&format!("installing {title}: {by_hand}"));
    let quiet = |arguments: &[&str]| {
        run(Command::new("apt-get")
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdout(Stdio::null()))
    };
    quiet(&["update", "-qq"])?;
    quiet(&[
        "install",
        "--yes",
        "--no-install-recommends",
        "-qq",
        package,
    ])
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

pub(crate) fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|program| Path::is_file(program))
}
