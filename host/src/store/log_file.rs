//! Writes SQLite's write-ahead log to the disk once more, byte for byte.
//!
//! After a failed fsync Linux takes the pages for clean: they are read as if they
//! were on the disk, and no later fsync writes them. A log that is read like that
//! at the next start would be built upon, and all that is acknowledged after it
//! would be lost with the power. Pages that are written again are written to the
//! disk, whatever happened before. Knows nothing of what the log holds.

#![expect(
    unsafe_code,
    reason = "SQLite shows the file of its log by a pointer, and only so does it go \
              through SQLite's own file system"
)]

use std::ffi::{c_int, c_void};
use std::ptr;

use rusqlite::ffi;

use super::StoreError;

/// Bytes that are read and written at a time.
const PIECE: usize = 256 * 1_024;

/// Renews the log while nobody else can write to it.
pub(super) fn renew(connection: &rusqlite::Connection) -> Result<(), StoreError> {
    connection.execute_batch("begin immediate")?;
    let renewed = rewrite(connection);
    connection.execute_batch("rollback")?;
    renewed
}

fn rewrite(connection: &rusqlite::Connection) -> Result<(), StoreError> {
    let Some(log) = LogFile::of(connection)? else {
        return Ok(());
    };
    let size = log.size()?;
    if size == 0 {
        return Ok(());
    }
    let mut piece = vec![0; PIECE];
    let mut offset = 0;
    while offset < size {
        let length = PIECE.min(usize::try_from(size - offset).unwrap_or(PIECE));
        log.read(&mut piece[..length], offset)?;
        log.write(&piece[..length], offset)?;
        offset += i64::try_from(length).unwrap_or(i64::MAX);
    }
    log.sync()
}

/// The log's file as the connection has it open.
struct LogFile<'a> {
    file: *mut ffi::sqlite3_file,
    methods: &'a ffi::sqlite3_io_methods,
}

impl<'a> LogFile<'a> {
    fn of(connection: &'a rusqlite::Connection) -> Result<Option<Self>, StoreError> {
        let mut file: *mut ffi::sqlite3_file = ptr::null_mut();
        // SAFETY: the connection is open and used by this thread alone; SQLite
        // writes one pointer to where it is told to.
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
            return Ok(None);
        }
        // SAFETY: the file lives as long as the connection keeps its log open, which
        // it does while it is borrowed here; no methods mean that it is not open.
        Ok(unsafe { (*file).pMethods.as_ref() }.map(|methods| Self { file, methods }))
    }

    fn size(&self) -> Result<i64, StoreError> {
        let mut size = 0;
        let Some(ask) = self.methods.xFileSize else {
            return Ok(0);
        };
        // SAFETY: an open file's own method, with a place for the answer.
        check(unsafe { ask(self.file, &raw mut size) })?;
        Ok(size)
    }

    fn read(&self, piece: &mut [u8], offset: i64) -> Result<(), StoreError> {
        let Some(read) = self.methods.xRead else {
            return Ok(());
        };
        let (to, length) = (piece.as_mut_ptr().cast(), length_of(piece));
        // SAFETY: an open file's own method; there is room for `length` bytes.
        check(unsafe { read(self.file, to, length, offset) })
    }

    fn write(&self, piece: &[u8], offset: i64) -> Result<(), StoreError> {
        let Some(write) = self.methods.xWrite else {
            return Ok(());
        };
        let (from, length) = (piece.as_ptr().cast(), length_of(piece));
        // SAFETY: an open file's own method; there are `length` bytes. Nobody else
        // writes: the connection holds the write lock.
        check(unsafe { write(self.file, from, length, offset) })
    }

    fn sync(&self) -> Result<(), StoreError> {
        let Some(sync) = self.methods.xSync else {
            return Ok(());
        };
        // SAFETY: an open file's own method.
        check(unsafe { sync(self.file, ffi::SQLITE_SYNC_NORMAL) })
    }
}

/// Pieces are much shorter than what SQLite counts with.
fn length_of(piece: &[u8]) -> c_int {
    c_int::try_from(piece.len()).unwrap_or(c_int::MAX)
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

    #[test]
    fn a_log_is_the_same_after_it_was_renewed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("books.db");
        let connection = rusqlite::Connection::open(&file).unwrap();
        let fill = "pragma journal_mode = wal; create table t (x); \
            with recursive n(i) as (select 1 union all select i + 1 from n where i < 800) \
            insert into t select randomblob(1000) from n";
        connection.execute_batch(fill).unwrap();
        let log = folder.path().join("books.db-wal");
        let before = std::fs::read(&log).unwrap();
        assert!(before.len() > 2 * PIECE);
        renew(&connection).unwrap();
        assert_eq!(std::fs::read(&log).unwrap(), before);
        let rows: i64 = connection
            .query_row("select count(*) from t", [], |row| row.get(0))
            .unwrap();
        assert_eq!(rows, 800);
    }
}
