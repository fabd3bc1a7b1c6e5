//! A disk in memory for SQLite that knows which writes a loss of power may
//! undo, tear or reorder, and that can be made to fill up or fail. The real
//! store runs on it unchanged: the disk is SQLite's default file system of the
//! process. Knows nothing about payments but what `life` asks the store.

mod disk;
mod image;
mod inode;
mod inspection;
pub mod life;
mod locks;
mod vfs;

pub use disk::{Disk, Fault, Honesty};
pub use vfs::{boot, disk_of, install, path};
