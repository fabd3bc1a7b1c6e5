//! Who has locked what: SQLite's five levels on a file, and the eight places of
//! its shared memory. All users live in this process.

use std::collections::BTreeMap;
use std::sync::Arc;

/// An open file's number.
pub type Handle = u64;

/// Locks on one file, by who holds them.
#[derive(Debug, Default)]
pub struct Locks(BTreeMap<Handle, i32>);

/// SQLite's levels.
const SHARED: i32 = 1;
const RESERVED: i32 = 2;
const PENDING: i32 = 3;

impl Locks {
    /// Somebody opened the file.
    pub fn enter(&mut self, handle: Handle) {
        self.0.insert(handle, 0);
    }

    /// Somebody closed it; tells whether anybody is left.
    pub fn leave(&mut self, handle: Handle) -> bool {
        self.0.remove(&handle);
        !self.0.is_empty()
    }

    /// Raises a lock, or says that somebody is in the way.
    pub fn raise(&mut self, handle: Handle, level: i32) -> bool {
        let others = self.others(handle);
        let free = match level {
            SHARED => others < PENDING,
            RESERVED => others < RESERVED,
            _ => others < SHARED,
        };
        if free {
            self.0.insert(handle, level);
        }
        free
    }

    /// Lowers a lock.
    pub fn lower(&mut self, handle: Handle, level: i32) {
        let held = self.0.entry(handle).or_default();
        *held = (*held).min(level);
    }

    /// Whether anybody means to write.
    pub fn is_reserved(&self) -> bool {
        self.0.values().any(|level| *level >= RESERVED)
    }

    fn others(&self, handle: Handle) -> i32 {
        let others = self.0.iter().filter(|(holder, _)| **holder != handle);
        others.map(|(_, level)| *level).max().unwrap_or(0)
    }
}

/// Thirty-two kilobytes that connections share, aligned as SQLite wants it.
pub type Region = Arc<[std::sync::atomic::AtomicU64]>;

/// The shared memory of one database.
#[derive(Debug, Default)]
pub struct Shared {
    /// Its pieces.
    pub regions: Vec<Region>,
    /// Places held together and alone, as bits, by who holds them.
    held: BTreeMap<Handle, (u16, u16)>,
}

impl Shared {
    /// Takes places together with others.
    pub fn share(&mut self, handle: Handle, places: u16) -> bool {
        let free = self.others(handle).1 & places == 0;
        if free {
            self.held.entry(handle).or_default().0 |= places;
        }
        free
    }

    /// Takes places alone.
    pub fn take(&mut self, handle: Handle, places: u16) -> bool {
        let (shared, alone) = self.others(handle);
        let free = (shared | alone) & places == 0;
        if free {
            self.held.entry(handle).or_default().1 |= places;
        }
        free
    }

    /// Gives places back.
    pub fn give_back(&mut self, handle: Handle, places: u16) {
        let held = self.held.entry(handle).or_default();
        held.0 &= !places;
        held.1 &= !places;
    }

    /// Somebody uses it.
    pub fn enter(&mut self, handle: Handle) {
        self.held.entry(handle).or_default();
    }

    /// Somebody is gone; tells whether anybody is left.
    pub fn leave(&mut self, handle: Handle) -> bool {
        self.held.remove(&handle);
        !self.held.is_empty()
    }

    fn others(&self, handle: Handle) -> (u16, u16) {
        let others = self.held.iter().filter(|(holder, _)| **holder != handle);
        others.fold((0, 0), |sum, (_, held)| (sum.0 | held.0, sum.1 | held.1))
    }
}
