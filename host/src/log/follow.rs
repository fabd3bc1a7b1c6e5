//! Takes in what other nodes, or this one, have entered.

use guichet_domain::merkle::leaf_hash;
use guichet_registry::checkpoint::{Checkpoint, LogOrigin, SignedCheckpoint};
use guichet_registry::register::{Act, Entry, LogAct};
use guichet_registry::sign::{PublicKey, sha256_parts};

use super::{Log, LogError, State};
use crate::store::LogRow;

/// Which signatures of a page are checked. A tree head vouches for everything
/// before it, so that one at the end is enough to trust the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// The last one's.
    Last,
    /// Every one.
    Each,
}

impl Log {
    /// Reads on to the end of the log, and remembers how far that was.
    pub async fn catch_up(&self) -> Result<u64, LogError> {
        let known = self.state().tree.size();
        let size = self.follow().await?;
        if size > known {
            self.remember()?;
        }
        Ok(size)
    }

    pub(super) async fn follow(&self) -> Result<u64, LogError> {
        loop {
            let size = self.state().tree.size();
            let rows = self.0.store.log_from(size).await?;
            if rows.is_empty() {
                return Ok(size);
            }
            let size = {
                let mut state = self.state_mut();
                // Another task may have read the same rows meanwhile.
                let known = state.tree.size();
                let new: Vec<&LogRow> = rows.iter().filter(|row| row.position >= known).collect();
                state.take(&new, Care::Last)?;
                state.tree.size()
            };
            self.0.size.send_replace(size);
        }
    }
}

impl State {
    /// Takes rows in, after checking that they are what was signed.
    pub(super) fn take(&mut self, rows: &[&LogRow], care: Care) -> Result<(), LogError> {
        let last = rows.len().saturating_sub(1);
        for (index, row) in rows.iter().enumerate() {
            let altered = |problem: String| LogError::Altered {
                position: row.position,
                problem,
            };
            if row.position != self.tree.size() {
                return Err(altered(format!("entry {} is missing", self.tree.size())));
            }
            let entry = Entry::read(&row.entry).map_err(|error| altered(error.to_string()))?;
            let (_, key) = self.signed_by(&entry)?;
            self.register
                .enter(&entry)
                .map_err(|refusal| altered(format!("it was never lawful: {refusal}")))?;
            self.tree
                .append(leaf_hash(sha256_parts, row.entry.as_bytes()));
            let signed = SignedCheckpoint::parse(&row.checkpoint)
                .map_err(|error| altered(error.to_string()))?;
            let head = self.head()?;
            if *signed.unverified() != head {
                return Err(altered("its tree head is of another log".to_owned()));
            }
            if care == Care::Each || index == last {
                signed
                    .verify(head.origin(), &key)
                    .map_err(|error| altered(error.to_string()))?;
            }
            self.checkpoint.clone_from(&row.checkpoint);
        }
        Ok(())
    }

    /// In whose name, and with which key, the tree head over this entry is signed.
    pub(super) fn signed_by<'a>(
        &'a self,
        entry: &'a Entry,
    ) -> Result<(&'a LogOrigin, PublicKey), LogError> {
        let position = self.tree.size();
        let known = match &entry.act {
            Act::Log(LogAct::Founded { origin, key, .. }) if position == 0 => Some((origin, key)),
            _ => self
                .register
                .origin()
                .zip(self.register.registry_key(position)),
        };
        let (origin, key) = known.ok_or_else(|| LogError::Altered {
            position,
            problem: "the log does not begin with its founding".to_owned(),
        })?;
        Ok((origin, *key))
    }

    /// The tree head over all entries.
    fn head(&self) -> Result<Checkpoint, LogError> {
        let origin = self.register.origin().ok_or_else(|| LogError::Altered {
            position: 0,
            problem: "the log is not founded".to_owned(),
        })?;
        Ok(Checkpoint::of(origin.clone(), &self.tree)?)
    }
}
