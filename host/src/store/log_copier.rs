//! Brings what was committed from SQLite's log to its place in the file. The pages
//! of many payments lie far apart in a large file: to copy them takes as long as
//! dozens of commits, so that a thread of its own does it beside the writer, who
//! copies only the last few, because the log begins anew when nothing is left.
//! Knows nothing of what the log holds.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::StoreError;

/// Pages in the log from which on it is copied: thirty-two megabytes.
const COPIED_FROM: i64 = 8_000;
/// So few are left to the writer: less than what a commit writes itself.
const LEFT_TO_THE_WRITER: i64 = 500;

/// The thread.
#[derive(Debug)]
pub(super) struct Copier {
    due: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl Copier {
    /// Starts it, over a connection of its own.
    pub(super) fn start(connection: rusqlite::Connection) -> Result<Self, StoreError> {
        let (due, waiting) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || work(&connection, &waiting))
            .map_err(|error| StoreError::Unfit(format!("no thread: {error}")))?;
        Ok(Self { due, thread })
    }

    /// Ends it once it has done what it is at.
    pub(super) fn end(self) {
        drop(self.due);
        if self.thread.join().is_err() {
            tracing::error!("the thread that copies the log has panicked");
        }
    }
}

fn work(connection: &rusqlite::Connection, due: &Receiver<()>) {
    while due.recv().is_ok() {
        if let Err(error) = copy(connection) {
            // The log grows, and is tried again after the next commit.
            tracing::warn!(%error, "the log could not be copied");
        }
    }
}

/// Sees to the log after a commit of this connection, which copies all by itself
/// where there is no thread for it.
pub(super) fn after_commit(
    connection: &rusqlite::Connection,
    copier: Option<&Copier>,
) -> Result<(), StoreError> {
    // Changes nothing, and tells how many pages the log has, and how many of them
    // were copied.
    let mut ask = connection.prepare_cached("pragma wal_checkpoint(noop)")?;
    let (pages, copied): (i64, i64) = ask.query_row([], |row| Ok((row.get(1)?, row.get(2)?)))?;
    if pages < COPIED_FROM {
        return Ok(());
    }
    match copier {
        Some(copier) if pages - copied > LEFT_TO_THE_WRITER => {
            // Full means that it looks again anyway.
            let _full = copier.due.try_send(());
            Ok(())
        }
        Some(_) | None => copy(connection),
    }
}

/// Copies what no reader needs in the log any more, and forces it to the disk.
/// Neither readers nor a writer wait for it.
fn copy(connection: &rusqlite::Connection) -> Result<(), StoreError> {
    Ok(connection.execute_batch("pragma wal_checkpoint(passive)")?)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    struct Books {
        folder: tempfile::TempDir,
        writer: rusqlite::Connection,
    }

    impl Books {
        fn open() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let writer = rusqlite::Connection::open(folder.path().join("books.db")).unwrap();
            writer
                .execute_batch(
                    "pragma journal_mode = wal; pragma synchronous = off; \
                     pragma wal_autocheckpoint = 0; create table t (x)",
                )
                .unwrap();
            Self { folder, writer }
        }

        fn reader(&self) -> rusqlite::Connection {
            rusqlite::Connection::open(self.folder.path().join("books.db")).unwrap()
        }

        /// A commit of about so many pages.
        fn write(&self, pages: i64) {
            let text = "insert into t values (randomblob($1))";
            self.writer.execute(text, [pages * 4_096]).unwrap();
        }

        /// The log's pages, and how many of them were copied.
        fn log(&self) -> (i64, i64) {
            let text = "pragma wal_checkpoint(noop)";
            let of = |row: &rusqlite::Row<'_>| Ok((row.get(1)?, row.get(2)?));
            self.writer.query_row(text, [], of).unwrap()
        }
    }

    #[test]
    fn without_a_thread_the_writer_copies_all_once_enough_has_come_together() {
        let books = Books::open();
        books.write(COPIED_FROM / 2);
        after_commit(&books.writer, None).unwrap();
        assert_eq!(books.log().1, 0, "too early");
        books.write(COPIED_FROM);
        after_commit(&books.writer, None).unwrap();
        let (pages, copied) = books.log();
        assert_eq!(copied, pages);
        books.write(1);
        assert!(books.log().0 < COPIED_FROM, "the log begins anew");
    }

    #[test]
    fn the_thread_copies_what_is_much_and_the_writer_the_rest() {
        let books = Books::open();
        let copier = Copier::start(books.reader()).unwrap();
        books.write(COPIED_FROM);
        // As long as somebody reads in the log, it does not begin anew.
        let reader = books.reader();
        reader
            .execute_batch("begin; select count(*) from t")
            .unwrap();
        after_commit(&books.writer, Some(&copier)).unwrap();
        let begun = Instant::now();
        while books.log().0 != books.log().1 {
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "{:?}",
                books.log()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        books.write(LEFT_TO_THE_WRITER / 2);
        reader.execute_batch("commit").unwrap();
        let (pages, copied) = books.log();
        assert!(pages > COPIED_FROM && copied < pages, "{copied} of {pages}");
        after_commit(&books.writer, Some(&copier)).unwrap();
        assert_eq!(books.log(), (pages, pages), "at once");
        copier.end();
    }

    #[test]
    fn a_thread_that_cannot_copy_goes_on() {
        let books = Books::open();
        let file = books.folder.path().join("no-books.db");
        std::fs::write(&file, [7; 8_192]).unwrap();
        let copier = Copier::start(rusqlite::Connection::open(file).unwrap()).unwrap();
        books.write(COPIED_FROM);
        for _ in 0..3 {
            after_commit(&books.writer, Some(&copier)).unwrap();
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(!copier.thread.is_finished());
        copier.end();
        assert_eq!(books.log().1, 0);
    }
}
