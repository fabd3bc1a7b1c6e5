//! What befalls the nodes of a run, beside their clocks: who is lost when, and
//! what is left of the disk.

use std::path::PathBuf;

use anyhow::Result;
use guichet_tests::chance::Chance;

use crate::witness::Witness;

/// How large a world is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Nodes on one database.
    pub nodes: usize,
    /// Clients.
    pub clients: usize,
    /// The most that befalls the nodes.
    pub troubles: u32,
    /// How long a lost node stays away at most, in milliseconds.
    pub away_ms: usize,
}

/// See the module. Asked by one thread.
pub trait Fate {
    /// How large the world is.
    fn shape(&mut self) -> Shape;

    /// Where the database is.
    fn database(&self) -> PathBuf;

    /// The nodes have started for the first time. Accounts are opened now, and
    /// nothing befalls anybody before the first look.
    fn pauses(&mut self) {}

    /// Looks on after a step, and says which node is lost now.
    ///
    /// # Errors
    /// Where something is wrong with what is on the disk.
    fn strikes(&mut self, steps: u64, witness: &Witness) -> Result<Option<usize>>;

    /// The node is gone, with everything it had in memory and every open file.
    ///
    /// # Errors
    /// Where the disk is not as it must be.
    fn lost(&mut self, witness: &Witness) -> Result<()>;

    /// Whether the failure of a start was fate's doing, so that another follows.
    ///
    /// # Errors
    /// Where the disk is not as it must be.
    fn start_failed(&mut self, witness: &Witness) -> Result<bool>;

    /// Nothing befalls anybody any more.
    fn calm_down(&mut self);
}

/// Nodes are killed at random points and lose nothing that they have written.
pub struct Crashes {
    database: PathBuf,
    chance: Chance,
    next: u64,
    shape: Shape,
    is_calm: bool,
}

impl Crashes {
    /// Crashes drawn from `chance`, of nodes on this database.
    #[must_use]
    pub fn new(database: PathBuf, mut chance: Chance) -> Self {
        let shape = Shape {
            nodes: 1 + chance.below(2),
            clients: 6 + chance.below(6),
            troubles: 6,
            away_ms: 15_000,
        };
        let next = chance.below(400) as u64;
        Self {
            database,
            chance,
            next,
            shape,
            is_calm: false,
        }
    }
}

impl Fate for Crashes {
    fn shape(&mut self) -> Shape {
        self.shape
    }

    fn database(&self) -> PathBuf {
        self.database.clone()
    }

    fn strikes(&mut self, steps: u64, _: &Witness) -> Result<Option<usize>> {
        if self.is_calm || steps < self.next {
            return Ok(None);
        }
        self.next = steps + 20 + self.chance.below(400) as u64;
        Ok(Some(self.chance.below(self.shape.nodes)))
    }

    fn lost(&mut self, _: &Witness) -> Result<()> {
        Ok(())
    }

    fn start_failed(&mut self, _: &Witness) -> Result<bool> {
        Ok(false)
    }

    fn calm_down(&mut self) {
        self.is_calm = true;
    }
}
