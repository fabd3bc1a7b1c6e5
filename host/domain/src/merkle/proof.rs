//! Proofs, and how anybody checks them with the hash function and two roots alone
//! (RFC 9162, sections 2.1.3.2 and 2.1.4.2).

use super::{HashFunction, node_hash};
use crate::digest::Digest;

/// An entry is in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    /// Hash of the entry.
    pub leaf: Digest,
    /// Hashes from the leaf upwards.
    pub path: Vec<Digest>,
}

/// An older log is the beginning of a newer one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// The root of the older one.
    pub older_root: Digest,
    /// The root of the newer one.
    pub newer_root: Digest,
    /// Hashes.
    pub path: Vec<Digest>,
}

/// A proof that proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// No such entry or tree, or too many or too few hashes.
    #[error("the proof does not have the form that these tree sizes need")]
    Form,
    /// The hashes lead to another root.
    #[error("the proof leads to another root: the log was altered, or the proof is of another log")]
    Root,
}

/// Checks that the leaf is entry `index` of the tree of `size` entries.
pub fn verify_inclusion(
    hash: HashFunction,
    leaf: &Digest,
    (index, size): (u64, u64),
    proof: &[Digest],
    root: &Digest,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Form);
    }
    let (mut node, mut last) = (index, size - 1);
    let mut found = *leaf;
    for other in proof {
        if last == 0 {
            return Err(ProofError::Form);
        }
        if node & 1 == 1 || node == last {
            found = node_hash(hash, other, &found);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            found = node_hash(hash, &found, other);
        }
        node >>= 1;
        last >>= 1;
    }
    same(last, &[(&found, root)])
}

/// Checks that the tree of `older` entries is the beginning of that of `newer`.
pub fn verify_consistency(
    hash: HashFunction,
    (older, older_root): (u64, &Digest),
    (newer, newer_root): (u64, &Digest),
    proof: &[Digest],
) -> Result<(), ProofError> {
    if older == 0 || older > newer {
        return Err(ProofError::Form);
    }
    if older == newer {
        let form = if proof.is_empty() { 0 } else { 1 };
        return same(form, &[(older_root, newer_root)]);
    }
    // A complete older tree is itself the first subtree of the proof.
    let mut hashes = older
        .is_power_of_two()
        .then_some(older_root)
        .into_iter()
        .chain(proof);
    let first = hashes.next().ok_or(ProofError::Form)?;
    let (mut node, mut last) = (older - 1, newer - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut old, mut new) = (*first, *first);
    for other in hashes {
        if last == 0 {
            return Err(ProofError::Form);
        }
        if node & 1 == 1 || node == last {
            old = node_hash(hash, other, &old);
            new = node_hash(hash, other, &new);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new = node_hash(hash, &new, other);
        }
        node >>= 1;
        last >>= 1;
    }
    same(last, &[(&old, older_root), (&new, newer_root)])
}

fn same(left_over: u64, pairs: &[(&Digest, &Digest)]) -> Result<(), ProofError> {
    if left_over != 0 {
        return Err(ProofError::Form);
    }
    if pairs.iter().all(|(found, expected)| found == expected) {
        Ok(())
    } else {
        Err(ProofError::Root)
    }
}
