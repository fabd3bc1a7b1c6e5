//! How much room one component has in a sandbox. The sandbox lays its places out
//! by it, and the entry door refuses what would not fit, so that nothing is let in
//! that cannot run.

/// Core instances of one component: a Rust plugin has 3, an interpreter some more.
pub const CORE_INSTANCES: u32 = 64;
/// Memories of all its core instances together.
pub const MEMORIES: u32 = 4;
/// Tables of all its core instances together.
pub const TABLES: u32 = 16;
/// The most that one memory may have at its start, in bytes.
pub const MEMORY_BYTES: u64 = 256 << 20;
/// The most elements that one table may have at its start.
pub const TABLE_ELEMENTS: u64 = 100_000;
