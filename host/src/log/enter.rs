//! Enters acts: found lawful, signed, appended in one transaction, folded in.

use guichet_domain::merkle::leaf_hash;
use guichet_registry::checkpoint::LogOrigin;
use guichet_registry::register::{Act, Actor, Decision, Entry, Mode};
use guichet_registry::sign::sha256_parts;

use super::{Log, LogError, State};
use crate::store::{Appended, LogRow};

/// How often an act is tried again behind what others have entered meanwhile.
const TRIES: usize = 16;

/// What became of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entered {
    /// It took effect, with the entry at this position.
    Done(u64),
    /// It waits for a second person; the proposal stands at this position.
    Proposed(u64),
}

impl Entered {
    /// Where it stands in the log.
    #[must_use]
    pub const fn position(self) -> u64 {
        match self {
            Self::Done(position) | Self::Proposed(position) => position,
        }
    }
}

/// How a log begins.
#[derive(Debug, Clone)]
pub struct Founding {
    /// Its name.
    pub origin: LogOrigin,
    /// What rules hold.
    pub mode: Mode,
}

impl Log {
    /// Founds the log where it is empty; an existing one stays as it is.
    pub async fn found(&self, founding: Founding) -> Result<(), LogError> {
        if self.state().tree.size() > 0 {
            return Ok(());
        }
        let act = Act::Founded {
            origin: founding.origin,
            key: self.signer()?.public(),
            mode: founding.mode,
        };
        self.enter(&Actor::Installation, vec![act]).await.map(drop)
    }

    /// Enters acts in this order, all of them or none: each takes effect, or is
    /// proposed, or agrees to the same proposal of another person.
    pub async fn enter(&self, by: &Actor, acts: Vec<Act>) -> Result<Vec<Entered>, LogError> {
        let _turn = self.0.turn.lock().await;
        for _ in 0..TRIES {
            self.catch_up().await?;
            let before = self.state().clone();
            let after = before.checkpoint.clone();
            let prepared = self.prepare(before, by, &acts)?;
            let appended = self.0.store.append_to_log(&prepared.rows, &after).await?;
            if appended == Appended::Yes {
                let size = prepared.state.tree.size();
                *self.state_mut() = prepared.state;
                self.remember()?;
                self.0.size.send_replace(size);
                return Ok(prepared.entered);
            }
        }
        Err(LogError::Busy)
    }

    fn prepare(&self, mut state: State, by: &Actor, acts: &[Act]) -> Result<Prepared, LogError> {
        let mut rows = Vec::with_capacity(acts.len());
        let mut entered = Vec::with_capacity(acts.len());
        for wish in acts {
            let at = self.now();
            let position = state.tree.size();
            let act = match state.register.decide(by, wish.clone(), at)? {
                Decision::Enact(act) => {
                    entered.push(Entered::Done(position));
                    act
                }
                Decision::Propose(act) => {
                    entered.push(Entered::Proposed(position));
                    act
                }
            };
            let by = by.clone();
            rows.push(self.sign(&mut state, &Entry { at, by, act })?);
        }
        Ok(Prepared {
            rows,
            entered,
            state,
        })
    }

    fn sign(&self, state: &mut State, entry: &Entry) -> Result<LogRow, LogError> {
        let signer = self.signer()?;
        let position = state.tree.size();
        let key = state.register.registry_key(position).copied();
        if key.is_some_and(|key| key != signer.public()) {
            return Err(LogError::NoKey);
        }
        state.register.enter(entry)?;
        let text = serde_json::to_string(entry).map_err(crate::store::StoreError::from)?;
        state.tree.append(leaf_hash(sha256_parts, text.as_bytes()));
        let checkpoint = state.head()?.sign(signer);
        state.checkpoint.clone_from(&checkpoint);
        Ok(LogRow {
            position,
            entry: text,
            checkpoint,
        })
    }
}

/// Entries ready to be appended, and what they would make of the register.
struct Prepared {
    rows: Vec<LogRow>,
    entered: Vec<Entered>,
    state: State,
}
