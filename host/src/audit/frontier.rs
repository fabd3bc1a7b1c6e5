//! The right edge of a log's tree: all that is needed to append and to tell the
//! root, at most 255 hashes for each level of tiles, however long the log is.

use guichet_domain::Digest;
use guichet_domain::merkle::{Plan, Subtree};
use guichet_registry::sign::sha256_parts;

use super::tile::{self, WIDTH};
use crate::store::TileRow;

/// See the module.
#[derive(Debug, Clone, Default)]
pub(super) struct Frontier {
    size: u64,
    /// The tiles that are not full, by level.
    levels: Vec<Vec<Digest>>,
}

impl Frontier {
    /// Of a log of `size` leaves, from its tiles that are not full; none where
    /// these do not have as many hashes as they should.
    pub(super) fn new(size: u64, levels: Vec<Vec<Digest>>) -> Option<Self> {
        let fits = (0..)
            .zip(&levels)
            .all(|(level, hashes)| hashes.len() as u64 == tile::hashes_at(size, level) % WIDTH);
        let reaches = tile::hashes_at(size, u32::try_from(levels.len()).ok()?) == 0;
        (fits && reaches).then_some(Self { size, levels })
    }

    /// Leaves so far.
    pub(super) const fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf; the tiles that it has filled.
    pub(super) fn push(&mut self, leaf: Digest) -> Vec<TileRow> {
        let mut full = Vec::new();
        let mut carried = leaf;
        self.size += 1;
        for level in 0_u32.. {
            let index = level as usize;
            if index == self.levels.len() {
                self.levels.push(Vec::new());
            }
            self.levels[index].push(carried);
            if (self.levels[index].len() as u64) < WIDTH {
                break;
            }
            let hashes = std::mem::take(&mut self.levels[index]);
            carried = tile::fold(&hashes);
            full.push(TileRow {
                level,
                position: tile::hashes_at(self.size, level) / WIDTH - 1,
                hashes,
            });
        }
        full
    }

    /// The tiles above the leaves that are not full.
    pub(super) fn unfinished(&self) -> Vec<TileRow> {
        let rows = (0_u32..).zip(&self.levels).skip(1);
        rows.filter(|(_, hashes)| !hashes.is_empty())
            .map(|(level, hashes)| TileRow {
                level,
                position: tile::hashes_at(self.size, level) / WIDTH,
                hashes: hashes.clone(),
            })
            .collect()
    }

    /// The root over all leaves.
    pub(super) fn root(&self) -> Digest {
        let plan = Plan::root(self.size);
        let root = plan.fill(sha256_parts, |subtree| self.subtree(subtree));
        root.and_then(|hashes| hashes.first().copied())
            .expect("what a root is made of stands in tiles that are not full")
    }

    fn subtree(&self, subtree: Subtree) -> Option<Digest> {
        let level = tile::place_of(subtree).level;
        tile::subtree_in(self.levels.get(level as usize)?, subtree)
    }
}

#[cfg(test)]
mod tests {
    use guichet_domain::merkle::{Tree, leaf_hash};

    use super::*;

    #[test]
    fn the_right_edge_has_the_trees_root_at_every_size() {
        let mut tree = Tree::new(sha256_parts);
        let mut frontier = Frontier::default();
        let mut filled = Vec::new();
        for entry in 0..66_000_u64 {
            if !(600..=65_400).contains(&entry) {
                assert_eq!(frontier.root(), tree.root(), "{entry}");
            }
            let leaf = leaf_hash(sha256_parts, &entry.to_be_bytes());
            tree.append(leaf);
            filled.append(&mut frontier.push(leaf));
        }
        let of_level = |level| filled.iter().filter(|row| row.level == level).count();
        assert_eq!((of_level(0), of_level(1), of_level(2)), (257, 1, 0));
        assert_eq!(filled[256].level, 1);
        let again = Frontier::new(frontier.size, frontier.levels.clone()).unwrap();
        assert_eq!(again.root(), frontier.root());
        let mut short = frontier.levels.clone();
        short[0].pop();
        assert!(Frontier::new(frontier.size, short).is_none());
    }
}
