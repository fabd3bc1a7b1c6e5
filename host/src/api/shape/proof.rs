//! Proofs of a log on the wire, and what asks for them.

use guichet_domain::Digest;
use guichet_domain::merkle::{ConsistencyProof, InclusionProof};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// From which entry on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    #[serde(default)]
    pub from: u64,
}

/// Which two sizes of a log.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    pub older: u64,
    pub newer: u64,
}

/// A proof (RFC 9162).
#[derive(Debug, Serialize, ToSchema)]
pub struct Inclusion {
    /// Hash of the entry.
    #[schema(value_type = String)]
    pub leaf: Digest,
    /// Hashes from the leaf upwards.
    #[schema(value_type = Vec<String>)]
    pub path: Vec<Digest>,
}

impl From<InclusionProof> for Inclusion {
    fn from(proof: InclusionProof) -> Self {
        let InclusionProof { leaf, path } = proof;
        Self { leaf, path }
    }
}

/// A proof (RFC 9162).
#[derive(Debug, Serialize, ToSchema)]
pub struct Consistency {
    /// The root of the older log.
    #[schema(value_type = String)]
    pub older_root: Digest,
    /// The root of the newer one.
    #[schema(value_type = String)]
    pub newer_root: Digest,
    /// Hashes.
    #[schema(value_type = Vec<String>)]
    pub path: Vec<Digest>,
}

impl From<ConsistencyProof> for Consistency {
    fn from(proof: ConsistencyProof) -> Self {
        let ConsistencyProof {
            older_root,
            newer_root,
            path,
        } = proof;
        Self {
            older_root,
            newer_root,
            path,
        }
    }
}
