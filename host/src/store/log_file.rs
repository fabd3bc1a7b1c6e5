//! Takes back what a failed commit has left in SQLite's write-ahead log.
//!
//! After a failed fsync Linux takes the pages for clean: they are read as if they
//! were on the disk, and no later fsync writes them. A transaction that was
//! answered as failed stands there whole; the next process to open the log would
//! take it for committed and build upon it, and all that is acknowledged from then
//! on would be lost with the power. So the log is cut back to its last commit, in
//! the same memory that readers look at. Knows nothing of what the log holds.

#![expect(
    unsafe_code,
    reason = "SQLite shows the file of its log by a pointer, and only so does it go \
              through SQLite's own file system"
)]

use std::ffi::{c_int, c_void};
use std::ptr;

use rusqlite::ffi;

use super::StoreError;

/// SQLite's file format, 4.1 and 4.2: the head of the log and of each frame.
const LOG_HEAD: i64 = 32;
const FRAME_HEAD: i64 = 24;

/// Cuts the log back to what is committed, while nobody else can write to it.
pub(super) fn cut_back(connection: &rusqlite::Connection) -> Result<(), StoreError> {
    let number = |text: &str, column: usize| -> Result<i64, rusqlite::Error> {
        connection.query_row(text, [], |row| row.get(column))
    };
    let before = number("pragma data_version", 0)?;
    let page = number("pragma page_size", 0)?;
    // Changes nothing, and tells how many frames are committed; none where the
    // log was not opened yet.
    let frames = number("pragma wal_checkpoint(noop)", 1)?.max(0);
    connection.execute_batch("begin immediate")?;
    let cut = number("pragma data_version", 0)
        .map_err(StoreError::from)
        .and_then(|now| {
            if now == before {
                cut_file(connection, LOG_HEAD + frames * (FRAME_HEAD + page))
            } else {
                // Another process has written behind it meanwhile.
                Ok(())
            }
        });
    connection.execute_batch("rollback")?;
    cut
}

fn cut_file(connection: &rusqlite::Connection, end: i64) -> Result<(), StoreError> {
    let mut file: *mut ffi::sqlite3_file = ptr::null_mut();
    // SAFETY: the connection is open and used by this thread alone; SQLite writes one
    // pointer to where it is told to.
    let code = unsafe {
        ffi::sqlite3_file_control(
            connection.handle(),
            c"main".as_ptr(),
            ffi::SQLITE_FCNTL_JOURNAL_POINTER,
            (&raw mut file).cast::<c_void>(),
        )
    };
    check(code)?;
    if file.is_null() {
        return Ok(());
    }
    // SAFETY: the file lives as long as the connection keeps its log open, which it
    // does while it is borrowed here; no methods mean that it is not open.
    let Some(methods) = (unsafe { (*file).pMethods.as_ref() }) else {
        return Ok(());
    };
    let (Some(ask), Some(truncate)) = (methods.xFileSize, methods.xTruncate) else {
        return Ok(());
    };
    let mut size = 0;
    // SAFETY: an open file's own method, with a place for the answer.
    check(unsafe { ask(file, &raw mut size) })?;
    if size <= end {
        return Ok(());
    }
    // SAFETY: an open file's own method. Nobody else writes: the connection holds
    // the write lock.
    check(unsafe { truncate(file, end) })
}

fn check(code: c_int) -> Result<(), StoreError> {
    if code == ffi::SQLITE_OK {
        return Ok(());
    }
    let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
    Err(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(connection: &rusqlite::Connection) -> i64 {
        let text = "select count(*) from t";
        connection.query_row(text, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_log_is_cut_back_to_its_last_commit() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("books.db");
        let connection = rusqlite::Connection::open(&file).unwrap();
        connection
            .execute_batch(
                "pragma journal_mode = wal; create table t (x); insert into t values (1)",
            )
            .unwrap();
        let log = folder.path().join("books.db-wal");
        let committed = std::fs::read(&log).unwrap();
        // What SQLite has given up still stands behind it.
        let mut left = committed.clone();
        left.extend_from_slice(&committed[32..]);
        std::fs::write(&log, &left).unwrap();
        cut_back(&connection).unwrap();
        assert_eq!(std::fs::read(&log).unwrap(), committed);
        cut_back(&connection).unwrap();
        connection
            .execute_batch("insert into t values (2)")
            .unwrap();
        assert_eq!(count(&connection), 2);
        assert_eq!(count(&rusqlite::Connection::open(&file).unwrap()), 2);
    }
}
