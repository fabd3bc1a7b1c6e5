//! Builds the programs that mistakes can be planted in. They are built together
//! and alone: never as part of the workspace, and never to be shipped.

use std::path::PathBuf;

use anyhow::Result;

use crate::workspace::{Profile, cargo, run, target};

/// Builds them; the folder that holds them.
pub(crate) fn build(profile: Profile) -> Result<PathBuf> {
    let mut command = cargo();
    command.arg("build");
    for package in ["guichet-simulation", "guichet-chaos"] {
        command.args(["--package", package]);
        command.args(["--features", &format!("{package}/planted-bugs")]);
    }
    command.args(["--bin", "guichet-simulation", "--bin", "guichet-planted"]);
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
