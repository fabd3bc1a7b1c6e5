//! Going through a whole log, as somebody does who trusts nobody: the events one
//! after the other, against tree heads that were signed or kept. Wherever the
//! events come from, memory is bounded.

use std::collections::BTreeMap;

use guichet_domain::Digest;
use guichet_domain::merkle::leaf_hash;
use guichet_registry::checkpoint::{Checkpoint, LogOrigin, SignedCheckpoint};
use guichet_registry::sign::{PublicKey, sha256_parts};

use super::frontier::Frontier;
use crate::store::{Entry, TileRow};

/// What is wrong with a log, or with a tree head that was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Somebody took an event out, or put one in between.
    #[error("event {0} is missing")]
    Missing(u64),
    /// The events do not lead to a signed tree head.
    #[error(
        "the first {0} events are not those that were signed: one of them was altered, removed or put elsewhere"
    )]
    Altered(u64),
    /// The log ends before a signed tree head.
    #[error("{signed} events were signed, and only {found} are there")]
    CutOff {
        /// Of a signed tree head.
        signed: u64,
        /// Of the log.
        found: u64,
    },
    /// A tree head is not this log's.
    #[error("a tree head: {0}")]
    Head(String),
    /// Hashes beside the events.
    #[error("the kept hashes of events {0} to {1} are not those of the events")]
    Hashes(u64, u64),
}

/// Tree heads that a log must lead to, by its size.
#[derive(Debug, Clone, Default)]
pub struct Kept(BTreeMap<u64, Digest>);

impl Kept {
    /// Adds a signed tree head of the log of this name.
    pub fn add(&mut self, note: &str, origin: &LogOrigin, key: &PublicKey) -> Result<(), Fault> {
        let head = SignedCheckpoint::parse(note)
            .and_then(|signed| signed.verify(origin, key).cloned())
            .map_err(|error| Fault::Head(error.to_string()))?;
        self.add_head(&head)
    }

    /// Whether no tree head of this size was added.
    pub(super) fn has_no(&self, size: u64) -> bool {
        !self.0.contains_key(&size)
    }

    fn add_head(&mut self, head: &Checkpoint) -> Result<(), Fault> {
        let known = self.0.insert(head.size(), head.root());
        match known {
            Some(root) if root != head.root() => Err(Fault::Head(format!(
                "two were signed for the first {} events, and they differ",
                head.size()
            ))),
            Some(_) | None => Ok(()),
        }
    }
}

/// A log that is gone through.
#[derive(Debug)]
pub struct Replay {
    frontier: Frontier,
    kept: Kept,
}

impl Replay {
    /// From the first event on.
    #[must_use]
    pub fn new(kept: Kept) -> Self {
        let frontier = Frontier::default();
        Self { frontier, kept }
    }

    /// Events so far.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The next event; the runs of hashes that it completes.
    pub fn push(&mut self, index: u64, entry: &Entry) -> Result<Vec<TileRow>, Fault> {
        if index != self.size() {
            return Err(Fault::Missing(self.size()));
        }
        let leaf = leaf_hash(sha256_parts, entry.text().as_bytes());
        let full = self.frontier.push(leaf);
        let size = self.size();
        match self.kept.0.remove(&size) {
            Some(root) if root != self.frontier.root() => Err(Fault::Altered(size)),
            Some(_) | None => Ok(full),
        }
    }

    /// The end of the log: the runs of hashes that are not complete.
    pub fn finish(self) -> Result<Vec<TileRow>, Fault> {
        let found = self.size();
        match self.kept.0.last_key_value() {
            Some((signed, _)) if *signed > found => Err(Fault::CutOff {
                signed: *signed,
                found,
            }),
            Some(_) | None => Ok(self.frontier.unfinished()),
        }
    }
}
