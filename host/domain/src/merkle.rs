//! A Merkle tree over an append-only list (RFC 9162, section 2.1): its root at
//! every size, and proofs that an entry is in it and that an older tree is its
//! beginning. Callers bring the hash function and keep the entries.

mod plan;
mod proof;
mod span;

pub use plan::Plan;
pub use proof::{
    ConsistencyProof, InclusionProof, ProofError, verify_consistency, verify_inclusion,
};
pub use span::Subtree;

use crate::digest::Digest;
use span::Span;

/// Hashes the concatenation of the parts.
pub type HashFunction = fn(&[&[u8]]) -> Digest;

/// Keeps leaves apart from nodes, so that neither passes for the other.
const LEAF: [u8; 1] = [0];
const NODE: [u8; 1] = [1];

/// The hash of an entry.
#[must_use]
pub fn leaf_hash(hash: HashFunction, entry: &[u8]) -> Digest {
    hash(&[&LEAF, entry])
}

/// The hash of two subtrees under one node.
#[must_use]
pub fn node_hash(hash: HashFunction, left: &Digest, right: &Digest) -> Digest {
    hash(&[&NODE, left.as_bytes(), right.as_bytes()])
}

/// A tree with the hashes of all its complete subtrees, which never change: two
/// hashes for each entry, and every proof in logarithmic time.
#[derive(Debug, Clone)]
pub struct Tree {
    hash: HashFunction,
    /// The complete subtrees by height; the first level are the leaves.
    levels: Vec<Vec<Digest>>,
}

impl Tree {
    /// A tree without entries.
    #[must_use]
    pub const fn new(hash: HashFunction) -> Self {
        Self {
            hash,
            levels: Vec::new(),
        }
    }

    /// Entries so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// Appends the hash of an entry, as `leaf_hash` gives it; its position.
    pub fn append(&mut self, leaf: Digest) -> u64 {
        let position = self.size();
        let mut made = leaf;
        for level in 0.. {
            if level == self.levels.len() {
                self.levels.push(Vec::new());
            }
            let hashes = &mut self.levels[level];
            hashes.push(made);
            match hashes.as_slice() {
                [.., left, right] if hashes.len().is_multiple_of(2) => {
                    made = node_hash(self.hash, left, right);
                }
                _ => break,
            }
        }
        position
    }

    /// The hash of an entry.
    #[must_use]
    pub fn leaf(&self, index: u64) -> Option<Digest> {
        let leaves = self.levels.first()?;
        leaves.get(usize::try_from(index).ok()?).copied()
    }

    /// The root over all entries.
    #[must_use]
    pub fn root(&self) -> Digest {
        self.fold(Span::whole(self.size()))
    }

    /// The root that one more entry would give.
    #[must_use]
    pub fn root_with(&self, leaf: Digest) -> Digest {
        let complete = Span::whole(self.size()).complete().into_iter().rev();
        complete.fold(leaf, |right, subtree| {
            node_hash(self.hash, self.subtree(subtree), &right)
        })
    }

    /// The root when the tree had `size` entries; none where it has fewer.
    #[must_use]
    pub fn root_at(&self, size: u64) -> Option<Digest> {
        (size <= self.size()).then(|| self.fold(Span::whole(size)))
    }

    /// Proves that entry `index` is in the tree of `size` entries; none where
    /// it is not, or where this tree has fewer.
    #[must_use]
    pub fn inclusion(&self, index: u64, size: u64) -> Option<Vec<Digest>> {
        let spans = span::inclusion(index, size).filter(|_| size <= self.size())?;
        Some(spans.into_iter().map(|span| self.fold(span)).collect())
    }

    /// Proves that the tree of `older` entries is the beginning of that of
    /// `newer`; none where it cannot be, where `older` is empty (everything
    /// begins with nothing, without a proof), or where this tree has fewer.
    #[must_use]
    pub fn consistency(&self, older: u64, newer: u64) -> Option<Vec<Digest>> {
        let spans = span::consistency(older, newer).filter(|_| newer <= self.size())?;
        Some(spans.into_iter().map(|span| self.fold(span)).collect())
    }

    /// The hash of a run of entries that lies within the tree.
    fn fold(&self, span: Span) -> Digest {
        plan::fold(self.hash, span, |subtree| Some(*self.subtree(subtree)))
            .expect("a tree in memory has all its subtrees")
    }

    fn subtree(&self, subtree: Subtree) -> &Digest {
        let index = usize::try_from(subtree.index);
        let index = index.expect("positions of a tree in memory are addresses");
        &self.levels[subtree.level as usize][index]
    }
}

#[cfg(test)]
mod tests;
