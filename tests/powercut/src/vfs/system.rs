//! The file system's own functions: opening, deleting, looking for names.

#![expect(
    unsafe_code,
    reason = "SQLite calls a file system by pointers; each function says what it relies on"
)]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::sync::PoisonError;

use rusqlite::ffi;

use super::file::{self, Open};
use crate::disk::{Failed, Forced, Role};

/// Longer paths are none of ours.
const LONGEST_PATH: c_int = 512;

/// Registers the file system as the default one.
pub(super) fn register() {
    // SAFETY: the null name asks for the default; SQLite is initialised by it.
    let unix = unsafe { ffi::sqlite3_vfs_find(ptr::null()) };
    assert!(!unix.is_null(), "SQLite has a file system");
    // SAFETY: what SQLite gives stays registered for the life of the process.
    let unix = unsafe { &*unix };
    let vfs = ffi::sqlite3_vfs {
        iVersion: 2,
        szOsFile: c_int::try_from(size_of::<file::Slot>()).unwrap_or(c_int::MAX),
        mxPathname: LONGEST_PATH,
        pNext: ptr::null_mut(),
        zName: c"disk-in-memory".as_ptr(),
        pAppData: ptr::null_mut(),
        xOpen: Some(open),
        xDelete: Some(delete),
        xAccess: Some(access),
        xFullPathname: Some(full_path),
        // Libraries, sleep and time do not look at the file system they are asked by.
        xDlOpen: unix.xDlOpen,
        xDlError: unix.xDlError,
        xDlSym: unix.xDlSym,
        xDlClose: unix.xDlClose,
        xRandomness: Some(randomness),
        xSleep: unix.xSleep,
        xCurrentTime: unix.xCurrentTime,
        xGetLastError: None,
        xCurrentTimeInt64: unix.xCurrentTimeInt64,
        xSetSystemCall: None,
        xGetSystemCall: None,
        xNextSystemCall: None,
    };
    let vfs = Box::leak(Box::new(vfs));
    // SAFETY: it lives as long as the process, and its functions keep SQLite's rules.
    let registered = unsafe { ffi::sqlite3_vfs_register(vfs, 1) };
    assert_eq!(registered, ffi::SQLITE_OK, "SQLite takes a file system");
}

/// What SQLite is told of a failure.
pub(super) const fn code_of(failed: Failed, otherwise: c_int) -> c_int {
    match failed {
        Failed::Full => ffi::SQLITE_FULL,
        Failed::Power | Failed::Device => otherwise,
    }
}

/// A path as SQLite gives it.
///
/// # Safety
/// `name` is null or ends with a zero byte.
unsafe fn text<'a>(name: *const c_char) -> Option<&'a str> {
    if name.is_null() {
        return None;
    }
    // SAFETY: as the caller says.
    unsafe { CStr::from_ptr(name) }.to_str().ok()
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let slot = file.cast::<file::Slot>();
    // SAFETY: SQLite gives as many bytes as were asked for in `szOsFile`; without
    // methods it does not close a file that could not be opened.
    unsafe { (*slot).base.pMethods = ptr::null() };
    // SAFETY: a name of SQLite's, or none.
    let name = unsafe { text(name) };
    let role = if flags & ffi::SQLITE_OPEN_WAL != 0 {
        Role::Log
    } else if flags & ffi::SQLITE_OPEN_MAIN_DB != 0 {
        Role::Database
    } else {
        Role::Journal
    };
    let (disk, name) = name.map_or_else(
        || (super::disk_of("nameless"), None),
        |path| {
            let (disk, name) = super::find(path);
            (disk, Some(name))
        },
    );
    let found = {
        let mut disk = disk.lock().unwrap_or_else(PoisonError::into_inner);
        if disk.is_dark() {
            return ffi::SQLITE_CANTOPEN;
        }
        disk.open();
        match name.as_deref().and_then(|name| disk.find(name)) {
            Some(number) => Ok(number),
            None if flags & ffi::SQLITE_OPEN_CREATE == 0 => return ffi::SQLITE_CANTOPEN,
            None => disk.create(name.as_deref(), role),
        }
    };
    let number = match found {
        Ok(number) => number,
        Err(failed) => return code_of(failed, ffi::SQLITE_CANTOPEN),
    };
    let leaves = if flags & ffi::SQLITE_OPEN_DELETEONCLOSE == 0 {
        None
    } else {
        name
    };
    let opened = Box::new(Open::new(disk, number, role, leaves));
    // SAFETY: as above; the box is taken back when the file is closed.
    unsafe {
        (*slot).open = Box::into_raw(opened);
        (*slot).base.pMethods = file::methods();
    }
    if !out.is_null() {
        // SAFETY: a place for the flags, where it is given.
        unsafe { *out = flags };
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    sync_directory: c_int,
) -> c_int {
    // SAFETY: a name of SQLite's.
    let Some(path) = (unsafe { text(name) }) else {
        return ffi::SQLITE_IOERR_DELETE;
    };
    let (disk, name) = super::find(path);
    let mut disk = disk.lock().unwrap_or_else(PoisonError::into_inner);
    let forced = if sync_directory == 0 {
        Forced::No
    } else {
        Forced::Yes
    };
    match disk.delete(&name, forced) {
        Ok(true) => ffi::SQLITE_OK,
        Ok(false) => ffi::SQLITE_IOERR_DELETE_NOENT,
        Err(failed) => code_of(failed, ffi::SQLITE_IOERR_DELETE),
    }
}

unsafe extern "C" fn access(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    answer: *mut c_int,
) -> c_int {
    // SAFETY: a name of SQLite's.
    let Some(path) = (unsafe { text(name) }) else {
        return ffi::SQLITE_IOERR_ACCESS;
    };
    let (disk, name) = super::find(path);
    let disk = disk.lock().unwrap_or_else(PoisonError::into_inner);
    if disk.is_dark() {
        return ffi::SQLITE_IOERR_ACCESS;
    }
    let content = disk.find(&name).map(|number| disk.read(number));
    let there = match content {
        None => false,
        // An empty journal is none: so does SQLite's own file system.
        Some(Ok(bytes)) => flags != ffi::SQLITE_ACCESS_EXISTS || !bytes.is_empty(),
        Some(Err(_)) => return ffi::SQLITE_IOERR_ACCESS,
    };
    // SAFETY: a place for the answer.
    unsafe { *answer = c_int::from(there) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_path(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: a name of SQLite's, which is read up to its zero byte.
    let bytes = unsafe { CStr::from_ptr(name) }.to_bytes_with_nul();
    if bytes.len() > usize::try_from(room).unwrap_or(0) {
        return ffi::SQLITE_CANTOPEN;
    }
    // SAFETY: there is room for so many bytes, as was just looked at.
    unsafe { ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len()) };
    ffi::SQLITE_OK
}

/// Counts: runs follow from their seed, and salts only have to differ.
unsafe extern "C" fn randomness(_: *mut ffi::sqlite3_vfs, count: c_int, out: *mut c_char) -> c_int {
    use std::cell::RefCell;

    use guichet_tests::chance::Chance;

    thread_local! {
        static CHANCE: RefCell<Chance> = RefCell::new(Chance::of(1, 2, 3));
    }
    let bytes = CHANCE.with_borrow_mut(|chance| chance.bytes(usize::try_from(count).unwrap_or(0)));
    // SAFETY: SQLite gives room for as many bytes as it asks for.
    unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), out.cast::<u8>(), bytes.len()) };
    count
}

/// A place that SQLite keeps for each open file.
const _: () = assert!(size_of::<*mut c_void>() <= size_of::<file::Slot>());
