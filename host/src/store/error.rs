//! What can go wrong with the books, by kind, never by message text.

use rusqlite::ErrorCode;
use sqlx::error::ErrorKind;

use super::Trouble;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database server said no or is away.
    #[error("database: {0}")]
    Server(#[from] sqlx::Error),
    /// The database file said no, or cannot be read or written.
    #[error("database file: {0}")]
    File(#[from] rusqlite::Error),
    /// The store was closed.
    #[error("the database is closed")]
    Closed,
    /// The writer's queue is full, or the writer has stopped.
    #[error("the writer takes no more commands")]
    WriterFull,
    /// The database server takes longer than anything here may take.
    #[error("the database server does not answer")]
    Silent,
    /// The transaction failed; nothing of it was done.
    #[error("the transaction was rolled back: {0}")]
    RolledBack(String),
    /// The disk is in the way; nothing of the transaction counts.
    #[error("the disk of the database: {1}")]
    Disk(Trouble, String),
    /// A cell does not hold what the schema promises.
    #[error("column {0} holds something unexpected")]
    Shape(usize),
    /// Sealed data does not open: wrong key, wrong place, or damaged.
    #[error("sealed data cannot be opened")]
    Seal(#[from] crate::seal::SealError),
    /// JSON in the database does not read.
    #[error("stored JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The database must not be used as it is.
    #[error("{0}")]
    Unfit(String),
}

impl StoreError {
    /// Whether the same call may succeed a little later.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        if self.trouble().is_some() {
            return true;
        }
        match self {
            Self::WriterFull
            | Self::Silent
            | Self::RolledBack(_)
            | Self::Closed
            | Self::Disk(..) => true,
            Self::Server(error) => match error {
                sqlx::Error::Database(error) => error.kind() == ErrorKind::Other,
                sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed => true,
                _ => false,
            },
            // Busy, or short of something for now.
            Self::File(error) => matches!(
                error.sqlite_error_code(),
                Some(
                    ErrorCode::DatabaseBusy
                        | ErrorCode::DatabaseLocked
                        | ErrorCode::OperationInterrupted
                        | ErrorCode::OutOfMemory
                )
            ),
            Self::Shape(_) | Self::Seal(_) | Self::Json(_) | Self::Unfit(_) => false,
        }
    }

    /// What it says about the disk under the database, where it says anything.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            Self::Disk(trouble, _) => Some(*trouble),
            // `disk_full`; `io_error`.
            Self::Server(sqlx::Error::Database(error)) => match error.code()?.as_ref() {
                "53100" => Some(Trouble::Full),
                "58030" => Some(Trouble::Failing),
                _ => None,
            },
            Self::File(error) => match error.sqlite_error_code()? {
                ErrorCode::DiskFull => Some(Trouble::Full),
                // A file system that has failed is often read only from then on.
                ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::ReadOnly => {
                    Some(Trouble::Failing)
                }
                _ => None,
            },
            Self::Server(_)
            | Self::Closed
            | Self::WriterFull
            | Self::RolledBack(_)
            | Self::Shape(_)
            | Self::Seal(_)
            | Self::Json(_)
            | Self::Silent
            | Self::Unfit(_) => None,
        }
    }

    /// The same once more, for another command that failed with this one.
    pub(super) fn shared(&self) -> Self {
        match self.trouble() {
            Some(trouble) => Self::Disk(trouble, self.to_string()),
            None => Self::RolledBack(self.to_string()),
        }
    }

    /// Whether a unique or check constraint refused a row.
    #[must_use]
    pub fn is_constraint(&self) -> bool {
        match self {
            Self::Server(sqlx::Error::Database(error)) => !matches!(
                error.kind(),
                ErrorKind::Other | ErrorKind::ExclusionViolation
            ),
            Self::File(error) => error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation),
            _ => false,
        }
    }
}
