//! The memory that connections to one write-ahead log share. It belongs to the
//! running machine: after a loss of power there is none.

#![expect(
    unsafe_code,
    reason = "SQLite calls a file system by pointers; each function says what it relies on"
)]

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering, fence};

use rusqlite::ffi;

use super::file;
use crate::locks::Region;

pub(super) unsafe extern "C" fn map(
    opened: *mut ffi::sqlite3_file,
    region: c_int,
    bytes: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: an open file.
    let open = unsafe { file::of(opened) };
    let mut disk = open.disk();
    if disk.is_dark() {
        return ffi::SQLITE_IOERR_SHMMAP;
    }
    let shared = disk.shared.entry(open.number()).or_default();
    shared.enter(open.handle());
    let region = usize::try_from(region).unwrap_or(0);
    let words = usize::try_from(bytes).unwrap_or(0) / size_of::<u64>();
    while extend != 0 && shared.regions.len() <= region {
        let words = (0..words).map(|_| AtomicU64::new(0));
        shared.regions.push(words.collect::<Region>());
    }
    // Not moved nor freed before the last user is gone; SQLite itself orders the
    // accesses of its connections.
    let start = shared
        .regions
        .get(region)
        .map_or(ptr::null_mut(), |region| region.as_ptr().cast_mut().cast());
    // SAFETY: a place for the address.
    unsafe { *out = start };
    ffi::SQLITE_OK
}

pub(super) unsafe extern "C" fn lock(
    opened: *mut ffi::sqlite3_file,
    offset: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    // SAFETY: an open file.
    let open = unsafe { file::of(opened) };
    let mut disk = open.disk();
    let places = (offset..offset + count).fold(0_u16, |places, place| places | 1 << place);
    let shared = disk.shared.entry(open.number()).or_default();
    let done = if flags & ffi::SQLITE_SHM_UNLOCK != 0 {
        shared.give_back(open.handle(), places);
        true
    } else if flags & ffi::SQLITE_SHM_SHARED != 0 {
        shared.share(open.handle(), places)
    } else {
        shared.take(open.handle(), places)
    };
    if done {
        ffi::SQLITE_OK
    } else {
        ffi::SQLITE_BUSY
    }
}

pub(super) unsafe extern "C" fn barrier(_: *mut ffi::sqlite3_file) {
    fence(Ordering::SeqCst);
}

pub(super) unsafe extern "C" fn unmap(opened: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: an open file.
    let open = unsafe { file::of(opened) };
    let mut disk = open.disk();
    let number = open.number();
    if let Some(shared) = disk.shared.get_mut(&number)
        && !shared.leave(open.handle())
    {
        disk.shared.remove(&number);
    }
    ffi::SQLITE_OK
}
