//! Processes that a run left behind when this program itself was killed: they
//! are known by their number and by the run's folder on their command line.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

/// How long they may take to be gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// Writes down the processes of a run.
pub fn remember(folder: &Path, pids: &[u32]) -> Result<()> {
    Ok(std::fs::write(
        folder.join("processes.json"),
        serde_json::to_vec(pids)?,
    )?)
}

/// Ends those that are still there.
pub fn end(folder: &Path) -> Result<()> {
    let Ok(kept) = std::fs::read(folder.join("processes.json")) else {
        return Ok(());
    };
    let pids: Vec<u32> = serde_json::from_slice(&kept)?;
    let begun = Instant::now();
    for pid in pids {
        while is_ours(pid, folder) {
            ensure!(begun.elapsed() < PATIENCE, "process {pid} does not end");
            Command::new("kill")
                .args(["-KILL", &pid.to_string()])
                .status()?;
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    Ok(())
}

/// A number may belong to somebody else by now.
fn is_ours(pid: u32, folder: &Path) -> bool {
    let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let line = String::from_utf8_lossy(&line).into_owned();
    line.contains("guichet-chaos-") || line.contains(&*folder.to_string_lossy())
}
