//! Processor time of whole processes. Where a machine is shared it says more than
//! the clock on the wall does.

use std::time::Duration;

use anyhow::{Context as _, Result};

/// The unit of `/proc/PID/stat`.
const TICK: Duration = Duration::from_millis(10);
/// Fields after the program's name, counted from zero.
const PARENT: usize = 1;
const IN_THE_PROGRAM: usize = 11;
const IN_THE_KERNEL: usize = 12;

/// What a process has used so far, by itself and in the kernel for it.
pub(crate) fn spent(process: u32) -> Result<Duration> {
    let ticks = field(process, IN_THE_PROGRAM)? + field(process, IN_THE_KERNEL)?;
    Ok(TICK * ticks)
}

/// The processes that it has started and that still run.
pub(crate) fn children(process: u32) -> Result<Vec<u32>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(other) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // One that has just ended is nobody's child.
        if field(other, PARENT).is_ok_and(|parent| parent == process) {
            found.push(other);
        }
    }
    Ok(found)
}

fn field(process: u32, position: usize) -> Result<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The program's name stands in brackets and may hold anything.
    let (_, fields) = stat.rsplit_once(')').context("no status of a process")?;
    let field = fields.split_whitespace().nth(position);
    Ok(field.context("a status without that field")?.parse()?)
}
