//! Proofs for those who do not trust this node: an entry is in the log, and an
//! older log is the beginning of this one (RFC 9162).

use guichet_domain::Digest;
use guichet_domain::merkle::{ConsistencyProof, InclusionProof};
use guichet_registry::checkpoint::verifier_key;

use super::Log;

/// The newest tree head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Entries.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
    /// Both, signed by the registry.
    pub checkpoint: String,
    /// The key that signed it, as tools for signed notes take it; none before the
    /// founding.
    pub verifier_key: Option<String>,
}

impl Log {
    /// The newest tree head.
    #[must_use]
    pub fn head(&self) -> Head {
        let state = self.state();
        let size = state.tree.size();
        let origin = state.register.origin();
        let key = state.register.registry_key(size.saturating_sub(1));
        Head {
            size,
            root: state.tree.root(),
            checkpoint: state.checkpoint.clone(),
            verifier_key: origin
                .zip(key)
                .map(|(origin, key)| verifier_key(origin, key)),
        }
    }

    /// That an entry is in the log of this size; none where it is not, or where
    /// the log has not grown so far.
    #[must_use]
    pub fn inclusion(&self, position: u64, size: u64) -> Option<InclusionProof> {
        let state = self.state();
        Some(InclusionProof {
            leaf: state.tree.leaf(position)?,
            path: state.tree.inclusion(position, size)?,
        })
    }

    /// That the log of `older` entries is the beginning of that of `newer`.
    #[must_use]
    pub fn consistency(&self, older: u64, newer: u64) -> Option<ConsistencyProof> {
        let state = self.state();
        Some(ConsistencyProof {
            older_root: state.tree.root_at(older)?,
            newer_root: state.tree.root_at(newer)?,
            path: state.tree.consistency(older, newer)?,
        })
    }
}
