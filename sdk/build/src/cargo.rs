//! Calls `cargo` and reads what it says about a workspace.

use std::path::Path;
use std::process::Command;

use crate::BuildError;
use crate::run::output;

/// The program `cargo` that runs this one, else the usual one.
#[must_use]
pub fn command() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// What `cargo metadata` says of a workspace's own packages.
pub fn metadata(manifest: &Path) -> Result<serde_json::Value, BuildError> {
    let mut command = command();
    command.args(["metadata", "--format-version", "1", "--no-deps"]);
    command.arg("--manifest-path").arg(manifest);
    let text = output(&mut command)?;
    serde_json::from_str(&text)
        .map_err(|_| BuildError::Answer("cargo metadata gave something that is no JSON".to_owned()))
}
