//! Roots and proofs of a tree that is kept elsewhere: first what they are made of
//! is named, then the hashes that were fetched are folded. Fetches nothing.

use super::span::{self, Span};
use super::{HashFunction, Subtree, node_hash};
use crate::digest::Digest;

/// A root or a proof whose hashes are still to be fetched.
#[derive(Debug, Clone)]
pub struct Plan(Vec<Span>);

impl Plan {
    /// The root of a tree; filled, it is one hash.
    #[must_use]
    pub fn root(size: u64) -> Self {
        Self(vec![Span::whole(size)])
    }

    /// That entry `index` is in the tree of `size` entries; none where it is not.
    #[must_use]
    pub fn inclusion(index: u64, size: u64) -> Option<Self> {
        span::inclusion(index, size).map(Self)
    }

    /// That the tree of `older` entries is the beginning of that of `newer`; none
    /// where it cannot be, or where `older` is empty.
    #[must_use]
    pub fn consistency(older: u64, newer: u64) -> Option<Self> {
        span::consistency(older, newer).map(Self)
    }

    /// The complete subtrees whose hashes are needed.
    #[must_use]
    pub fn subtrees(&self) -> Vec<Subtree> {
        self.0.iter().flat_map(|span| span.complete()).collect()
    }

    /// The hashes of the root or proof; none where `find` lacks one of the
    /// subtrees.
    #[must_use]
    pub fn fill(
        &self,
        hash: HashFunction,
        find: impl Fn(Subtree) -> Option<Digest>,
    ) -> Option<Vec<Digest>> {
        let spans = self.0.iter();
        spans.map(|span| fold(hash, *span, &find)).collect()
    }
}

/// The hash of a run of entries; none where one of its subtrees is not found.
pub(super) fn fold(
    hash: HashFunction,
    span: Span,
    find: impl Fn(Subtree) -> Option<Digest>,
) -> Option<Digest> {
    let mut complete = span.complete().into_iter().rev();
    let Some(last) = complete.next() else {
        return Some(hash(&[]));
    };
    complete.try_fold(find(last)?, |right, subtree| {
        Some(node_hash(hash, &find(subtree)?, &right))
    })
}
