//! The audit log: every event is a leaf of its node's log. Each node signs tree
//! heads of its own log; any node proves what stands in any log. When it is time
//! to sign is decided by whoever calls `sign`.

mod error;
mod frontier;
mod installation;
mod proof;
mod replay;
mod sign;
#[cfg(test)]
mod tests;
mod tile;
mod verify;

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use guichet_registry::checkpoint::{LogOrigin, verifier_key};
use guichet_registry::sign::{PublicKey, Signature, StatementKind};
use tokio::sync::watch;

pub use error::AuditError;
pub use installation::origin_of;
pub use proof::Head;
pub use replay::{Fault, Kept, Replay};
pub use verify::{Report, verify};

use crate::ports::Ports;
use crate::store::Store;
use installation::Installation;
use sign::Own;

/// The audit logs, as one node has them. Cheap to clone.
#[derive(Clone)]
pub struct Audit(Arc<Inner>);

struct Inner {
    store: Store,
    ports: Ports,
    installation: Installation,
    /// Where the last tree head of this node is remembered, so that a log that
    /// was cut back is noticed.
    memory: PathBuf,
    /// One task signs at a time.
    own: tokio::sync::Mutex<Own>,
    /// What was found altered: from then on nothing is signed.
    altered: RwLock<Option<String>>,
}

impl std::fmt::Debug for Audit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Audit")
            .field("installation", &self.0.installation)
            .finish_non_exhaustive()
    }
}

impl Audit {
    /// Opens the logs and looks whether this node's own is as it was left. One
    /// that was altered does not keep the node from starting: it is told by
    /// `altered`, and nothing is signed.
    pub async fn open(
        store: Store,
        ports: Ports,
        name: Option<LogOrigin>,
        memory: PathBuf,
    ) -> Result<Self, AuditError> {
        let installation = Installation::open(&store, &ports, name).await?;
        let audit = Self(Arc::new(Inner {
            store,
            ports,
            installation,
            memory,
            own: tokio::sync::Mutex::default(),
            altered: RwLock::default(),
        }));
        match audit.take_up().await {
            Ok(()) | Err(AuditError::Altered { .. }) => Ok(audit),
            Err(error) => Err(error),
        }
    }

    /// The installation's name.
    #[must_use]
    pub fn installation(&self) -> &LogOrigin {
        &self.0.installation.name
    }

    /// The key that checks everything that this installation signs.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.0.installation.key.public()
    }

    /// The same for tools for signed notes, which want it by the log's name.
    #[must_use]
    pub fn verifier_key(&self, log: u8) -> String {
        verifier_key(&origin_of(self.installation(), log), &self.public_key())
    }

    /// Signs a statement in the installation's name.
    #[must_use]
    pub fn sign_statement(&self, kind: StatementKind, text: &str) -> Signature {
        self.0.installation.key.sign_statement(kind, text)
    }

    /// What was found altered, if anything.
    #[must_use]
    pub fn altered(&self) -> Option<String> {
        let altered = self.0.altered.read();
        altered.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The size of this node's log, whenever it grows.
    #[must_use]
    pub fn growth(&self) -> watch::Receiver<u64> {
        self.0.store.audit_growth()
    }
}
