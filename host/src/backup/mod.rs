//! Backups of a node with an embedded database: made while it serves, put back
//! before it serves again. Keys are never in a backup. What a restored database
//! means for payments is the payment room's business.

mod make;
mod restore;

use std::path::{Path, PathBuf};

use guichet_domain::Moment;

use crate::audit::AuditError;
use crate::seal::SealError;
use crate::store::{Finding, LedgerReport, StoreError};

pub use make::make;
pub use restore::{mark, restore};

/// The notes in a backup file.
const MADE_AT: &str = "made_at";
const MADE_BY: &str = "made_by";

/// Why there is no backup, or nothing was put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Backups of a server are the server's.
    #[error(
        "the books are on a PostgreSQL server: back it up with its own tools \
         (docs/backup.md says how, and what to do after it was put back)"
    )]
    Server,
    /// Nothing is ever written over.
    #[error("{0} is there already: name another file, or move it away")]
    Exists(PathBuf),
    /// There is nothing.
    #[error("{0} is not there: {1}")]
    Missing(PathBuf, &'static str),
    /// The file is no backup, or not whole any more.
    #[error("{0} is damaged: {1}; take another backup")]
    Damaged(PathBuf, String),
    /// The books in the file break their own rules.
    #[error("the books in {0} are not right ({1} findings, the first: {2}); nothing was put back")]
    Unbalanced(PathBuf, usize, String),
    /// A file cannot be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The logs of events.
    #[error(transparent)]
    Audit(#[from] AuditError),
}

impl BackupError {
    /// For one file.
    fn at(path: &Path) -> impl Fn(std::io::Error) -> Self + '_ {
        move |error| Self::File(path.to_owned(), error)
    }
}

/// A backup that was made.
#[derive(Debug)]
pub struct Made {
    /// The moment that it shows.
    pub at: Moment,
    /// What the check of its books came to.
    pub report: LedgerReport,
    /// Objects in it.
    pub objects: usize,
    /// Its size in bytes.
    pub bytes: u64,
    /// Files of the data folder that are not in it and have to be kept apart.
    pub keys: Vec<PathBuf>,
}

/// A backup that was put back.
#[derive(Debug)]
pub struct Restored {
    /// When it was made.
    pub backup_of: Moment,
    /// From when on the database counts as put back.
    pub at: Moment,
    /// What the check of its books came to.
    pub report: LedgerReport,
    /// Objects that were put back.
    pub objects: usize,
}

/// The first finding in one line.
fn told(findings: &[Finding]) -> String {
    findings.first().map_or_else(String::new, |finding| {
        format!("{}: {}", finding.invariant, finding.record)
    })
}
