//! Proofs for those who do not trust this node, from a few rows of hashes each,
//! however long the log is.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use guichet_domain::Digest;
use guichet_domain::merkle::{ConsistencyProof, InclusionProof, Plan, Subtree, leaf_hash};
use guichet_registry::checkpoint::SignedCheckpoint;
use guichet_registry::sign::sha256_parts;

use super::frontier::Frontier;
use super::tile::{self, Place, WIDTH};
use super::{Audit, AuditError};
use crate::store::{LoggedEvent, Store};

/// A log's newest tree head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Which log.
    pub log: u8,
    /// Its leaves.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
    /// Both, signed.
    pub checkpoint: String,
}

impl Audit {
    /// The newest tree heads of all logs.
    pub async fn heads(&self) -> Result<Vec<Head>, AuditError> {
        let mut heads = Vec::new();
        for log in self.0.store.audit_logs().await? {
            heads.extend(self.head(log).await?);
        }
        Ok(heads)
    }

    /// A log's newest tree head; none before it was first signed.
    pub async fn head(&self, log: u8) -> Result<Option<Head>, AuditError> {
        let Some(stored) = self.0.store.checkpoint(log).await? else {
            return Ok(None);
        };
        let signed = SignedCheckpoint::parse(&stored.note)?;
        let head = signed.unverified();
        Ok(Some(Head {
            log,
            size: head.size(),
            root: head.root(),
            checkpoint: stored.note,
        }))
    }

    /// That a leaf is in the log of this size; none where it is not, or where the
    /// log has not been signed so far.
    pub async fn inclusion(
        &self,
        log: u8,
        index: u64,
        size: u64,
    ) -> Result<Option<InclusionProof>, AuditError> {
        let Some(plan) = Plan::inclusion(index, size) else {
            return Ok(None);
        };
        let leaf = Subtree { level: 0, index };
        let Some(tiles) = self.tiles(log, size, &[&plan], &[leaf]).await? else {
            return Ok(None);
        };
        Ok(tiles
            .subtree(leaf)
            .zip(tiles.fill(&plan))
            .map(|(leaf, path)| InclusionProof { leaf, path }))
    }

    /// That the log of `older` leaves is the beginning of that of `newer`; none
    /// where the log has not been signed so far.
    pub async fn consistency(
        &self,
        log: u8,
        older: u64,
        newer: u64,
    ) -> Result<Option<ConsistencyProof>, AuditError> {
        let Some(plan) = Plan::consistency(older, newer) else {
            return Ok(None);
        };
        let roots = [Plan::root(older), Plan::root(newer)];
        let plans = [&plan, &roots[0], &roots[1]];
        let Some(tiles) = self.tiles(log, newer, &plans, &[]).await? else {
            return Ok(None);
        };
        let root = |plan| tiles.fill(plan).and_then(|hashes| hashes.first().copied());
        let (Some(older_root), Some(newer_root)) = (root(&roots[0]), root(&roots[1])) else {
            return Ok(None);
        };
        Ok(tiles.fill(&plan).map(|path| ConsistencyProof {
            older_root,
            newer_root,
            path,
        }))
    }

    /// What the log holds from here on: for auditors.
    pub async fn entries(
        &self,
        log: u8,
        from: u64,
        limit: u32,
    ) -> Result<Vec<LoggedEvent>, AuditError> {
        Ok(self.0.store.logged_events(log, from, limit).await?)
    }

    /// The hashes that these plans and subtrees are made of; none where the log
    /// has not been signed up to `size`.
    pub(super) async fn tiles(
        &self,
        log: u8,
        size: u64,
        plans: &[&Plan],
        subtrees: &[Subtree],
    ) -> Result<Option<Tiles>, AuditError> {
        let head = self.0.store.checkpoint(log).await?;
        let signed = head.map_or(0, |head| head.size);
        if size > signed {
            return Ok(None);
        }
        let planned = plans.iter().flat_map(|plan| plan.subtrees());
        let mut tiles = Tiles::default();
        for subtree in planned.chain(subtrees.iter().copied()) {
            let place = tile::place_of(subtree);
            if let Entry::Vacant(missing) = tiles.0.entry(place) {
                missing.insert(read_tile(&self.0.store, log, place).await?);
            }
        }
        Ok(Some(tiles))
    }
}

/// Some tiles of a log.
#[derive(Debug, Default)]
pub(super) struct Tiles(BTreeMap<Place, Vec<Digest>>);

impl Tiles {
    fn subtree(&self, subtree: Subtree) -> Option<Digest> {
        tile::subtree_in(self.0.get(&tile::place_of(subtree))?, subtree)
    }

    pub(super) fn fill(&self, plan: &Plan) -> Option<Vec<Digest>> {
        plan.fill(sha256_parts, |subtree| self.subtree(subtree))
    }
}

/// A tile as far as there is one: at the lowest level, where it is not full, made
/// from the events.
async fn read_tile(store: &Store, log: u8, place: Place) -> Result<Vec<Digest>, AuditError> {
    let kept = store.audit_tile(log, place.level, place.position).await?;
    if !kept.is_empty() || place.level > 0 {
        return Ok(kept);
    }
    leaves(store, log, place.position * WIDTH, WIDTH).await
}

/// The hashes of so many leaves from `first` on, as the events give them; fewer
/// where there are gaps.
pub(super) async fn leaves(
    store: &Store,
    log: u8,
    first: u64,
    count: u64,
) -> Result<Vec<Digest>, AuditError> {
    let limit = u32::try_from(count).unwrap_or(u32::MAX);
    let events = store.logged_events(log, first, limit).await?;
    let in_place = (first..first + count).zip(&events);
    Ok(in_place
        .take_while(|(index, event)| event.index == *index)
        .map(|(_, event)| leaf_of(event))
        .collect())
}

/// The hash of an event's leaf.
pub(super) fn leaf_of(event: &LoggedEvent) -> Digest {
    leaf_hash(sha256_parts, event.entry.text().as_bytes())
}

/// The right edge of the log when it had this size, from what is kept; none where
/// that does not suffice.
pub(super) async fn frontier(
    store: &Store,
    log: u8,
    size: u64,
) -> Result<Option<Frontier>, AuditError> {
    let mut levels = Vec::new();
    for level in 0_u32.. {
        let hashes = tile::hashes_at(size, level);
        if hashes == 0 {
            break;
        }
        let (full, rest) = (hashes / WIDTH, hashes % WIDTH);
        let mut tile = match (level, rest) {
            (_, 0) => Vec::new(),
            (0, _) => leaves(store, log, full * WIDTH, rest).await?,
            _ => store.audit_tile(log, level, full).await?,
        };
        tile.truncate(usize::try_from(rest).unwrap_or(usize::MAX));
        levels.push(tile);
    }
    Ok(Frontier::new(size, levels))
}
