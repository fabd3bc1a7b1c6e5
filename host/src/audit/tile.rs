//! Trees in tiles: the hashes of one height in runs of 256, after C2SP
//! tlog-tiles. Knows where a subtree's hash is to be found; keeps nothing.

use guichet_domain::Digest;
use guichet_domain::merkle::{Subtree, node_hash};
use guichet_registry::sign::sha256_parts;

/// Levels of the tree within a tile.
pub(super) const HEIGHT: u32 = 8;
/// Hashes of a full tile.
pub(super) const WIDTH: u64 = 1 << HEIGHT;

/// A tile's place in its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// 0 for leaves.
    pub(super) level: u32,
    /// Its position among those of the same level.
    pub(super) position: u64,
}

/// Hashes that the tree of `size` leaves has at a tile's level, altogether.
pub(super) const fn hashes_at(size: u64, level: u32) -> u64 {
    let shift = level * HEIGHT;
    if shift < u64::BITS { size >> shift } else { 0 }
}

/// Where the hashes below a subtree stand.
pub(super) const fn place_of(subtree: Subtree) -> Place {
    let (level, within) = (subtree.level / HEIGHT, subtree.level % HEIGHT);
    Place {
        level,
        position: (subtree.index << within) / WIDTH,
    }
}

/// A subtree's hash out of its tile; none where the tile does not reach so far.
pub(super) fn subtree_in(tile: &[Digest], subtree: Subtree) -> Option<Digest> {
    let within = subtree.level % HEIGHT;
    let first = usize::try_from((subtree.index << within) % WIDTH).ok()?;
    let run = tile.get(first..first + (1 << within))?;
    Some(fold(run))
}

/// The hash over a run of a power of two.
pub(super) fn fold(run: &[Digest]) -> Digest {
    match run {
        [one] => *one,
        several => {
            let (left, right) = several.split_at(several.len() / 2);
            node_hash(sha256_parts, &fold(left), &fold(right))
        }
    }
}
