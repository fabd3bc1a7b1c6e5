//! How far a run is, kept after every cycle so that it can be resumed.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use serde::{Deserialize, Serialize};

/// Counts of a run over all its parts.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Tally {
    /// SIGKILLs.
    pub kills: u64,
    /// Of these, of a node that was starting.
    pub kills_at_start: u64,
    /// Rolling restarts: every node stopped politely, one after the other.
    pub rolls: u64,
    /// Outages of the database.
    pub outages: u64,
    /// Seconds under load.
    pub seconds: u64,
    /// Parts that the run was made in.
    pub parts: u64,
    /// How long nodes took to start, in milliseconds.
    pub starts_ms: Vec<u64>,
}

impl Tally {
    /// As it was kept, or nothing yet.
    pub fn read(file: &Path) -> Result<Self> {
        match std::fs::read(file) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
            Err(_) => Ok(Self::default()),
        }
    }

    /// Keeps it: whole or not at all.
    pub fn keep(&self, file: &Path) -> Result<()> {
        let new = file.with_extension("new");
        std::fs::write(&new, serde_json::to_vec(self)?)?;
        Ok(std::fs::rename(new, file)?)
    }

    /// A node has come to serve.
    pub fn started(&mut self, took: Duration) {
        self.starts_ms
            .push(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    }

    /// The time that so many of a hundred starts took at most.
    pub fn start_ms(&self, percent: usize) -> u64 {
        let mut sorted = self.starts_ms.clone();
        sorted.sort_unstable();
        let last = sorted.len().saturating_sub(1);
        sorted.get(last * percent / 100).copied().unwrap_or(0)
    }
}
