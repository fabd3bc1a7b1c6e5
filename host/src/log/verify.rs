//! `guichet registry verify`: reads the whole log with every care, and compares
//! it with tree heads that somebody kept.

use guichet_domain::Digest;
use guichet_domain::merkle::Tree;
use guichet_registry::checkpoint::SignedCheckpoint;
use guichet_registry::register::Register;
use guichet_registry::sign::sha256_parts;

use super::follow::Care;
use super::{LogError, State};
use crate::store::{LogRow, Store};

/// What was found good.
#[derive(Debug)]
pub struct Verified {
    /// Entries.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
    /// What they amount to.
    pub register: Register,
}

/// What was found wrong.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The log itself.
    #[error(transparent)]
    Log(#[from] LogError),
    /// It does not lead to a kept tree head.
    #[error("the log does not contain the tree head of size {0} that was kept")]
    Kept(u64),
    /// A kept tree head does not read.
    #[error("a kept tree head does not read: {0}")]
    Unreadable(#[from] guichet_registry::checkpoint::CheckpointError),
}

/// Reads the whole log: every entry in place, lawful, and signed with its tree
/// head; and every kept tree head its beginning.
pub async fn verify(store: &Store, kept: &[String]) -> Result<Verified, Fault> {
    let mut state = State {
        register: Register::default(),
        tree: Tree::new(sha256_parts),
        checkpoint: String::new(),
    };
    loop {
        let rows = store.log_from(state.tree.size()).await;
        let rows = rows.map_err(LogError::from)?;
        if rows.is_empty() {
            break;
        }
        let rows: Vec<&LogRow> = rows.iter().collect();
        state.take(&rows, Care::Each)?;
    }
    for text in kept {
        let signed = SignedCheckpoint::parse(text)?;
        let head = signed.unverified();
        if state.tree.root_at(head.size()) != Some(head.root()) {
            return Err(Fault::Kept(head.size()));
        }
    }
    Ok(Verified {
        size: state.tree.size(),
        root: state.tree.root(),
        register: state.register,
    })
}
