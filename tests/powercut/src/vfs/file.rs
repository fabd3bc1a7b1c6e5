//! An open file: reading, writing, forcing, locking.

#![expect(
    unsafe_code,
    reason = "SQLite calls a file system by pointers; each function says what it relies on"
)]

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::ffi;

use super::memory;
use super::system::code_of;
use crate::disk::{Disk, Forced, Number, Role};
use crate::inode::Change;
use crate::locks::Handle;

/// What SQLite keeps for an open file: its own head, then ours.
#[repr(C)]
pub(super) struct Slot {
    pub(super) base: ffi::sqlite3_file,
    pub(super) open: *mut Open,
}

/// An open file.
pub(super) struct Open {
    disk: Arc<Mutex<Disk>>,
    number: Number,
    role: Role,
    handle: Handle,
    deleted_at_close: Option<String>,
}

impl Open {
    pub(super) fn new(
        disk: Arc<Mutex<Disk>>,
        number: Number,
        role: Role,
        deleted_at_close: Option<String>,
    ) -> Self {
        static HANDLES: AtomicU64 = AtomicU64::new(1);
        let handle = HANDLES.fetch_add(1, Ordering::Relaxed);
        let open = Self {
            disk,
            number,
            role,
            handle,
            deleted_at_close,
        };
        let (number, handle) = (open.number, open.handle);
        open.disk().locks.entry(number).or_default().enter(handle);
        open
    }

    pub(super) fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) const fn number(&self) -> Number {
        self.number
    }

    pub(super) const fn handle(&self) -> Handle {
        self.handle
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut disk = self.disk();
        let locks = disk.locks.entry(self.number).or_default();
        if !locks.leave(self.handle) {
            disk.locks.remove(&self.number);
        }
        if let Some(name) = &self.deleted_at_close {
            // Without power there is nothing to delete.
            let _dark = disk.delete(name, Forced::No);
        }
    }
}

/// The open file behind SQLite's pointer.
///
/// # Safety
/// `file` is one that `open` has filled and that was not closed yet.
pub(super) unsafe fn of<'a>(file: *mut ffi::sqlite3_file) -> &'a Open {
    // SAFETY: as the caller says; what is in it is shared, never changed.
    unsafe { &*(*file.cast::<Slot>()).open }
}

/// The functions of every open file.
pub(super) const fn methods() -> *const ffi::sqlite3_io_methods {
    const METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
        iVersion: 2,
        xClose: Some(close),
        xRead: Some(read),
        xWrite: Some(write),
        xTruncate: Some(truncate),
        xSync: Some(sync),
        xFileSize: Some(size),
        xLock: Some(lock),
        xUnlock: Some(unlock),
        xCheckReservedLock: Some(check_reserved),
        xFileControl: Some(control),
        xSectorSize: Some(sector_size),
        xDeviceCharacteristics: Some(characteristics),
        xShmMap: Some(memory::map),
        xShmLock: Some(memory::lock),
        xShmBarrier: Some(memory::barrier),
        xShmUnmap: Some(memory::unmap),
        xFetch: None,
        xUnfetch: None,
    };
    &METHODS
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    let slot = file.cast::<Slot>();
    // SAFETY: SQLite closes a file once; the box was made when it was opened.
    unsafe {
        drop(Box::from_raw((*slot).open));
        (*slot).open = ptr::null_mut();
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    out: *mut c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: an open file.
    let open = unsafe { of(file) };
    let (amount, offset) = (to_size(amount.into()), to_size(offset));
    let disk = open.disk();
    let Ok(content) = disk.read(open.number) else {
        return ffi::SQLITE_IOERR_READ;
    };
    let there = content.get(offset..).unwrap_or_default();
    let there = &there[..there.len().min(amount)];
    // SAFETY: SQLite gives room for `amount` bytes, and no more are written.
    unsafe {
        ptr::copy_nonoverlapping(there.as_ptr(), out.cast::<u8>(), there.len());
        ptr::write_bytes(out.cast::<u8>().add(there.len()), 0, amount - there.len());
    }
    if there.len() < amount {
        ffi::SQLITE_IOERR_SHORT_READ
    } else {
        ffi::SQLITE_OK
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: an open file.
    let open = unsafe { of(file) };
    // SAFETY: SQLite gives `amount` bytes.
    let bytes =
        unsafe { std::slice::from_raw_parts(from.cast::<u8>(), to_size(amount.into())) }.to_vec();
    let change = Change::Write(to_size(offset), bytes);
    answer(
        open.disk().change(open.number, change),
        ffi::SQLITE_IOERR_WRITE,
    )
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: ffi::sqlite3_int64) -> c_int {
    // SAFETY: an open file.
    let open = unsafe { of(file) };
    let change = Change::Truncate(to_size(size));
    answer(
        open.disk().change(open.number, change),
        ffi::SQLITE_IOERR_TRUNCATE,
    )
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: an open file.
    let open = unsafe { of(file) };
    answer(
        open.disk().sync(open.number, open.role),
        ffi::SQLITE_IOERR_FSYNC,
    )
}

unsafe extern "C" fn size(file: *mut ffi::sqlite3_file, out: *mut ffi::sqlite3_int64) -> c_int {
    // SAFETY: an open file.
    let open = unsafe { of(file) };
    let disk = open.disk();
    let Ok(content) = disk.read(open.number) else {
        return ffi::SQLITE_IOERR_FSTAT;
    };
    // SAFETY: a place for the size.
    unsafe { *out = ffi::sqlite3_int64::try_from(content.len()).unwrap_or(i64::MAX) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: an open file.
    let open = unsafe { of(file) };
    let mut disk = open.disk();
    let locks = disk.locks.entry(open.number).or_default();
    if locks.raise(open.handle, level) {
        ffi::SQLITE_OK
    } else {
        ffi::SQLITE_BUSY
    }
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: an open file.
    let open = unsafe { of(file) };
    let mut disk = open.disk();
    disk.locks
        .entry(open.number)
        .or_default()
        .lower(open.handle, level);
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: an open file.
    let open = unsafe { of(file) };
    let mut disk = open.disk();
    let reserved = disk.locks.entry(open.number).or_default().is_reserved();
    // SAFETY: a place for the answer.
    unsafe { *out = c_int::from(reserved) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

/// As SQLite's own file system says it where it knows nothing better.
unsafe extern "C" fn sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    4_096
}

/// Bytes beside those that are written do not change: the default on Unix.
unsafe extern "C" fn characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

fn answer(result: Result<(), crate::disk::Failed>, otherwise: c_int) -> c_int {
    match result {
        Ok(()) => ffi::SQLITE_OK,
        Err(failed) => code_of(failed, otherwise),
    }
}

/// SQLite's sizes and offsets are never below zero.
fn to_size(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}
