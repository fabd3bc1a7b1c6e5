//! Signing this node's own log: takes in what was committed since, puts down the
//! tree's hashes and signs the new head. Refuses as soon as what is kept and what
//! was signed do not belong together.

use std::sync::PoisonError;

use guichet_domain::Digest;
use guichet_domain::merkle::{Plan, Subtree};
use guichet_registry::checkpoint::{Checkpoint, LogOrigin, SignedCheckpoint};

use super::frontier::Frontier;
use super::proof::{frontier, leaf_of, leaves};
use super::tile::{self, HEIGHT, WIDTH};
use super::{Audit, AuditError, origin_of};
use crate::log::{read_note, write_note};
use crate::store::{LoggedEvent, StoredCheckpoint};

/// Events that one tree head is signed over at most; the rest comes right after.
const PAGE: u32 = 4_096;
/// Full tiles that are compared with their events at the start.
const LOOKED_AT: u64 = 16;
/// How often a tree head is put down anew behind one that stood there already.
const TRIES: u8 = 3;

/// Where this node's log stands.
#[derive(Debug, Default)]
pub(super) struct Own {
    frontier: Frontier,
    head: Option<StoredCheckpoint>,
    /// The next older tile to be compared with its events.
    patrol: u64,
}

impl Audit {
    /// Finds out where this node's log was left.
    pub(super) async fn take_up(&self) -> Result<(), AuditError> {
        let mut own = self.0.own.lock().await;
        *own = self.noted(self.look().await)?;
        Ok(())
    }

    /// Signs whatever was committed since the last time; the size of the log as
    /// it is signed now.
    pub async fn sign(&self) -> Result<u64, AuditError> {
        if let Some(problem) = self.altered() {
            return Err(self.altered_by(problem));
        }
        let mut own = self.0.own.lock().await;
        let before = own.frontier.size();
        self.noted(self.sign_on(&mut own).await)?;
        let size = own.frontier.size();
        if size > before {
            self.noted(self.patrol(&mut own).await)?;
        }
        Ok(size)
    }

    async fn sign_on(&self, own: &mut Own) -> Result<(), AuditError> {
        let mut tries = 0;
        loop {
            let from = own.frontier.size();
            let events = self.0.store.logged_events(self.log(), from, PAGE).await?;
            if events.is_empty() {
                return Ok(());
            }
            if self.append(own, &events).await? {
                tries = 0;
                continue;
            }
            // An earlier head was committed after all, though its answer was lost;
            // or somebody else wrote one.
            tries += 1;
            if tries == TRIES {
                return Err(AuditError::Contested(self.log()));
            }
            *own = self.look().await?;
        }
    }

    /// Whether the events could be appended and signed.
    async fn append(&self, own: &mut Own, events: &[LoggedEvent]) -> Result<bool, AuditError> {
        let mut frontier = own.frontier.clone();
        let mut tiles = Vec::new();
        for event in events {
            if event.index != frontier.size() {
                let problem = format!("event {} is missing", frontier.size());
                return Err(self.altered_by(problem));
            }
            tiles.append(&mut frontier.push(leaf_of(event)));
        }
        if !tiles.is_empty() {
            tiles.append(&mut frontier.unfinished());
        }
        let checkpoint = Checkpoint::new(self.origin(), frontier.size(), frontier.root())?;
        let next = StoredCheckpoint {
            log: self.log(),
            size: frontier.size(),
            note: checkpoint.sign(&self.0.installation.key),
            signed_at: self.0.ports.now(),
        };
        let store = &self.0.store;
        if !store
            .put_checkpoint(own.head.as_ref(), &next, &tiles)
            .await?
        {
            return Ok(false);
        }
        write_note(&self.0.memory, &next.note)?;
        own.frontier = frontier;
        own.head = Some(next);
        Ok(true)
    }

    /// Reads how far the log was signed, and looks whether that holds.
    async fn look(&self) -> Result<Own, AuditError> {
        let head = self.0.store.checkpoint(self.log()).await?;
        let size = head.as_ref().map_or(0, |head| head.size);
        let frontier = frontier(&self.0.store, self.log(), size).await?;
        let frontier = frontier.ok_or_else(|| {
            self.altered_by(format!(
                "of the {size} events that were signed some are missing"
            ))
        })?;
        if let Some(head) = &head {
            self.compare_with_head(head, &frontier)?;
        }
        self.compare_with_memory(size).await?;
        let full = size / WIDTH;
        for position in full.saturating_sub(LOOKED_AT)..full {
            self.compare_tile(position).await?;
        }
        Ok(Own {
            frontier,
            head,
            patrol: 0,
        })
    }

