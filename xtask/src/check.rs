//! `cargo xtask test` runs every test; `cargo xtask ci` runs what the
//! integration server runs: format, lints, tests, documentation, dependencies.

use std::process::Command;

use anyhow::Result;

use crate::workspace::{Profile, cargo, root, run, say, target};
use crate::{chaos, foreign, mutants, powercut, product, simulate, storm, tools};

const NEXTEST_VERSION: &str = "0.9.143";
const DENY_VERSION: &str = "0.20.2";

/// What `cargo xtask test` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Arguments of `cargo nextest run`, for example a filter by name.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Every test of both workspaces.
pub(crate) fn test(arguments: &Arguments) -> Result<()> {
    tools::cargo_tool("nextest", NEXTEST_VERSION)?;
    let postgres = tools::postgres()?;
    let chromium = tools::chromium()?;
    tools::browser_driver()?;
    tools::documented()?;
    tools::languages()?;
    let foreign = foreign::find()?;
    let programs = product::build(Profile::Development)?;
    say("testing the plugins natively, with the SDK's fake host");
    run(plugins(&["nextest", "run", "--workspace"])?
        .args(NONE_IS_FINE)
        .args(&arguments.rest))?;
    say("testing the workspace");
    run(cargo()
        .args(["nextest", "run", "--workspace"])
        .args(&arguments.rest)
        .env("GUICHET_TARGET", target()?)
        .env("GUICHET_POSTGRES_BIN", postgres)
        .env("GUICHET_CHROMIUM", chromium)
        .env("GUICHET_DOCKER_REGISTRY", foreign.docker_registry)
        .env("GUICHET_WKG", foreign.wkg)
        .env("GUICHET_S3_SERVER", foreign.s3_server))?;
    say("testing the examples in the documentation");
    run(cargo().args(["test", "--workspace", "--doc", "--quiet"]))?;
    if arguments.rest.is_empty() {
        say("storming the entry door for two minutes (the whole of it: cargo xtask storm)");
        storm::sample(&programs)?;
        say("simulating payments (more of it: cargo xtask simulate --seeds 100000)");
        simulate::sample()?;
        say("killing nodes under load (the whole of it: cargo xtask chaos --on sqlite|postgres)");
        chaos::sample(&programs)?;
        say("mutating the books (more of it: cargo xtask mutants)");
        mutants::sample()?;
        say("cutting the power (more of it: cargo xtask powercut --cuts 100000)");
        powercut::sample(&programs)?;
    }
    Ok(())
}

/// A filter that concerns the other workspace only is no mistake.
const NONE_IS_FINE: &[&str] = &["--no-tests", "pass"];

/// Everything that the integration server checks.
pub(crate) fn ci() -> Result<()> {
    say("format");
    run(cargo().args(["fmt", "--all", "--check"]))?;
    run(&mut plugins(&["fmt", "--all", "--check"])?)?;
    test(&Arguments { rest: Vec::new() })?;
    say("lints");
    for mut command in [cargo_in_root(), plugins(&[])?] {
        // What is shipped has no `unwrap`; tests fail by it.
        let shipped = [
            "clippy",
            "--workspace",
            "--lib",
            "--bins",
            "--",
            "-D",
            "warnings",
        ];
        run(command.args(shipped).args(["-D", "clippy::unwrap_used"]))?;
    }
    for mut command in [cargo_in_root(), plugins(&[])?] {
        run(command.args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]))?;
    }
    say("documentation");
    let documented = [
        "doc",
        "--workspace",
        "--no-deps",
        "--document-private-items",
    ];
    run(cargo().args(documented).env("RUSTDOCFLAGS", "-D warnings"))?;
    dependencies()
}

/// Licences, sources and bans; advisories need a database from the network and
/// are skipped aloud where it cannot be had.
fn dependencies() -> Result<()> {
    say("dependencies");
    tools::cargo_tool("deny", DENY_VERSION)?;
    run(cargo().args([
        "deny",
        "--log-level",
        "error",
        "check",
        "bans",
        "licenses",
        "sources",
    ]))?;
    let advisories = run(cargo().args(["deny", "--log-level", "error", "check", "advisories"]));
    match advisories {
        Ok(()) => say("advisories: checked"),
        Err(error) if database_is_there() => return Err(error),
        Err(_) => say("advisories: SKIPPED, the advisory database cannot be fetched here"),
    }
    Ok(())
}

fn database_is_there() -> bool {
    let home = std::env::var_os("CARGO_HOME")
        .map(std::path::PathBuf::from)
        .or_else(|| {
            std::env::var_os("HOME").map(|home| std::path::Path::new(&home).join(".cargo"))
        });
    home.and_then(|home| std::fs::read_dir(home.join("advisory-dbs")).ok())
        .is_some_and(|mut databases| {
            databases.any(|entry| entry.is_ok_and(|e| e.path().join("crates").is_dir()))
        })
}

fn cargo_in_root() -> Command {
    let mut command = cargo();
    command.current_dir(root());
    command
}

/// A cargo command in the plugins' workspace, built into a folder beside the
/// main one so that neither waits for the other's lock.
fn plugins(arguments: &[&str]) -> Result<Command> {
    let mut command = cargo();
    command
        .args(arguments)
        .current_dir(root().join("plugins"))
        .env("CARGO_TARGET_DIR", target()?.join("plugins-native"));
    Ok(command)
}
