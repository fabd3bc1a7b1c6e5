//! Which of the changes that were not forced to the medium are on it after a loss
//! of power: any subset is lawful; here it is drawn, so that the extremes and the
//! nearly complete ones come often enough.

use guichet_tests::chance::Chance;

/// How a loss of power treats the changes of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// None of them reached the medium.
    All,
    /// All of them did.
    Nothing,
    /// The first of them did, in their order.
    After,
    /// The last of them did: the medium wrote backwards.
    Before,
    /// Each by itself, so many of 256.
    Each(u8),
}

impl Loss {
    /// One of them.
    pub fn draw(chance: &mut Chance) -> Self {
        match chance.below(8) {
            0 => Self::All,
            1 => Self::Nothing,
            2 | 3 => Self::After,
            4 => Self::Before,
            5 => Self::Each(16),
            6 => Self::Each(240),
            _ => Self::Each(128),
        }
    }

    /// The decisions over so many parts.
    pub(crate) fn over(self, parts: usize, chance: &mut Chance) -> Kept {
        Kept {
            loss: self,
            border: chance.below(parts + 1),
            // At most one sector is being written when the power goes.
            torn: (chance.below(4) == 0).then(|| chance.below(parts)),
            part: 0,
            chance: Chance::of(chance.draw(), 0, 0),
        }
    }
}

/// See [`Loss::over`].
pub(crate) struct Kept {
    loss: Loss,
    border: usize,
    torn: Option<usize>,
    part: usize,
    chance: Chance,
}

impl Kept {
    /// Whether the next part is on the medium.
    pub(crate) fn next_part(&mut self) -> bool {
        self.part += 1;
        let part = self.part - 1;
        match self.loss {
            Loss::All => false,
            Loss::Nothing => true,
            Loss::After => part < self.border,
            Loss::Before => part >= self.border,
            Loss::Each(of_256) => self.chance.below(256) < usize::from(of_256),
        }
    }

    /// Whether the part that was just lost was being written.
    pub(crate) fn is_torn(&self) -> bool {
        self.torn == Some(self.part - 1)
    }

    /// What stands there then.
    pub(crate) fn garbage(&mut self, bytes: usize) -> Vec<u8> {
        self.chance.bytes(bytes)
    }
}