    fn compare_with_head(
        &self,
        head: &StoredCheckpoint,
        frontier: &Frontier,
    ) -> Result<(), AuditError> {
        let signed = self.signed(&head.note, "its tree head")?;
        if signed.size() == head.size && signed.root() == frontier.root() {
            return Ok(());
        }
        let problem = format!("its {} events do not lead to its tree head", head.size);
        Err(self.altered_by(problem))
    }

    /// Whether the log leads to the tree head that this node has signed last.
    async fn compare_with_memory(&self, size: u64) -> Result<(), AuditError> {
        let Some(text) = read_note(&self.0.memory)? else {
            return Ok(());
        };
        let name = self.0.memory.display();
        let seen = self.signed(&text, &format!("the tree head in {name}"))?;
        let mend = format!(
            "if the database was restored on purpose, compare it with the backup and remove {name}"
        );
        if seen.size() > size {
            let problem = format!("events that this node has signed are missing; {mend}");
            return Err(self.altered_by(problem));
        }
        let plan = Plan::root(seen.size());
        if self.root(&plan, size).await? == Some(seen.root()) {
            return Ok(());
        }
        let problem = format!("it is not the log that this node has signed before; {mend}");
        Err(self.altered_by(problem))
    }

    /// Compares one older tile, another each time.
    async fn patrol(&self, own: &mut Own) -> Result<(), AuditError> {
        let full = own.frontier.size() / WIDTH;
        if full > 0 {
            self.compare_tile(own.patrol % full).await?;
            own.patrol = (own.patrol + 1) % full;
        }
        Ok(())
    }

    /// Whether a full tile's events, its hashes and the one above them agree.
    async fn compare_tile(&self, position: u64) -> Result<(), AuditError> {
        let (store, first) = (&self.0.store, position * WIDTH);
        let kept = store.audit_tile(self.log(), 0, position).await?;
        let found = leaves(store, self.log(), first, WIDTH).await?;
        let above = Subtree {
            level: HEIGHT,
            index: position,
        };
        let place = tile::place_of(above);
        let upper = store
            .audit_tile(self.log(), place.level, place.position)
            .await?;
        let is_full = kept.len() as u64 == WIDTH;
        if is_full && kept == found && tile::subtree_in(&upper, above) == Some(tile::fold(&kept)) {
            return Ok(());
        }
        let last = first + WIDTH - 1;
        let problem = format!("events {first} to {last} are not those that were signed");
        Err(self.altered_by(problem))
    }

    async fn root(&self, plan: &Plan, signed: u64) -> Result<Option<Digest>, AuditError> {
        let tiles = self.tiles(self.log(), signed, &[plan], &[]).await?;
        let hashes = tiles.and_then(|tiles| tiles.fill(plan));
        Ok(hashes.and_then(|hashes| hashes.first().copied()))
    }

    /// A tree head, if this installation signed it for this log.
    fn signed(&self, note: &str, what: &str) -> Result<Checkpoint, AuditError> {
        let key = self.public_key();
        let head = SignedCheckpoint::parse(note)
            .and_then(|signed| signed.verify(&self.origin(), &key).cloned());
        head.map_err(|error| self.altered_by(format!("{what}: {error}")))
    }

    fn log(&self) -> u8 {
        self.0.store.slot()
    }

    fn origin(&self) -> LogOrigin {
        origin_of(self.installation(), self.log())
    }

    fn altered_by(&self, problem: String) -> AuditError {
        let log = self.log();
        AuditError::Altered { log, problem }
    }

    /// Lets everybody know what was found altered; it is never forgotten.
    fn noted<T>(&self, result: Result<T, AuditError>) -> Result<T, AuditError> {
        if let Err(AuditError::Altered { problem, .. }) = &result {
            let altered = self.0.altered.write();
            *altered.unwrap_or_else(PoisonError::into_inner) = Some(problem.clone());
            tracing::error!(log = self.log(), problem, "the audit log was altered");
        }
        result
    }
}
