//! Builds the programs that mistakes can be planted in. They are built together
//! and alone: never as part of the workspace, and never to be shipped.

use std::path::PathBuf;

use anyhow::Result;

use crate::workspace::{Profile, build_selected};

/// Ten thousand seeds take longer than compiling what they run a little faster.
const SELECTION: [&str; 14] = [
    "--config",
    "profile.dev.package.guichet.opt-level=1",
    "--config",
    "profile.dev.package.guichet-simulation.opt-level=1",
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
