//! Where things lie, and how other programs are run. It knows nothing of what
//! is built.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

/// Tells the developer something and when, in minutes and seconds since the first
/// such line; on standard error, so that standard output stays free for results.
pub(crate) fn say(text: &str) {
    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let seconds = BEGUN.elapsed().as_secs();
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    // A closed standard error is no reason to stop a build.
    let _ = writeln!(std::io::stderr(), "[{minutes}:{seconds:02}] {text}");
}

/// The folder of the main workspace. Cargo tells it at run time: one that was
/// compiled in would be another clone's where two share a target folder.
pub(crate) fn root() -> PathBuf {
    let own = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let own = own.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    own.parent().unwrap_or(&own).to_owned()
}

/// The program `cargo` that runs this one.
pub(crate) fn cargo() -> Command {
    guichet_build::cargo::command()
}

/// The main workspace's target folder, wherever the settings have put it.
pub(crate) fn target() -> Result<PathBuf> {
    let metadata = guichet_build::cargo::metadata(&root().join("Cargo.toml"))?;
    let folder = metadata["target_directory"].as_str();
    Ok(folder
        .context("cargo metadata names no target folder")?
        .into())
}

/// How the workspace is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to compile: for development and tests.
    Development,
    /// Quick to run: for measurements.
    Release,
}

/// Builds every program of the workspace; the folder that holds them. One
/// selection of packages everywhere: another one would unify features
/// differently and compile the dependencies again.
pub(crate) fn build(profile: Profile) -> Result<PathBuf> {
    build_selected(&["--workspace", "--bins"], profile)
}

/// The same for another selection.
pub(crate) fn build_selected(selection: &[&str], profile: Profile) -> Result<PathBuf> {
    let mut command = cargo();
    command.arg("build").args(selection);
    let folder = match profile {
        Profile::Development => "debug",
        Profile::Release => {
            command.arg("--release");
            "release"
        }
    };
    run(&mut command)?;
    Ok(target()?.join(folder))
}

/// Runs a program with the terminal's own output and fails where it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", name(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", name(command));
    }
    Ok(())
}

fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    let first = command.get_args().next().unwrap_or_default();
    format!(
        "`{} {}`",
        program.to_string_lossy(),
        first.to_string_lossy()
    )
}
