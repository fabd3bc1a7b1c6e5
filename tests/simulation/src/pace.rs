//! How things go at the moment, for those who look around at intervals: the calmer,
//! the less often.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Everything may go wrong.
    Wild,
    /// Hours in which nobody new comes.
    Lull,
    /// Nothing goes wrong any more.
    Calm,
}

/// The mood that all share. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Pace(Arc<AtomicU8>);

impl Pace {
    pub fn mood(&self) -> Mood {
        match self.0.load(Ordering::Relaxed) {
            0 => Mood::Wild,
            1 => Mood::Lull,
            _ => Mood::Calm,
        }
    }

    pub fn set(&self, mood: Mood) {
        let number = match mood {
            Mood::Wild => 0,
            Mood::Lull => 1,
            Mood::Calm => 2,
        };
        self.0.store(number, Ordering::Relaxed);
    }
}
