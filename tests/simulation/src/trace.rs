//! What happened, as one number: two runs of one seed must come to the same.

use std::sync::{Arc, Mutex};

/// FNV-1a over everything that was noted. Kept whole only where it is asked for.
#[derive(Clone)]
pub struct Trace(Arc<Mutex<Kept>>);

struct Kept {
    hash: u64,
    lines: Option<Vec<String>>,
}

impl Default for Trace {
    fn default() -> Self {
        Self::new()
    }
}

impl Trace {
    /// One that keeps the number alone.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Kept {
            hash: 0xcbf2_9ce4_8422_2325,
            lines: None,
        })))
    }

    /// Keeps the lines too.
    #[must_use]
    pub fn telling() -> Self {
        let trace = Self::new();
        trace.kept().lines = Some(Vec::new());
        trace
    }

    /// The number.
    #[must_use]
    pub fn hash(&self) -> u64 {
        self.kept().hash
    }

    /// The lines, where they are kept.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.kept().lines.clone().unwrap_or_default()
    }

    /// Scheduling: part of the number, not of the tale.
    pub fn note(&self, what: &str, number: u64) {
        let mut kept = self.kept();
        kept.add(what.as_bytes());
        kept.add(&number.to_le_bytes());
    }

    /// Something that a reader of the tale wants to know.
    pub fn tell(&self, now: i64, line: impl FnOnce() -> String) {
        let mut kept = self.kept();
        let line = line();
        kept.add(line.as_bytes());
        if let Some(lines) = &mut kept.lines {
            lines.push(format!("{:>14} {line}", now % 1_000_000_000_000));
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().expect("one thread runs the simulation")
    }
}

impl Kept {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.hash = (self.hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
