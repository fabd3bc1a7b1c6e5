//! Watches the process itself: memory, and cases that do not end. A case that
//! hangs cannot be caught, so the watchdog keeps it and ends the process.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// No case at the door takes longer.
pub const CASE_LIMIT: Duration = Duration::from_secs(5);
/// By so much may the process be larger at the end than at the beginning.
const GROWTH_BYTES: u64 = 64 << 20;

/// What a worker is at.
pub struct Post(Mutex<Option<(Instant, String, Vec<u8>)>>);

impl Post {
    /// At nothing.
    pub const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// The worker begins a case.
    pub fn begin(&self, name: &str, bytes: &[u8]) {
        if let Ok(mut post) = self.0.lock() {
            *post = Some((Instant::now(), name.to_owned(), bytes.to_vec()));
        }
    }

    /// The case has ended.
    pub fn end(&self) {
        if let Ok(mut post) = self.0.lock() {
            *post = None;
        }
    }

    /// A case that should have ended long ago.
    pub fn hanging(&self) -> Option<(String, Vec<u8>)> {
        let post = self.0.lock().ok()?;
        let (begun, name, bytes) = post.as_ref()?;
        (begun.elapsed() > CASE_LIMIT).then(|| (name.clone(), bytes.clone()))
    }
}

/// Keeps a case for the developer; where it lies.
pub fn keep(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(format!("{name}.guichet"));
    // Whoever cannot write it can still repeat the case by its number.
    let _kept = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, bytes));
    path
}

/// Samples of the process's resident memory.
#[derive(Default)]
pub struct Memory(Vec<u64>);

impl Memory {
    /// Takes a sample.
    pub fn sample(&mut self) {
        self.0.extend(resident_bytes());
    }

    /// The highest sample.
    pub fn peak(&self) -> u64 {
        self.0.iter().copied().max().unwrap_or(0)
    }

    /// The middle of the second quarter and of the last: caches are warm in
    /// both, so what lies between them is growth.
    pub fn early_and_late(&self) -> (u64, u64) {
        let quarter = self.0.len() / 4;
        let middle = |part: &[u64]| {
            let mut part = part.to_vec();
            part.sort_unstable();
            part.get(part.len() / 2).copied().unwrap_or(0)
        };
        let early = middle(&self.0[quarter..quarter * 2]);
        (early, middle(&self.0[quarter * 3..]))
    }

    /// Whether the process grew.
    pub fn grew(&self) -> bool {
        let (early, late) = self.early_and_late();
        // Too few samples show warming, not growth.
        self.0.len() >= 16 && late > early + GROWTH_BYTES
    }
}

fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kibibytes: u64 = line.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes << 10)
}
