//! Which runs of entries a root or a proof is made of (RFC 9162, sections 2.1.3.1
//! and 2.1.4.1). Knows sizes and positions, no hashes.

/// A complete subtree: of two to the power of its height entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subtree {
    /// Its height; leaves have none.
    pub level: u32,
    /// Its position among those of the same height.
    pub index: u64,
}

/// A run of entries that is a subtree of some tree: complete, or its right edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    begin: u64,
    end: u64,
}

impl Span {
    /// All entries of a tree.
    pub(super) const fn whole(size: u64) -> Self {
        Self {
            begin: 0,
            end: size,
        }
    }

    /// The complete subtrees that it is made of, from the left.
    pub(super) fn complete(self) -> Vec<Subtree> {
        let mut found = Vec::new();
        let mut begin = self.begin;
        while begin < self.end {
            let fits = (self.end - begin).ilog2();
            let level = if begin == 0 {
                fits
            } else {
                fits.min(begin.trailing_zeros())
            };
            found.push(Subtree {
                level,
                index: begin >> level,
            });
            begin += 1 << level;
        }
        found
    }

    /// The two subtrees below, the left one as large a power of two as leaves
    /// something to the right one. Has two entries or more.
    fn split(self) -> (Self, Self) {
        let middle = self.begin + (1 << (self.end - self.begin - 1).ilog2());
        (
            Self {
                end: middle,
                ..self
            },
            Self {
                begin: middle,
                ..self
            },
        )
    }
}

/// What proves that entry `index` is in the tree of `size` entries, from the leaf
/// upwards; none where it is not.
pub(super) fn inclusion(index: u64, size: u64) -> Option<Vec<Span>> {
    if index >= size {
        return None;
    }
    let mut spans = Vec::new();
    let mut within = Span::whole(size);
    while within.end - within.begin > 1 {
        let (left, right) = within.split();
        let (own, other) = if index < left.end {
            (left, right)
        } else {
            (right, left)
        };
        spans.push(other);
        within = own;
    }
    spans.reverse();
    Some(spans)
}

/// What proves that the tree of `older` entries is the beginning of the tree of
/// `newer`; none where it cannot be, or is empty.
pub(super) fn consistency(older: u64, newer: u64) -> Option<Vec<Span>> {
    if older == 0 || older > newer {
        return None;
    }
    let mut spans = Vec::new();
    let mut within = Span::whole(newer);
    while within.end != older {
        let (left, right) = within.split();
        if older <= left.end {
            spans.push(right);
            within = left;
        } else {
            spans.push(left);
            within = right;
        }
    }
    // A subtree that begins with the first entry is the whole older tree: the
    // verifier has its root.
    if within.begin != 0 {
        spans.push(within);
    }
    spans.reverse();
    Some(spans)
}
