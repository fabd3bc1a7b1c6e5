//! Enters acts: found lawful, signed, appended in one transaction, folded in.

use std::borrow::Cow;
use std::time::Duration;

use guichet_domain::merkle::leaf_hash;
use guichet_registry::checkpoint::{Checkpoint, LogOrigin};
use guichet_registry::register::{Act, Actor, Decision, Entry, LogAct, Mode, ProposalAct};
use guichet_registry::sign::sha256_parts;

use super::{Log, LogError, State};
use crate::store::{Appended, LogRow};

/// How often an act is tried again behind what others have entered meanwhile.
const TRIES: u8 = 64;

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
        let act = LogAct::Founded {
            origin: founding.origin,
            key: self.signer()?.public(),
            mode: founding.mode,
        };
        self.enter(&Actor::Installation, vec![act.into()])
            .await
            .map(drop)
    }

    /// Enters acts in this order, all of them or none: each takes effect, or is
    /// proposed, or agrees to the same proposal of another person.
    pub async fn enter(&self, by: &Actor, acts: Vec<Act>) -> Result<Vec<Entered>, LogError> {
        let _turn = self.0.turn.lock().await;
        for tried in 0..TRIES {
            self.give_way(tried).await;
            self.catch_up().await?;
            let (after, drafts) = {
                let state = self.state();
                (state.checkpoint.clone(), self.draft(&state, by, &acts)?)
            };
            let rows: Vec<LogRow> = drafts.iter().map(|draft| draft.row.clone()).collect();
            if self.0.store.append_to_log(&rows, &after).await? == Appended::Yes {
                let size = self.state_mut().take_own(&drafts)?;
                self.remember()?;
                self.0.size.send_replace(size);
                return Ok(drafts.iter().map(Draft::entered).collect());
            }
        }
        Err(LogError::Busy)
    }

    /// After others were quicker, waits a little longer each time, and never as
    /// long as they do.
    async fn give_way(&self, tried: u8) {
        if tried > 0 {
            let mut random = [0];
            self.0.ports.random.fill(&mut random);
            let most = u64::from(tried.min(16)) * 1_000;
            let wait = u64::from(random[0]) * most / 256;
            tokio::time::sleep(Duration::from_micros(wait)).await;
        }
    }

    /// The entries by which these acts would be written down. Only where there
    /// are several is the state copied: each is judged by what follows from those
    /// before it.
    fn draft(&self, state: &State, by: &Actor, acts: &[Act]) -> Result<Vec<Draft>, LogError> {
        let mut state = Cow::Borrowed(state);
        let mut drafts = Vec::with_capacity(acts.len());
        for (index, wish) in acts.iter().enumerate() {
            let draft = self.draft_one(&state, by, wish)?;
            drafts.push(draft);
            if index + 1 < acts.len() {
                state.to_mut().take_own(&drafts[index..])?;
            }
        }
        Ok(drafts)
    }

    fn draft_one(&self, state: &State, by: &Actor, wish: &Act) -> Result<Draft, LogError> {
        let at = state.register.time_of_next(self.now());
        let act = match state.register.decide(by, wish.clone(), at)? {
            Decision::Enact(act) | Decision::Propose(act) => act,
        };
        let by = by.clone();
        let entry = Entry { at, by, act };
        state.register.check(&entry)?;
        let signer = self.signer()?;
        let position = state.tree.size();
        let (origin, key) = state.signed_by(&entry)?;
        if key != signer.public() {
            return Err(LogError::NoKey);
        }
        let text = entry.text()?;
        let root = state
            .tree
            .root_with(leaf_hash(sha256_parts, text.as_bytes()));
        let checkpoint = Checkpoint::new(origin.clone(), position + 1, root)?.sign(signer);
        let row = LogRow {
            position,
            entry: text,
            checkpoint,
        };
        Ok(Draft { entry, row })
    }
}

impl State {
    /// Takes in what this node has written itself, as far as it was not read back
    /// already; the size of the log then.
    fn take_own(&mut self, drafts: &[Draft]) -> Result<u64, LogError> {
        for Draft { entry, row } in drafts {
            if row.position != self.tree.size() {
                continue;
            }
            self.register.enter(entry)?;
            self.tree
                .append(leaf_hash(sha256_parts, row.entry.as_bytes()));
            self.checkpoint.clone_from(&row.checkpoint);
        }
        Ok(self.tree.size())
    }
}

/// An entry ready to be appended.
struct Draft {
    entry: Entry,
    row: LogRow,
}

impl Draft {
    const fn entered(&self) -> Entered {
        match self.entry.act {
            Act::Proposal(ProposalAct::Proposed { .. }) => Entered::Proposed(self.row.position),
            _ => Entered::Done(self.row.position),
        }
    }
}
