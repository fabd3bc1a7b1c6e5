//! SQLite's file system over disks in memory. A disk is found by the folder of a
//! file's path; once installed, every database that this process opens is on one.

mod file;
mod memory;
mod system;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use guichet_tests::chance::Chance;

use crate::disk::Disk;

/// The disks by their names.
fn disks() -> std::sync::MutexGuard<'static, HashMap<String, Arc<Mutex<Disk>>>> {
    static DISKS: OnceLock<Mutex<HashMap<String, Arc<Mutex<Disk>>>>> = OnceLock::new();
    let disks = DISKS.get_or_init(Mutex::default);
    disks.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where this file stands on that disk.
#[must_use]
pub fn path(disk: &str, file: &str) -> PathBuf {
    PathBuf::from(format!("/disk/{disk}/{file}"))
}

/// Starts a machine with this disk, in place of the one of the same name; who
/// still has files of that one open keeps them.
pub fn boot(name: &str, disk: Disk) {
    disks().insert(name.to_owned(), Arc::new(Mutex::new(disk)));
}

/// The disk of this name, made where there is none.
#[must_use]
pub fn disk_of(name: &str) -> Arc<Mutex<Disk>> {
    let mut disks = disks();
    let disk = disks.entry(name.to_owned()).or_insert_with(|| {
        let empty = Disk::new(crate::Honesty::Honest, Chance::of(0, 0, 0));
        Arc::new(Mutex::new(empty))
    });
    Arc::clone(disk)
}

/// Makes disks in memory the file system of every database of this process.
///
/// # Panics
/// Where SQLite does not take it, which it never does not.
pub fn install() {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(system::register);
}

/// The disk and the file's name on it.
fn find(path: &str) -> (Arc<Mutex<Disk>>, String) {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let disk = folder.rsplit('/').next().unwrap_or_default();
    (disk_of(disk), name.to_owned())
}
