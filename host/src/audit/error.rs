//! Why the audit log cannot be signed or read.

use guichet_registry::checkpoint::CheckpointError;
use guichet_registry::sign::SignError;

use crate::log::NoteError;
use crate::seal::SealError;
use crate::store::StoreError;

/// See the module.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Events, hashes and tree heads do not belong together.
    #[error(
        "the audit log {log} was altered: {problem}; nothing is signed any more: run `guichet audit verify`"
    )]
    Altered {
        /// Which log.
        log: u8,
        /// What is wrong.
        problem: String,
    },
    /// Another process has signed this node's log.
    #[error(
        "another process signs the audit log {0}: two nodes run under one name, give one of them another with --node"
    )]
    Contested(u8),
    /// The installation's key does not open.
    #[error("the installation's key: {0}; use the vault.key that it was sealed with")]
    Sealed(#[from] SealError),
    /// The installation's key does not read.
    #[error("the installation's key: {0}")]
    Key(#[from] SignError),
    /// A tree head cannot be made.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The last tree head cannot be remembered.
    #[error(transparent)]
    Memory(#[from] NoteError),
}
