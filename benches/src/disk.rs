//! How long the disk takes to keep something: without it, figures of a
//! database mean little, because it differs from machine to machine and hour to
//! hour.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::statistics::Samples;

const WRITES: usize = 200;
const PAGE_BYTES: usize = 4_096;

/// Appends pages to a file of its own in the folder and syncs after each.
pub(crate) fn fsync(folder: &Path) -> Result<Samples> {
    let path = folder.join("fsync-probe");
    let mut file = File::create(&path)?;
    let mut times = Vec::with_capacity(WRITES);
    for _ in 0..WRITES {
        file.write_all(&[7; PAGE_BYTES])?;
        let begun = Instant::now();
        file.sync_data()?;
        times.push(begun.elapsed());
    }
    std::fs::remove_file(&path)?;
    Ok(Samples::new(times))
}

/// Bytes that a process has had written to disks so far.
pub(crate) fn written(process: u32) -> Result<u64> {
    let told = std::fs::read_to_string(format!("/proc/{process}/io"))?;
    let mut lines = told.lines();
    let bytes = lines.find_map(|line| line.strip_prefix("write_bytes: "));
    Ok(bytes.context("no count of what was written")?.parse()?)
}
