//! The registry's log on this node: entries come from the store, are checked
//! against their signed tree heads and folded into the register; acts are
//! entered through here and nowhere else. Whether an act is lawful is the
//! register's matter.

mod enter;
mod follow;
mod memory;
mod proof;
mod signer;
#[cfg(test)]
mod tests;
mod verify;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use guichet_domain::Moment;
use guichet_domain::merkle::Tree;
use guichet_registry::checkpoint::CheckpointError;
use guichet_registry::register::{Refusal, Register};
use guichet_registry::sign::{SigningKey, sha256_parts};
use tokio::sync::watch;

pub use enter::{Entered, Founding};
pub use memory::NoteError;
pub(crate) use memory::{read_note, write_note};
pub use proof::Head;
pub use signer::{SignerError, load as load_signer, make as make_signer};
pub use verify::{Fault, Verified, verify};

use crate::ports::Ports;
use crate::store::{Store, StoreError};

/// The log of this node. Cheap to clone.
#[derive(Clone)]
pub struct Log(Arc<Inner>);

struct Inner {
    store: Store,
    ports: Ports,
    /// Only nodes that have the registry's key enter acts.
    signer: Option<SigningKey>,
    state: RwLock<State>,
    /// One act is entered at a time on this node.
    turn: tokio::sync::Mutex<()>,
    /// Where the last tree head is remembered, so that a log that was cut back
    /// is noticed.
    memory: PathBuf,
    /// Size of the log then.
    remembered: Mutex<u64>,
    size: watch::Sender<u64>,
}

/// What the entries so far amount to.
#[derive(Debug, Clone)]
struct State {
    register: Register,
    tree: Tree,
    /// The signed tree head over all entries; empty before the first.
    checkpoint: String,
}

/// Why the log cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry or its tree head is not what was signed.
    #[error("the registry's log was altered at entry {position}: {problem}")]
    Altered {
        /// Which entry.
        position: u64,
        /// What is wrong.
        problem: String,
    },
    /// The act is not lawful.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// This node only follows.
    #[error("this node does not have the registry's key: use one that has")]
    NoKey,
    /// Others entered acts all the time.
    #[error("other nodes were entering acts: try again")]
    Busy,
    /// A tree head cannot be made.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The last tree head cannot be remembered.
    #[error(transparent)]
    Memory(#[from] NoteError),
}

impl Log {
    /// Reads and checks the whole log. An altered log is refused.
    pub async fn open(
        store: Store,
        ports: Ports,
        signer: Option<SigningKey>,
        memory: PathBuf,
    ) -> Result<Self, LogError> {
        let state = State {
            register: Register::default(),
            tree: Tree::new(sha256_parts),
            checkpoint: String::new(),
        };
        let log = Self(Arc::new(Inner {
            store,
            ports,
            signer,
            state: RwLock::new(state),
            turn: tokio::sync::Mutex::default(),
            memory,
            remembered: Mutex::default(),
            size: watch::channel(0).0,
        }));
        log.follow().await?;
        log.compare_with_memory()?;
        log.remember()?;
        Ok(log)
    }

    /// Looks at the register.
    pub fn read<T>(&self, look: impl FnOnce(&Register) -> T) -> T {
        look(&self.state().register)
    }

    /// The size of the log, whenever it grows.
    #[must_use]
    pub fn growth(&self) -> watch::Receiver<u64> {
        self.0.size.subscribe()
    }

    /// Whether this node can enter acts.
    #[must_use]
    pub fn has_key(&self) -> bool {
        self.0.signer.is_some()
    }

    /// The registry's key, to countersign releases.
    pub fn signer(&self) -> Result<&SigningKey, LogError> {
        self.0.signer.as_ref().ok_or(LogError::NoKey)
    }

    fn state(&self) -> std::sync::RwLockReadGuard<'_, State> {
        self.0.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn state_mut(&self) -> std::sync::RwLockWriteGuard<'_, State> {
        self.0.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Moment {
        self.0.ports.now()
    }
}
