//! Plants each mistake in a process of its own and counts the seeds until the
//! simulation finds it. A mistake that is not found is a hole in the simulation.

use std::process::Command;

use anyhow::{Context as _, Result, bail};
use guichet_domain::planted::{Bug, plant};

use crate::say;

/// Plants the mistake of this name in this process.
pub fn by_name(name: &str) -> Result<()> {
    let bug = Bug::ALL.iter().find(|bug| bug.name() == name);
    let Some(bug) = bug else {
        let names: Vec<&str> = Bug::ALL.iter().map(|bug| bug.name()).collect();
        bail!("no such mistake: choose all or one of {}", names.join(", "));
    };
    plant(*bug);
    Ok(())
}

/// Each in turn. True where all were found.
pub fn all(seeds: u64) -> Result<bool> {
    let own = std::env::current_exe().context("this program's own file")?;
    let mut missed = 0;
    for bug in Bug::ALL {
        let output = Command::new(&own)
            .args(["--planted", bug.name(), "--seeds", &seeds.to_string()])
            .output()
            .context("this program again")?;
        let text = String::from_utf8_lossy(&output.stdout);
        let found = text.lines().find(|line| line.starts_with("seed "));
        match found {
            Some(line) if !output.status.success() => {
                say(&format!("found  {}: {line}", bug.name()))
            }
            Some(_) | None => {
                missed += 1;
                say(&format!("MISSED {} in {seeds} seeds", bug.name()));
            }
        }
    }
    say(&format!(
        "{} of {} found",
        Bug::ALL.len() - missed,
        Bug::ALL.len()
    ));
    Ok(missed == 0)
}
