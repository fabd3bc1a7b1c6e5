//! Builds the programs that mistakes can be planted in. They are built together
//! and alone: never as part of the workspace, and never to be shipped.

use std::path::PathBuf;

use anyhow::Result;

use crate::workspace::{Profile, build_selected};

const SELECTION: [&str; 10] = [
    "--package",
    "guichet-simulation",
    "--features",
    "guichet-simulation/planted-bugs",
    "--package",
    "guichet-chaos",
    "--features",
    "guichet-chaos/planted-bugs",
    "--bin=guichet-simulation",
    "--bin=guichet-planted",
];

/// Builds them; the folder that holds them.
pub(crate) fn build(profile: Profile) -> Result<PathBuf> {
    build_selected(&SELECTION, profile)
}
